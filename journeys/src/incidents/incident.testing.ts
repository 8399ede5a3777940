/** What the replays of incidents share: a time to begin at, a directory of their own, and people who ask. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sluice, Unit } from 'sluice';
import { onTestFinished } from 'vitest';

export const START = 1_700_000_000_000;
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const BY = { actor: 'ann', reason: 'pager' };

/** A path for a flag file that is gone, with its directory, after the test. */
export function flagFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'feature_flags.json');
}

export function people(count: number): Unit[] {
  return Array.from({ length: count }, (_, index) => ({ userId: `user-${index}` }));
}

/** Who of them is served something other than off. */
export function servedOf({ flags }: Sluice, flag: string, units: readonly Unit[]): readonly unknown[] {
  return units.filter((unit) => flags.isEnabled(flag, unit)).map(({ userId }) => userId);
}

/** What went wrong where no caller was there to be told, from now on. */
export function problemsOf(sluice: Sluice): string[] {
  const problems: string[] = [];
  sluice.on('problem', ({ message }) => problems.push(message));
  return problems;
}
