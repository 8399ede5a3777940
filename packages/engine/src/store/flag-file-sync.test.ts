import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../clock/system-clock.ts';
import { createSluice } from '../sluice.ts';
import { FlagFileSync } from './flag-file-sync.ts';
import { Followers } from './followers.ts';
import { RecordJournal } from './record-journal.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  file = join(directory, 'feature_flags.json');
});
afterEach(() => rm(directory, { recursive: true }));

/** A process that begins: it has read the journal, and not yet the file. */
function beginning(): FlagFileSync {
  const onProblem = (problem: unknown): void => expect(problem).toBeUndefined();
  const journal = new RecordJournal(`${file}.journal`, new Followers(onProblem), { segmentBytes: 1_000_000, mode: () => ({}) });
  journal.load();
  return new FlagFileSync(file, journal, { clock: systemClock(), force: false, maxBytes: 1_000_000, onProblem });
}

async function writesFlag(description: string): Promise<void> {
  const sluice = createSluice({ file });
  await sluice.flags.setFlag('f', { description });
  await sluice.close();
}

it('takes for no edit what another process wrote after the journal was read', async () => {
  const first = beginning();
  await writesFlag('1');
  const second = beginning();
  await writesFlag('2');
  expect([first.edited(), second.edited()]).toEqual([[], []]);
});

it('takes for an edit what a hand wrote', async () => {
  await writesFlag('1');
  const sync = beginning();
  await writeFile(file, (await readFile(file, 'utf8')).replace('"1"', '"by hand"'));
  expect(sync.edited()).toMatchObject([{ kind: 'flag', key: 'f', description: 'by hand' }]);
});
