/** Rollouts with clocks and readings further on than their kept records, which need not be kept at each look. */
import { type Rollout, unwatched } from '@sluice/core';
import type { Clock } from './clock/clock.ts';

/** Of the same revision as the kept record, and when that was kept. */
export interface Working {
  readonly rollout: Rollout;
  readonly keptAt: number;
}

export class WorkingRollouts {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #working = new Map<string, Working>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** What a kept record has become since; the record itself when it is newer. */
  of(record: Rollout): Working {
    const working = this.#working.get(record.key);
    if (working !== undefined && working.rollout.revision === record.revision) return working;
    // A rollout found at the start was not watched until now, so that time must not count as baked.
    const fresh = { rollout: working === undefined ? unwatched(record) : record, keptAt: this.#clock.now() };
    this.#working.set(record.key, fresh);
    return fresh;
  }

  moveOn(working: Working): void {
    this.#working.set(working.rollout.key, working);
  }

  all(): readonly Working[] {
    return [...this.#working.values()];
  }
}
