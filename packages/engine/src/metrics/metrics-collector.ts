/** Counts and measures what this process does, per flag and variant, over a moving window: the evidence of rollouts. */
import { type Measurement, type MetricQuery, SluiceError } from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import { systemClock } from '../clock/system-clock.ts';
import { type Logger, neverThrowing, silentLogger } from '../logger.ts';
import { countSeries } from './count-series.ts';
import { measureSeries } from './measure.ts';
import type { EventCount, EventQuery, MeasuredRange, MetricSource } from './metric-source.ts';
import { checkMeasured, checkMetricName, checkMetricsQuery, checkShareOfValues } from './read-arguments.ts';
import { Recorder } from './recorder.ts';
import type { MetricLabels, SampleListener } from './sample.ts';
import type { SeriesKey } from './series.ts';
import { SeriesIndex } from './series-index.ts';
import { SeriesRoom } from './series-room.ts';
import { SlidingWindow } from './window.ts';

export interface MetricsCollectorOptions {
  readonly clock?: Pick<Clock, 'now'>;
  /** How far back the collector can look; five minutes unless given. */
  readonly windowMs?: number;
  /** Samples are summed up in slices of this length, so a window is exact to one slice; a second unless given. */
  readonly resolutionMs?: number;
  /** The most series, each one metric with one flag and variant; at least 2, and 500 unless given. */
  readonly maxSeries?: number;
  readonly logger?: Logger;
}

/** Which samples to read. Labels that are not given match all; without times it is the whole window. */
export interface MetricsQuery {
  readonly flag?: string | undefined;
  readonly variant?: string | undefined;
  /** Only the last this many milliseconds, at most the collector's window. */
  readonly windowMs?: number | undefined;
  /** And nothing from before this instant, milliseconds since 1970. */
  readonly since?: number | undefined;
}

/** One series for people to look at: `samples` since it began. */
export interface SeriesSummary extends SeriesKey {
  readonly samples: number;
}

const NO_LABELS: MetricLabels = Object.freeze({});

/**
 * Recording is synchronous, cheap and never throws; a sample that cannot be kept is counted and, once, warned of. When the wall clock
 * is set back, samples that now lie in the future are forgotten.
 *
 * Readings merge all series that match. They are null without a sample to read, and throw SluiceError `invalid` for a window that is
 * longer than the collector keeps, and for an argument that is none, which it names.
 */
export class MetricsCollector implements MetricSource {
  readonly #window: SlidingWindow;
  readonly #index = new SeriesIndex();
  readonly #recorder: Recorder;

