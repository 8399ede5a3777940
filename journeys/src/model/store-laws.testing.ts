/** What a store has, and what its log tells, is what its followers were told. */
import { DEFAULT_SCOPE, jsonEqual } from '@sluice/core';
import type { Store } from 'sluice';
import { type CommitLaws, demand, idOf } from './commit-laws.testing.ts';

export class StoreLaws {
  readonly #told: CommitLaws;
  #logged = 0;

  constructor(told: CommitLaws) {
    this.#told = told;
  }

  async checkState(store: Store, isPrompt: boolean): Promise<void> {
    const state = store.read();
    demand(!isPrompt || !(state instanceof Promise), 'memory and file answer at once');
    const { records, seq } = await state;
    const { kept, events } = this.#told;
    demand(seq === events.length, `the store is at ${seq}, its followers at ${events.length}`);
    demand(records.length === kept.size, `the store has ${records.length} records, and ${kept.size} were told of`);
    for (const record of records)
      demand(jsonEqual(record, kept.get(idOf(record)) ?? null), `${idOf(record)} is not what was committed`);
  }

  /** Reads the log on from where it was read last. */
  async checkLog(store: Store): Promise<void> {
    const { events } = this.#told;
    for (let isMore = true; isMore; ) {
      const page = await store.log({ scope: DEFAULT_SCOPE, after: this.#logged, limit: 1_000 });
      for (const event of page) {
        demand(event.seq === this.#logged + 1, `the log has ${event.seq} after ${this.#logged}`);
        demand(jsonEqual(event, events[this.#logged] ?? null), `event ${event.seq} of the log is not the one told of`);
        this.#logged += 1;
      }
      isMore = page.length === 1_000;
    }
    demand(this.#logged === events.length, `the log ends at ${this.#logged}, its followers at ${events.length}`);
  }
}
