/** Processes over one kept store that may be away, and the file that they leave to each other. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type ManualClock, manualClock } from '../../clock/manual-clock.ts';
import { memoryStore } from '../memory-store.ts';
import type { Committed, Store } from '../store.ts';
import { type AwayStore, awayStore } from './away-store.testing.ts';
import { type LastGoodOptions, type LastGoodStore, lastGoodStore } from './last-good-store.ts';

export const NOON = Date.UTC(2027, 0, 15, 12);

export interface LastGoodProcess {
  readonly inner: AwayStore;
  readonly store: LastGoodStore;
  /** What its followers were told. */
  readonly told: Committed[];
}

/** Made anew for each test. */
export class LastGoodWorld {
  folder = '';
  file = '';
  clock: ManualClock = manualClock(NOON);
  kept: Store = memoryStore();
  problems: string[] = [];
  readonly #open: LastGoodStore[] = [];

  async begin(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'sluice-'));
    this.file = join(this.folder, 'last-good.json');
    this.clock = manualClock(NOON);
    this.kept = memoryStore();
    this.problems = [];
  }

  async end(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((store) => store.close()));
    await rm(this.folder, { recursive: true });
  }

  /** One process over `kept`. */
  started(absence: AwayStore['absence'] = null, options: Partial<LastGoodOptions> = {}): LastGoodProcess {
    const inner = awayStore(this.kept);
    inner.absence = absence;
    const onProblem = (error: unknown): void => void this.problems.push((error as Error).message);
    const { file, clock } = this;
    const store = lastGoodStore({ store: inner, file, source: 'the store', clock, onProblem, ...options });
    this.#open.push(store);
    const told: Committed[] = [];
    store.follow((committed) => told.push(committed));
    return { inner, store, told };
  }

  /** Leaves a last good state of what `kept` holds now. */
  async leave(): Promise<void> {
    const { store } = this.started();
    await store.read();
    await store.close();
  }
}

export function lastGoodWorld(): LastGoodWorld {
  const world = new LastGoodWorld();
  beforeEach(() => world.begin());
  afterEach(() => world.end());
  return world;
}

/** Keys with their revisions. */
export async function flagsOf(store: Store): Promise<string[]> {
  return (await store.read()).records.map(({ key, revision }) => `${key} ${revision}`).sort();
}
