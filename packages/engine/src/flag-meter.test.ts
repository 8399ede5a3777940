import { expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

it('counts under the variants as they were when they were served', async () => {
  const { flags } = createSluice({ store: memoryStore(), clock: manualClock(0) });
  await flags.setFlag('f', { enabled: true, variants: { a: 1, b: 2 }, offVariant: 'a', onVariant: 'b' });
  for (let unit = 0; unit < 5; unit++) flags.getVariant('f', { userId: `u${unit}` });
  await flags.setFlag('f', { variants: { z: 0, a: 1, c: 3 }, offVariant: 'z', onVariant: 'c' });
  flags.getVariant('f', { userId: 'u' });
  const stats = await flags.getFlagStats('f');
  expect(stats.byVariant).toEqual({ b: 5, c: 1 });
  expect(stats.exposedUnits).toEqual({ b: 5, c: 1 });
});
