/** How often each flag answered what, since it was last drained: counters that merge on the server in any order. */
import { AnswerLog, FlagMeter, mergeTally, type Tally, type Unit } from '@sluice/core';
import type { ConnectionClock } from './connection-clock.ts';
import type { ServedFlag } from './served-flags.ts';

export interface FlagTally {
  readonly subject: string;
  readonly tally: Tally;
}

export class CountedAnswers {
  readonly #clock: Pick<ConnectionClock, 'now'>;
  readonly #wake: () => void;
  readonly #log = new AnswerLog();
  /** Flags that answered since their last drain, and when they first did. */
  readonly #dirty = new Map<ServedFlag, number>();
  readonly #tallies = new Map<string, Tally>();

  /** `wake` is called when there is something to drain that was not there before. */
  constructor(clock: Pick<ConnectionClock, 'now'>, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Throws what reading a hostile unit throws, and then has counted nothing. */
  add(served: ServedFlag, outcome: number, unit: Unit | null | undefined): void {
    if (!served.isDirty) this.#markDirty(served);
    this.#log.add(served, outcome, unit);
  }

  #markDirty(served: ServedFlag): void {
    served.isDirty = true;
    this.#dirty.set(served, this.#clock.now());
    this.#wake();
  }

  /** Moves what a flag counted here, before it is replaced. What an override answered is nobody else's. */
  settle(served: ServedFlag): void {
    const since = this.#dirty.get(served);
    if (since === undefined) return;
    this.#log.settle();
    this.#dirty.delete(served);
    served.isDirty = false;
    served.meter ??= new FlagMeter(served.compiled);
    const tally = served.meter.drain(since, this.#clock.now());
    if (served.compiled.isOverridden || served.compiled.flag.revision === 0) return;
    const subject = `flag/${served.compiled.flag.key}`;
    const before = this.#tallies.get(subject);
    this.#tallies.set(subject, before === undefined ? tally : mergeTally(before, tally));
  }

  drain(): FlagTally[] {
    for (const served of [...this.#dirty.keys()]) this.settle(served);
    const drained = Array.from(this.#tallies, ([subject, tally]) => ({ subject, tally }));
    this.#tallies.clear();
    return drained.flatMap(partsOf);
  }
}

/** Distinct counts of a variant take tens of kilobytes, so each travels by itself. */
function partsOf({ subject, tally }: FlagTally): FlagTally[] {
  const [first, ...rest] = Object.entries(tally.distinct);
  if (first === undefined) return [{ subject, tally }];
  const nothing = { counts: {}, sketches: {} };
  return [
    { subject, tally: { ...tally, distinct: Object.fromEntries([first]) } },
    ...rest.map((entry) => ({ subject, tally: { ...tally, ...nothing, distinct: Object.fromEntries([entry]) } })),
  ];
}