  /** @throws SluiceError `invalid` when the window, the resolution or the number of series is out of range */
  constructor(options: MetricsCollectorOptions = {}) {
    const { clock = systemClock(), windowMs = 300_000, resolutionMs = 1000, maxSeries = 500 } = options;
    const logger = neverThrowing(options.logger ?? silentLogger);
    const window = new SlidingWindow(windowMs, resolutionMs);
    const room = new SeriesRoom(this.#index, maxSeries, window.sliceCount, logger);
    this.#window = window;
    this.#recorder = new Recorder({ clock, logger, window, index: this.#index, room });
  }

  /** Adds `by`, a finite number that is not negative, to a counter. `errorRate` is read from `errors` and `requests`. */
  count(name: string, labels: MetricLabels = NO_LABELS, by = 1): void {
    this.#recorder.record('count', name, by, labels);
  }

  /** Records one finite value of a metric. `p95` is read from `latency`, in milliseconds. */
  observe(name: string, value: number, labels: MetricLabels = NO_LABELS): void {
    this.#recorder.record('observe', name, value, labels);
  }

  /** Calls `listener` for every sample from now on. Returns how to stop. What it throws is reported to the logger. */
  listen(listener: SampleListener): () => void {
    return this.#recorder.listen(listener);
  }

  /** Samples that broke a rule: not finite, a negative count, a name or label that is no text. */
  get refusedSamples(): number {
    return this.#recorder.refused;
  }

  /** Samples that were not kept because their series would have been one too many. */
  get droppedSamples(): number {
    return this.#recorder.dropped;
  }

  /** Every series there is, for people to look at. */
  series(): readonly SeriesSummary[] {
    return [...this.#index.all()].map((series) => ({ ...series.key, samples: series.samples }));
  }

  /** All that was added to a counter. */
  counterTotal(name: string, query: MetricsQuery = {}): number | null {
    checkMetricName('counterTotal', name);
    const measurement = this.#measure({ kind: 'rate', metric: name }, this.#rangeOf('counterTotal', query));
    return measurement.kind === 'value' ? measurement.samples : null;
  }

  /** What was added to a counter per second, over the part of the window that the collector has been there for. */
  rate(name: string, query: MetricsQuery = {}): number | null {
    checkMetricName('rate', name);
    return this.#read('rate', { kind: 'rate', metric: name }, query);
  }

  mean(name: string, query: MetricsQuery = {}): number | null {
    checkMetricName('mean', name);
    return this.#read('mean', { kind: 'mean', metric: name }, query);
  }

  /**
   * The value that a share `q`, 0 to 1, of the values does not exceed, to within 1 % of itself.
   *
   * @throws SluiceError `invalid` for a `q` that is no number from 0 to 1
   */
  quantile(name: string, q: number, query: MetricsQuery = {}): number | null {
    checkMetricName('quantile', name);
    checkShareOfValues('quantile', q);
    return this.#read('quantile', { kind: 'quantile', metric: name, q }, query);
  }

  /** The 95th percentile of `latency`. */
  p95(query: MetricsQuery = {}): number | null {
    return this.#read('p95', { kind: 'quantile', metric: 'latency', q: 0.95 }, query);
  }

  /** `errors` per `requests`: 0 when none of some failed, above 1 when more errors than requests were counted. */
  errorRate(query: MetricsQuery = {}): number | null {
    return this.#read('errorRate', { kind: 'errorRate' }, query);
  }

  /**
   * What a criterion is judged by. A range that is longer than the window is an `error` with cause `badQuery`.
   *
   * @throws SluiceError `invalid` for what is no query or no range
   */
  measure(query: MetricQuery, range: MeasuredRange): Measurement {
    checkMeasured(query, range);
    return this.#measure(query, range);
  }

  #measure(query: MetricQuery, { flag, variant, from, to }: MeasuredRange): Measurement {
    const problem = this.#window.problemOf(to - from);
    if (problem !== null) return { kind: 'error', cause: 'badQuery', message: problem };
    this.#recorder.now();
    const range = this.#window.between(from, to);
    const spanMs = this.#window.spanOf(range, to, this.#recorder.watchedSince);
    return measureSeries(query, { index: this.#index, filter: { flag, variant }, range, spanMs });
  }

  /** Requests and errors, or values and those above a limit to within 1 % of it, in the slices that lie wholly in the range. */
  countEvents(query: EventQuery, { flag, variant, from, to }: MeasuredRange): EventCount {
    this.#recorder.now();
    const range = this.#window.within(from, to);
    return countSeries(query, { index: this.#index, filter: { flag, variant }, range });
  }

  get countEveryMs(): number {
    return this.#window.resolutionMs;
  }

  #read(call: string, query: MetricQuery, range: MetricsQuery): number | null {
    const measurement = this.#measure(query, this.#rangeOf(call, range));
    return measurement.kind === 'value' ? measurement.value : null;
  }

  #rangeOf(call: string, query: MetricsQuery): MeasuredRange {
    checkMetricsQuery(call, query);
    const { flag, variant, windowMs = this.#window.windowMs, since = Number.NEGATIVE_INFINITY } = query;
    const problem = this.#window.problemOf(windowMs);
    if (problem !== null) throw new SluiceError('invalid', `MetricsCollector ${call}: ${problem}`);
    const to = this.#recorder.now();
    return { flag, variant, from: Math.max(to - windowMs, since), to };
  }
}
