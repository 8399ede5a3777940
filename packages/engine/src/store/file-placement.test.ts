import { closeSync, ftruncateSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SCOPE } from '@sluice/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeatureFlagManager } from '../feature-flag-manager.ts';
import { FilePlacement } from './file-placement.ts';
import { fileStore } from './file-store.ts';
import { hashOf } from './flag-file-text.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  file = join(directory, 'flags.json');
});
afterEach(() => rm(directory, { recursive: true }));

const text = (): string => readFileSync(file, 'utf8');
const start = (): FeatureFlagManager => new FeatureFlagManager({ store: fileStore(file, { watch: false }) });

describe('the placing of a file', () => {
  const isCurrent = (): boolean => true;
  const known = (content: string) => ({ hash: hashOf(content), size: content.length, stamp: '' });

  it('leaves a file alone that is not the one to be replaced', async () => {
    writeFileSync(file, 'edited');
    expect(await new FilePlacement(file).place({ text: 'new', replaces: known('old'), isCurrent })).toBe('edited');
    expect(readdirSync(directory)).toEqual(['flags.json']);
    expect(text()).toBe('edited');
  });

  it('is given up when something newer came while the process slept', async () => {
    writeFileSync(file, 'newer');
    const placed = new FilePlacement(file).place({
      text: 'old',
      replaces: known('newer'),
      isCurrent: () => false,
    });
    expect(await placed).toBe('overtaken');
    expect(text()).toBe('newer');
  });

  it('cannot be finished by a process that slept before its rename while another placed a file', async () => {
    writeFileSync(file, 'first');
    const sleeper = new FilePlacement(file);
    const wakes = sleeper.place({
      text: 'stale',
      replaces: known('first'),
      isCurrent: () => {
        // What another process does first when it places a file.
        for (const name of readdirSync(directory)) if (name.endsWith('.tmp')) rmSync(join(directory, name));
        return true;
      },
    });
    await expect(wakes).rejects.toThrow('ENOENT');
    expect(text()).toBe('first');
    const [one, two] = [new FilePlacement(file), new FilePlacement(file)];
    writeFileSync(`${file}.01234567-89ab-cdef-0123-456789abcdef.tmp`, 'of one that sleeps');
    expect(await one.place({ text: 'second', replaces: known('first'), isCurrent })).toBe('placed');
    expect(readdirSync(directory)).toEqual(['flags.json']);
    expect(await two.place({ text: 'third', replaces: known('second'), isCurrent })).toBe('placed');
    one.close();
    two.close();
  });

  it('knows what an editor writes into the file that it had opened before it was replaced', async () => {
    writeFileSync(file, 'first');
    const placement = new FilePlacement(file);
    const editor = openSync(file, 'r+');
    await placement.place({ text: 'second', replaces: known('first'), isCurrent });
    expect(placement.late(100)).toBeNull();
    writeSync(editor, 'First, edited', 0);
    closeSync(editor);
    expect(placement.isLate).toBe(true);
    expect(placement.late(100)?.bytes?.toString()).toBe('First, edited');
    expect(placement.late(100)).toBeNull();
    placement.close();
  });
});

describe('an edit that is written into a file which was replaced', () => {
  /** Two flags; and how an editor saves that opened the file before the second was killed. */
  async function opened(): Promise<{ flags: FeatureFlagManager; saveLate: () => void }> {
    const flags = start();
    for (const key of ['a', 'b']) await flags.setFlag(key, { enabled: true, rolloutPercentage: 10 });
    const editor = openSync(file, 'r+');
    const { flags: entries } = JSON.parse(text()) as { flags: object[] };
    const edited = JSON.stringify({ flags: entries.map((entry) => ({ ...entry, description: 'by hand' })) });
    await flags.disableFlag('b', { reason: 'broken' });
    const saveLate = (): void => {
      ftruncateSync(editor);
      writeSync(editor, edited, 0);
      closeSync(editor);
    };
    return { flags, saveLate };
  }
  const shown = (flags: FeatureFlagManager): unknown =>
    ['a', 'b'].map((key) => [flags.getFlag(key)?.description, flags.getFlag(key)?.status]);
  const both = [
    ['by hand', 'percentage'],
    ['by hand', 'disabled'],
  ];

  it('is taken in by the next look, without undoing what was changed since', async () => {
    const { flags, saveLate } = await opened();
    saveLate();
    await flags.reload();
    expect(shown(flags)).toEqual(both);
    const [event] = await flags.runtime.store.log({ scope: DEFAULT_SCOPE, newestFirst: true, limit: 1 });
    expect(event?.actor).toBe('file');
    await flags.close();
  });

  it('is taken in before the next change replaces the file again', async () => {
    const { flags, saveLate } = await opened();
    const changed = flags.setFlag('c', {});
    saveLate();
    await changed;
    expect(shown(flags)).toEqual(both);
    expect(flags.getFlag('c')?.isArchived).toBe(false);
    await flags.close();
  });

  it('is taken in when the store is closed', async () => {
    const { flags, saveLate } = await opened();
    saveLate();
    await flags.close();
    const again = start();
    expect(shown(again)).toEqual(both);
    await again.close();
  });

  it('does not drop what another process made meanwhile', async () => {
    const { flags, saveLate } = await opened();
    const other = start();
    await other.setFlag('c', {});
    saveLate();
    await flags.reload();
    expect(shown(flags)).toEqual(both);
    expect(flags.getFlag('c')?.isArchived).toBe(false);
    await flags.close();
    await other.close();
  });
});

it('a look makes what a sleeping process meant to put in place impossible to place', async () => {
  const flags = start();
  await flags.setFlag('a', {});
  const draft = `${file}.01234567-89ab-cdef-0123-456789abcdef.tmp`;
  writeFileSync(draft, 'of one that sleeps');
  await flags.reload();
  expect(readdirSync(directory)).not.toContain(draft);
  expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  await flags.close();
});
