/** Takes samples in: checks them, puts each into the slice of its instant, and tells who listens. */
import { SluiceError } from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import { describeFailure } from '../failure.ts';
import type { Logger } from '../logger.ts';
import { type MetricLabels, type SampleKind, type SampleListener, sampleProblem } from './sample.ts';
import type { SeriesKind } from './series.ts';
import type { SeriesIndex } from './series-index.ts';
import type { SeriesRoom } from './series-room.ts';
import type { SlidingWindow } from './window.ts';

export interface RecorderParts {
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  readonly window: SlidingWindow;
  readonly index: SeriesIndex;
  readonly room: SeriesRoom;
}

const SERIES_KIND: Readonly<Record<SampleKind, SeriesKind>> = { count: 'counter', observe: 'value' };

export class Recorder {
  readonly #parts: RecorderParts;
  #listeners: readonly SampleListener[] = [];
  #watchedSince: number;
  /** The slice of the last look at the clock. */
  #lookedAtSlice: number;
  #refused = 0;
  #dropped = 0;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    this.#watchedSince = parts.clock.now();
    this.#lookedAtSlice = parts.window.indexOf(this.#watchedSince);
  }

  /** The instant from which on samples were taken, which is never later than now. */
  get watchedSince(): number {
    return this.#watchedSince;
  }

  get refused(): number {
    return this.#refused;
  }

  get dropped(): number {
    return this.#dropped;
  }

  listen(listener: SampleListener): () => void {
    const subscription: SampleListener = (...sample) => listener(...sample);
    this.#listeners = [...this.#listeners, subscription];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== subscription);
    };
  }

  /** Never throws. */
  record(kind: SampleKind, name: string, value: number, labels: MetricLabels): void {
    try {
      const { flag, variant } = labels;
      const problem = sampleProblem(kind, name, value, flag, variant);
      if (problem !== null) {
        this.#refuse(problem);
        return;
      }
      this.#keep(SERIES_KIND[kind], name, value, flag, variant);
      this.#tell(kind, name, value, labels);
    } catch (error) {
      this.#refuse(`a sample cannot be read: ${describeFailure(error)}`);
    }
  }

  /**
   * The present instant. A clock that was set back is noticed here, and samples that now lie in the future are forgotten: they would
   * pass for fresh ones when it gets there again.
   *
   * @throws SluiceError `unavailable` when the clock gives no number
   */
  now(): number {
    const now = this.#parts.clock.now();
    if (!Number.isFinite(now)) throw new SluiceError('unavailable', `the clock reads ${now}, not milliseconds since 1970`);
    const slice = this.#parts.window.indexOf(now);
    if (slice < this.#lookedAtSlice) {
      for (const series of this.#parts.index.all()) series.forgetAfter(slice);
      this.#watchedSince = Math.min(this.#watchedSince, now);
    }
    this.#lookedAtSlice = slice;
    return now;
  }

  #keep(kind: SeriesKind, name: string, value: number, flag: string | undefined, variant: string | undefined): void {
    const { index, room, window } = this.#parts;
    const now = this.now();
    const slice = window.indexOf(now);
    const series = index.find(kind, name, flag, variant) ?? room.open({ kind, name, flag, variant }, slice);
    if (series === null) this.#dropped += 1;
    else series.record(slice, now, value);
  }

  #tell(kind: SampleKind, name: string, value: number, labels: MetricLabels): void {
    for (const listener of this.#listeners) {
      try {
        listener(kind, name, value, labels);
      } catch (error) {
        this.#parts.logger.error(`a listener of the metric "${name}" failed: ${describeFailure(error)}`, { error });
      }
    }
  }

  #refuse(problem: string): void {
    this.#refused += 1;
    if (this.#refused === 1) this.#parts.logger.warn(`${problem}. This sample is refused; further ones are only counted`);
  }
}
