import { describe, expect, it } from 'vitest';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

describe('restoreRevision', () => {
  it('makes a flag again what it was, as a new revision by whoever asked for it', async () => {
    const { flags, close } = createSluice({ store: memoryStore() });
    await flags.setFlag('f', { enabled: true, rolloutPercentage: 10, tags: ['a'] });
    await flags.setFlag('f', { rolloutPercentage: 40, tags: ['b'], enabledUsers: ['ann'] });
    await flags.disableFlag('f');
    const restored = await flags.restoreRevision('f', 1, { actor: 'bob', reason: 'it was better' });
    expect(restored).toMatchObject({ revision: 4, status: 'percentage', rolloutPercentage: 10, tags: ['a'], enabledUsers: [] });
    await close();
  });

  it('finds a revision that is thousands of events back', async () => {
    const { flags, close } = createSluice({ store: memoryStore() });
    for (let at = 0; at < 1203; at++) await flags.setFlag('f', { description: `number ${at}` });
    expect((await flags.restoreRevision('f', 2)).description).toBe('number 1');
    await close();
  });

  it('says which revisions there are none of', async () => {
    const { flags, close } = createSluice({ store: memoryStore() });
    await flags.setFlag('f', {});
    await expect(flags.restoreRevision('f', 7)).rejects.toMatchObject({ code: 'notFound' });
    await expect(flags.restoreRevision('none', 1)).rejects.toMatchObject({ code: 'notFound' });
    await close();
  });
});
