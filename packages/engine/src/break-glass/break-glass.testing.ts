/** A process over a store that can fail, for the tests of break-glass. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SCOPE, type LoggedEvent } from '@sluice/core';
import { afterEach, beforeEach } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import { createSluice } from '../sluice.ts';
import { memoryStore } from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import { faultyStore } from './faulty-store.testing.ts';

/** A file for kills in a directory that goes with each test. */
export function killFile(): { readonly path: string; text(): Promise<string> } {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  });
  afterEach(() => rm(directory, { recursive: true }));
  return {
    get path() {
      return join(directory, 'kills');
    },
    text: () => readFile(join(directory, 'kills'), 'utf8').catch(() => ''),
  };
}

export const START = 1_700_000_000_000;
export const by = { actor: 'ann', reason: 'pager' };

/** A process over `kept`, which outlives it, with the flag `f` at 100 %. */
export async function world(file: string, kept: Store = memoryStore(), clock = manualClock(START)) {
  const store = faultyStore(kept);
  const told: string[] = [];
  const sluice = createSluice({ store, clock, breakGlass: { file } });
  sluice.on('problem', (problem) => told.push(problem.message));
  if (sluice.flags.getFlag('f') === undefined) await sluice.flags.setFlag('f', { enabled: true });
  return { store, kept, clock, sluice, told, ...sluice, isOn: () => sluice.flags.isEnabled('f', { userId: 'u' }) };
}

export function events(kept: Store): Promise<readonly LoggedEvent[]> {
  return kept.log({ scope: DEFAULT_SCOPE, key: 'f' });
}

export async function marks(kept: Store): Promise<string[]> {
  return (await events(kept)).map((event) => event.type);
}
