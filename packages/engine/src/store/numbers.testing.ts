/** A journal of numbers in a directory that goes with each test, for tests of journals. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { Journal } from './journal.ts';

let directory: string;
/** For a test file, which has a directory for each of its tests then. */
export function eachInADirectory(): void {
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  });
  afterEach(() => rm(directory, { recursive: true }));
}

/** A file of the test's directory, or without a name that directory. */
export const path = (name = 'journal'): string => join(directory, name);

/** A journal of numbers with what it has read; a new segment begins with all of them in one entry. */
export class Numbers {
  readonly journal: Journal<number | readonly number[]>;
  kept: number[] = [];

  constructor(name?: string, keepsOlder = true) {
    this.journal = new Journal(path(name), { checkpoint: () => [this.kept], keepsOlder });
  }

  #take(entries: readonly (number | readonly number[])[]): void {
    for (const entry of entries) this.kept = typeof entry === 'number' ? [...this.kept, entry] : [...entry];
  }

  look(): readonly number[] {
    this.#take(this.journal.catchUp());
    return this.kept;
  }

  async add(entry: number): Promise<void> {
    this.look();
    await this.addBlindly(entry);
  }

  /** As a process does that caught up, slept past its lock and woke. */
  async addBlindly(entry: number): Promise<void> {
    this.#take(await this.journal.append(entry));
  }
}

export async function written(count: number): Promise<void> {
  const numbers = new Numbers();
  for (let entry = 1; entry <= count; entry++) await numbers.add(entry);
  await numbers.journal.close();
}

export const replayOf = (name?: string): readonly number[] => new Numbers(name).look();
