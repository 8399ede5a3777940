import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SluiceError } from '@sluice/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeatureFlagManager } from '../feature-flag-manager.ts';
import { fileStore } from './file-store.ts';

let directory: string;
let file: string;
const open: FeatureFlagManager[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  file = join(directory, 'flags.json');
});
afterEach(async () => {
  for (const flags of open.splice(0)) await flags.close();
  await rm(directory, { recursive: true });
});

interface Entry {
  readonly name: string;
  readonly [field: string]: unknown;
}
const text = (): string => readFileSync(file, 'utf8');
const entries = (): Entry[] => (JSON.parse(text()) as { flags: Entry[] }).flags;
const names = (): string[] => entries().map(({ name }) => name);
const save = (flags: readonly Entry[]): void => writeFileSync(file, JSON.stringify({ flags }, null, 2));

function start(): { flags: FeatureFlagManager; problems: SluiceError[] } {
  const problems: SluiceError[] = [];
  const onProblem = (problem: SluiceError): void => void problems.push(problem);
  const flags = new FeatureFlagManager({ store: fileStore(file, { watch: false, onProblem }) });
  open.push(flags);
  return { flags, problems };
}

async function withFlags(...keys: string[]): Promise<FeatureFlagManager> {
  const { flags } = start();
  for (const key of keys) await flags.setFlag(key, { enabled: true, rolloutPercentage: 10 });
  return flags;
}

/** Leaves files as a process does that was killed after its line was durable and before the flag file was written. */
async function killedBeforePlacing(
  change: (flags: FeatureFlagManager) => Promise<unknown>,
  first: (flags: FeatureFlagManager) => Promise<unknown> = async () => {},
): Promise<void> {
  const flags = await withFlags('a', 'b', 'd');
  await first(flags);
  const before = text();
  await change(flags);
  await flags.close();
  writeFileSync(file, before);
  const journal = readFileSync(`${file}.journal`, 'utf8').split('\n');
  expect(journal.at(-2)).toContain('"projected"');
  writeFileSync(`${file}.journal`, `${journal.slice(0, -2).join('\n')}\n`);
}

it('a bad file beside a journal that says nothing is told, and not taken for no flags at all', async () => {
  writeFileSync(`${file}.journal`, '');
  writeFileSync(file, '{ "flags": [');
  expect(() => start()).toThrow('is not JSON');
  open.length = 0;
});

it('a file that drops all flags it had is refused, though another was changed meanwhile', async () => {
  await killedBeforePlacing((flags) => flags.setFlag('c', {}));
  save([]);
  const { flags } = start();
  await expect(flags.reload()).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('drop every flag (3)'),
  });
  expect(flags.listFlags()).toHaveLength(4);
});

describe('a bad flag file', () => {
  const bad = { torn: '{ "flags": [', UTF16: Buffer.from('\ufeff{"flags":[]}', 'utf16le'), empty: '' };
  for (const [what, content] of Object.entries(bad)) {
    it(`that is ${what} at the start keeps no flag from being written by the next change, and is kept itself`, async () => {
      await (await withFlags('a', 'b', 'c')).close();
      writeFileSync(file, content);
      const { flags, problems } = start();
      await flags.setFlag('b', { description: 'new' });
      expect(problems[0]?.code).toBe('invalid');
      expect(names().sort()).toEqual(['a', 'b', 'c']);
      expect(readFileSync(`${file}.rejected`)).toEqual(Buffer.from(content));
      save(entries().map((entry) => (entry.name === 'a' ? { ...entry, rollout_percentage: 77 } : entry)));
      await flags.reload();
      expect(flags.listFlags().map(({ name, rolloutPercentage, isArchived }) => [name, rolloutPercentage, isArchived])).toEqual([
        ['a', 77, false],
        ['b', 10, false],
        ['c', 10, false],
      ]);
    });
  }
});

