/** What a process tells of what it served and measured: gathered without I/O, and handed over in batches of bounded size. */
import { SluiceError, type Unit } from '@sluice/core';
import { BatchRoom } from './batch-room.ts';
import type { ConnectionClock } from './connection-clock.ts';
import { CountedAnswers, type FlagTally } from './counted-answers.ts';
import { type Exposure, ExposureBuffer } from './exposure-buffer.ts';
import { type GivenValue, type MeasuredValue, MeasuredValues, valueProblem } from './measured-values.ts';
import type { ReportBatch } from './report-sender.ts';
import type { ServedFlag } from './served-flags.ts';

/** Units, and values, that may wait in memory while the server takes none: some 250 bytes each. */
export const MAX_WAITING = 200_000;
/** Tallies of one batch, and their characters: the server takes a megabyte. */
const MAX_MEMBERS = 2_000;
const MAX_TALLY_CHARACTERS = 400_000;

export interface ReportsOptions {
  readonly instanceId: string;
  readonly clock: ConnectionClock;
  readonly wake: () => void;
  readonly onProblem: (error: SluiceError) => void;
  readonly maxWaiting?: number;
}

export class Reports {
  readonly answers: CountedAnswers;
  readonly #options: ReportsOptions;
  readonly #exposures: ExposureBuffer;
  readonly #values: MeasuredValues;
  /** Of facts and of values, which the server counts apart. */
  #factsSeq = 0;
  #valuesSeq = 0;
  #refused = 0;
  #withoutRoom = 0;

  constructor(options: ReportsOptions) {
    const { clock, wake, maxWaiting = MAX_WAITING } = options;
    this.#options = options;
    this.answers = new CountedAnswers(clock, wake);
    this.#exposures = new ExposureBuffer(maxWaiting);
    this.#values = new MeasuredValues(maxWaiting);
  }

  /** What there was no room for, and what was no value at all. */
  get dropped(): number {
    return this.#exposures.dropped + this.#values.dropped + this.#refused;
  }

  /** How many units and values the server has not taken yet. */
  get waiting(): number {
    return this.#exposures.size + this.#values.size;
  }

  /** Throws what reading a hostile unit throws, and then has counted nothing. */
  answered(served: ServedFlag, outcome: number, unit: Unit | null | undefined): void {
    this.answers.add(served, outcome, unit);
    if (served.isWatched && !this.#exposures.add(served, outcome, unit, this.#options.clock.now())) this.#foundNoRoom();
  }

  /** Never throws: what cannot be taken is told as a problem, and false is answered. */
  measured(value: GivenValue, place: string): boolean {
    const problem = valueProblem({ metric: value.metric, value: value.value, unit: value.unit });
    if (problem !== null) return this.#refuse(`${place}: ${problem}`);
    const { unit, ...rest } = value;
    const at = this.#options.clock.now();
    if (!this.#values.add({ ...rest, ...(unit === undefined ? {} : { unit: String(unit) }), at })) return this.#foundNoRoom();
    this.#options.wake();
    return true;
  }

  #foundNoRoom(): false {
    this.#withoutRoom += 1;
    const { maxWaiting = MAX_WAITING, onProblem } = this.#options;
    const message = `${this.#withoutRoom} units and values are lost so far: ${maxWaiting} of them wait already, since the server takes them more slowly than they come`;
    if (isTold(this.#withoutRoom)) onProblem(new SluiceError('unavailable', message));
    return false;
  }

  #refuse(message: string): false {
    this.#refused += 1;
    if (isTold(this.#refused)) this.#options.onProblem(new SluiceError('invalid', message));
    return false;
  }

  /** What is there now, as batches that are made when they are asked for: what comes meanwhile is the next drain's. */
  *drain(): Generator<ReportBatch, undefined> {
    const { instanceId } = this.#options;
    let [units, values] = [this.#exposures.pending, this.#values.pending];
    for (const tallies of chunksOf(this.answers.drain())) {
      this.#factsSeq += 1;
      const body = { instanceId, seq: this.#factsSeq, tallies };
      yield { route: 'metrics.addFacts', bodyAt: () => body, size: tallies.length, settle: () => {} };
    }
    while (units + values > 0) {
      const room = new BatchRoom();
      // Whom they were met by goes first: a value counts from its unit's exposure on.
      const exposures = this.#exposures.take(room, units);
      const observations = this.#values.take(room, values);
      units -= exposures.length;
      values -= observations.length;
      yield this.#valuesBatch(exposures, observations);
    }
  }

  #valuesBatch(exposures: readonly Exposure[], observations: readonly MeasuredValue[]): ReportBatch {
    this.#valuesSeq += 1;
    const sender = { instanceId: this.#options.instanceId, seq: this.#valuesSeq };
    return {
      route: 'metrics.observe',
      bodyAt: (sentAt) => ({ exposures, observations, hasTallies: true, sentAt, sender }),
      size: exposures.length + observations.length,
      settle: () => {
        this.#exposures.settle(exposures.length);
        this.#values.settle(observations.length);
      },
    };
  }
}

/** A caller in a loop must not fill the log: the 1st, 10th, 100th, … is told. */
function isTold(count: number): boolean {
  return Number.isInteger(Math.log10(count));
}

/** At most so many tallies, and so much text, at once. */
function chunksOf(tallies: readonly FlagTally[]): FlagTally[][] {
  const chunks: FlagTally[][] = [];
  let room = 0;
  for (const tally of tallies) {
    const size = JSON.stringify(tally).length;
    const last = chunks.at(-1);
    if (last === undefined || last.length >= MAX_MEMBERS || size > room) {
      chunks.push([tally]);
      room = MAX_TALLY_CHARACTERS - size;
    } else {
      last.push(tally);
      room -= size;
    }
  }
  return chunks;
}
