import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { changeOf, flagAt } from '@sluice/conformance';
import { INSTALLATION_SCOPE, type Person, SluiceError } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { flagsOf, lastGoodWorld, NOON } from './last-good.testing.ts';
import type { LastGoodOptions } from './last-good-store.ts';

const at = lastGoodWorld();

describe('the file of the last good state', () => {
  it('holds no secret of a person, and is its owner’s alone', async () => {
    const person = { kind: 'person', key: 'ann@example.org', scope: INSTALLATION_SCOPE, revision: 1, passwordHash: 'argon2' };
    await at.kept.commit({ records: [person as unknown as Person, flagAt('a', 1)], events: [] });
    await at.leave();
    const text = await readFile(at.file, 'utf8');
    expect(JSON.parse(text).state.records).toHaveLength(1);
    expect(text).not.toContain('argon2');
    expect((await stat(at.file)).mode & 0o777).toBe(0o600);
    expect(await readdir(at.folder)).toEqual(['last-good.json']);
  });

  it('is written a second after a change, and every five minutes to say that it is still so', async () => {
    const { store } = at.started();
    await store.read();
    await at.clock.advance(1_000);
    await at.kept.commit(changeOf(flagAt('a', 1)));
    await at.kept.commit(changeOf(flagAt('b', 1)));
    await at.clock.advance(2_000);
    const written = async () => JSON.parse(await readFile(at.file, 'utf8')).state;
    expect(await written()).toMatchObject({ at: NOON + 1_000, seq: 2 });
    await at.clock.advance(600_000);
    expect((await written()).at).toBeGreaterThan(NOON + 300_000);
  });

  it('is not used when it is damaged, of another version or of another store, and that is said', async () => {
    await at.kept.commit(changeOf(flagAt('a', 1)));
    await at.leave();
    const text = await readFile(at.file, 'utf8');
    const unfit = async (content: string, options: Partial<LastGoodOptions> = {}): Promise<string | undefined> => {
      await writeFile(at.file, content);
      at.problems = [];
      const { store } = at.started('refuses', options);
      await expect(store.read()).rejects.toMatchObject({ code: 'unavailable' });
      return at.problems[0];
    };
    for (const damaged of ['', '{}', text.slice(0, -10), text.replace('"revision":1', '"revision":2')])
      expect(await unfit(damaged)).toMatch(/last-good.json is not used: it is damaged/);
    expect(await unfit(text, { source: 'another' })).toMatch('it is of another database');
    await writeFile(at.file, text);
    expect(await flagsOf(at.started('refuses').store)).toEqual(['a 1']);
  });

  it('that cannot be written is told of once, and tried again', async () => {
    const { store } = at.started(null, { file: join(at.folder, 'none', 'x.json') });
    await writeFile(join(at.folder, 'none'), '');
    await store.read();
    await at.clock.advance(130_000);
    expect(at.problems).toEqual([expect.stringMatching('x.json cannot be written')]);
    await rm(join(at.folder, 'none'));
    await at.clock.advance(61_000);
    expect(await readdir(join(at.folder, 'none'))).toEqual(['x.json']);
  });

  it('is no way round what will not pass by itself', async () => {
    await at.kept.commit(changeOf(flagAt('a', 1)));
    await at.leave();
    const { inner, store } = at.started();
    inner.read = () => Promise.reject(new SluiceError('refused', 'the database is of a newer version'));
    await expect(store.read()).rejects.toMatchObject({ code: 'refused' });
  });
});