describe('a hand edit after a crash that kept a change from the file', () => {
  it('does not drop the flag that the change made', async () => {
    await killedBeforePlacing((flags) => flags.setFlag('c', { enabled: true }));
    save(entries().map((entry) => (entry.name === 'a' ? { ...entry, rollout_percentage: 50 } : entry)));
    const { flags } = start();
    expect(flags.getFlag('c')).toMatchObject({ isArchived: false, status: 'enabled' });
    await flags.reload();
    expect(flags.getFlag('a')?.rolloutPercentage).toBe(50);
    expect(flags.getFlag('c')?.isArchived).toBe(false);
    expect(names()).toEqual(['a', 'b', 'd', 'c']);
  });

  it('does not undo the change where the edit left the flag alone, nor in fields that it left alone', async () => {
    await killedBeforePlacing(async (flags) => {
      await flags.disableFlag('a', { reason: 'broken' });
    });
    save(entries().map((entry) => (entry.name === 'a' ? { ...entry, description: 'edited' } : entry)));
    const { flags } = start();
    await flags.reload();
    expect(flags.getFlag('a')).toMatchObject({ status: 'disabled', description: 'edited' });
    expect(entries()[0]).toMatchObject({ status: 'disabled', description: 'edited' });
  });

  it('undoes the change when it says so: the file had the change, and only the note of that was missing', async () => {
    let after = '';
    await killedBeforePlacing(async (flags) => {
      await flags.disableFlag('a', { reason: 'broken' });
      after = text();
    });
    writeFileSync(file, after);
    await start().flags.close();
    const { flags } = start();
    save(entries().map((entry) => (entry.name === 'a' ? { ...entry, status: 'percentage' } : entry)));
    await flags.reload();
    expect(flags.getFlag('a')?.status).toBe('percentage');
  });

  it('archives what the edit takes out, and does not bring back what the change archived', async () => {
    await killedBeforePlacing((flags) => flags.archiveFlag('b'));
    save([...entries().filter(({ name }) => name !== 'a'), { name: 'new', status: 'enabled' }]);
    const { flags, problems } = start();
    await flags.setFlag('c', {});
    expect(problems).toEqual([]);
    expect(['a', 'b', 'new'].map((key) => flags.getFlag(key)?.isArchived)).toEqual([true, true, false]);
    expect(names()).toEqual(['d', 'new', 'c']);
  });
});

describe('a hand edit and a change that it did not know, each right by itself', () => {
  const colours = (...names: string[]): object => ({
    variants: Object.fromEntries(names.map((name) => [name, name])),
    offVariant: 'red',
    onVariant: 'green',
  });

  it('are refused together at the place of the edit, and what was changed stays', async () => {
    await killedBeforePlacing(
      async (flags) => {
        await flags.setFlag('d', colours('red', 'green'));
      },
      async (flags) => {
        await flags.setFlag('d', colours('red', 'green', 'blue'));
      },
    );
    save(
      entries().map((entry) => (entry.name === 'd' ? { ...entry, rules: [{ if: { plan: 'pro' }, variant: 'blue' }] } : entry)),
    );
    const { flags } = start();
    const refused = await flags.reload().then(
      () => null,
      (error: SluiceError) => error,
    );
    expect(refused).toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/\/rules\/0\/variant must be one of .*"blue"/),
    });
    expect(flags.getFlag('d')?.revision).toBe(3);
    await flags.setFlag('a', { description: 'changed' });
    expect(entries().find(({ name }) => name === 'd')?.rules).toBeUndefined();
    expect(readFileSync(`${file}.rejected`, 'utf8')).toContain('blue');
  });

  it('close no circle of prerequisites between two processes', async () => {
    const [one, two] = [await withFlags('a', 'b'), start().flags];
    await two.reload();
    const outcomes = await Promise.allSettled([
      one.setFlag('a', { prerequisites: [{ flag: 'b', variants: ['on'] }] }),
      two.setFlag('b', { prerequisites: [{ flag: 'a', variants: ['on'] }] }),
    ]);
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
    expect(refusals).toEqual([expect.stringContaining('/prerequisites lead in a circle')]);
  });
});

describe('a flag file that is written to while a change is made', () => {
  /** Two changes at once, and an edit that is saved at the given turn of the event loop. */
  async function race(turn: number, edit: () => void): Promise<FeatureFlagManager> {
    const flags = await withFlags('a', 'b');
    // Taken in by the first change, so that the other edit may be saved while it is.
    if (turn % 2 === 1) save(entries().map((entry) => ({ ...entry, owner: 'ann' })));
    const changes = Promise.all([flags.setFlag('b', { description: 'changed' }), flags.setFlag('c', {})]);
    for (let passed = 0; passed < turn; passed++) await new Promise((resolve) => setImmediate(resolve));
    edit();
    await changes;
    await flags.reload();
    return flags;
  }
  const editA = (percentage: number): string =>
    JSON.stringify({
      flags: entries().map((entry) => (entry.name === 'a' ? { ...entry, rollout_percentage: percentage } : entry)),
    });

  it.each(['in place', 'by renaming'])('loses neither the edit (%s) nor the changes, whenever it is saved', async (how) => {
    for (let turn = 0; turn < 100; turn++) {
      const flags = await race(turn, () => {
        if (how === 'in place') return writeFileSync(file, editA(50 + turn / 4));
        writeFileSync(`${file}.editor`, editA(50 + turn / 4));
        renameSync(`${file}.editor`, file);
      });
      expect(flags.getFlag('a')?.rolloutPercentage, `saved at turn ${turn}`).toBe(50 + turn / 4);
      expect(flags.getFlag('b')?.description).toBe('changed');
      expect(flags.getFlag('c')?.isArchived).toBe(false);
      expect(names()).toEqual(['a', 'b', 'c']);
      await flags.close();
      for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true });
    }
  });
});
