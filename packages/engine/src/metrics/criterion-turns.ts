/** Asking a slow source: one request in flight per criterion, one deadline for the whole answer, and the memory of when it last had one. */
import type { Measurement, MetricQuery } from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import type { Deadline } from './bounded-fetch.ts';
import { METRIC_DEADLINE_MS, type MeasuredRange } from './metric-source.ts';

/** Versions come and go; those that were asked for longest ago are forgotten. */
const MOST_REMEMBERED = 1_000;

export class CriterionTurns {
  readonly #clock: Clock;
  readonly #last = new Map<string, Promise<Measurement>>();
  readonly #heardAt = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `ask` once the one before it for the same criterion has ended. Its deadline counts from now; `ask` never rejects. */
  take(query: MetricQuery, range: MeasuredRange, ask: (deadline: Deadline) => Promise<Measurement>): Promise<Measurement> {
    const key = JSON.stringify([query, range.flag, range.variant]);
    const deadline = { clock: this.#clock, at: this.#clock.now() + METRIC_DEADLINE_MS };
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(async () => this.#remembered(key, await ask(deadline)));
    this.#last.set(key, mine);
    void mine.finally(() => this.#last.get(key) === mine && this.#last.delete(key));
    return mine;
  }

  /** Silence counts from the newest sample, which a source that keeps none forgets. */
  #remembered(key: string, measurement: Measurement): Measurement {
    if (measurement.kind === 'noData') return { kind: 'noData', at: measurement.at ?? this.#heardAt.get(key) ?? null };
    if (measurement.kind === 'error') return measurement;
    this.#heardAt.delete(key);
    this.#heardAt.set(key, measurement.at);
    const [oldest] = this.#heardAt.keys();
    if (this.#heardAt.size > MOST_REMEMBERED && oldest !== undefined) this.#heardAt.delete(oldest);
    return measurement;
  }
}
