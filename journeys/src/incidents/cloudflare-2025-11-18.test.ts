/**
 * Cloudflare, 18 November 2025: a generated file with every row twice outgrew its limit and crashed what read it, good and bad files by turns.
 * A file is adopted only when all of it is right and it is within its limit; otherwise the last good state stays, with the fault told by file, line and column.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createSluice, fileStore, manualClock, type Sluice } from 'sluice';
import { expect, it, vi } from 'vitest';
import { flagFile, people, START, servedOf } from './incident.testing.ts';

const FEATURES = 60;

/** What the generator writes: `rows` features, all at this percentage. */
function generated(percentage: unknown, rows = Array.from({ length: FEATURES }, (_, index) => `feature-${index}`)): string {
  return JSON.stringify({ flags: rows.map((name) => ({ name, status: 'percentage', rollout_percentage: percentage })) });
}

const names = Array.from({ length: FEATURES }, (_, index) => `feature-${index}`);
const bad: readonly (readonly [string, string, string])[] = [
  ['every row twice', generated(90, [...names, ...names]), 'is "feature-0" again; /flags/0 has that name'],
  ['a name beyond the limit', generated(90, [...names, 'x'.repeat(257)]), 'may have at most 256 characters'],
  ['a value out of range', generated(900), 'rollout_percentage'],
  ['a value that is none', generated(null), 'rollout_percentage'],
  ['cut off', generated(90).slice(0, -40), 'is not JSON'],
  ['empty', '', 'is empty'],
  ['no features at all', generated(90, []), 'would drop every flag'],
];

/** Whole at once, so that who watches sees no half of it. */
function put(file: string, text: string): void {
  writeFileSync(`${file}.next`, text);
  renameSync(`${file}.next`, file);
}

/** A process that has the first good file. */
async function running(file: string): Promise<Sluice> {
  writeFileSync(file, generated(20));
  const sluice = createSluice({ store: fileStore(file, { clock: manualClock(START), watch: false }) });
  await sluice.flags.reload();
  return sluice;
}

const crowd = people(300);
const all = (sluice: Sluice): unknown => names.map((name) => servedOf(sluice, name, crowd).length);

it.each(bad)('keeps the last good file when the next one has %s, and says so', async (_, text, fault) => {
  const file = flagFile();
  const sluice = await running(file);
  const good = all(sluice);
  writeFileSync(file, text);
  await expect(sluice.flags.reload()).rejects.toThrow(fault);
  expect(all(sluice)).toEqual(good);
  expect(sluice.flags.listFlags().map(({ rolloutPercentage }) => rolloutPercentage)).toEqual(names.map(() => 20));
  await sluice.close();
  const next = createSluice({ store: fileStore(file, { clock: manualClock(START), watch: false }) });
  expect(all(next)).toEqual(good);
  await next.close();
});

it('keeps the last good file when the next one outgrew the limit, with nothing else wrong in it, and names both sizes', async () => {
  const file = flagFile();
  const maxFileBytes = generated(20).length + 100;
  const options = { clock: manualClock(START), watch: false, maxFileBytes };
  writeFileSync(file, generated(20));
  const sluice = createSluice({ store: fileStore(file, options) });
  await sluice.flags.reload();
  const good = all(sluice);
  const twice = generated(90, [...names, ...names.map((name) => `${name}-again`)]);
  writeFileSync(file, twice);
  await expect(sluice.flags.reload()).rejects.toThrow(
    `:1:1: the file has ${twice.length} bytes, and at most ${maxFileBytes} bytes are taken`,
  );
  expect(all(sluice)).toEqual(good);
  await sluice.close();
  const next = createSluice({ store: fileStore(file, options) });
  expect(all(next)).toEqual(good);
  expect(next.flags.listFlags()).toHaveLength(FEATURES);
  await next.close();
});

it('does not flap between good and bad files, and tells of the bad one without being asked', async () => {
  const file = flagFile();
  writeFileSync(file, generated(20));
  const told: string[] = [];
  const sluice = createSluice({ store: fileStore(file, { onProblem: ({ message }) => told.push(message) }) });
  await sluice.flags.reload();
  await sluice.flags.reload();
  const good = all(sluice);
  for (const [what, text, fault] of bad.slice(0, 3)) {
    put(file, text);
    await vi.waitFor(() => expect(told.at(-1), what).toContain(fault), { timeout: 20_000 });
    expect(told.at(-1), what).toMatch(/feature_flags\.json:\d+:\d+/);
    expect(all(sluice), what).toEqual(good);
    put(file, generated(20));
    await sluice.flags.reload();
    expect(all(sluice), what).toEqual(good);
  }
  expect(new Set(told).size).toBe(3);
  await sluice.close();
});

it('goes on taking edits by call while the file is bad, and keeps the bad text for whoever has to find out', async () => {
  const file = flagFile();
  const sluice = await running(file);
  const [[, doubled]] = bad as [readonly [string, string, string]];
  writeFileSync(file, doubled);
  await expect(sluice.flags.reload()).rejects.toThrow('again');
  await sluice.flags.disableFlag('feature-7', { actor: 'ann', reason: 'pager' });
  expect(servedOf(sluice, 'feature-7', crowd)).toEqual([]);
  expect(readFileSync(`${file}.rejected`, 'utf8')).toBe(doubled);
  expect(JSON.parse(readFileSync(file, 'utf8')).flags).toHaveLength(FEATURES);
  await sluice.close();
});
