/** Metrics that come from other processes: taken in by any replica, kept in the store, and measured from there by whichever drives a rollout. */
import { emptyTally, type Measurement, type MetricQuery, SluiceError } from '@sluice/core';
import { describeFailure } from '../failure.ts';
import type { FlagManager } from '../feature-flag-manager.ts';
import { metricKindsOf } from '../metric-kinds.ts';
import type { Runtime } from '../runtime.ts';
import { runtimeOf } from '../runtime-of.ts';
import { stageUnitsOf, tellOf } from '../stage-units.ts';
import type { FactsBatch } from '../store/store.ts';
import { type IngestedSample, type RefusedSample, type Taken, takeSamples, unitsOf } from './ingested-batch.ts';
import { type GivenFacts, type TakenFacts, takeFactsOf } from './ingested-exposures.ts';
import { IngestedSeriesRoom } from './ingested-series-room.ts';
import { SINCE_SUBJECT } from './ingested-slot.ts';
import { measureReadings, type NamedSeries, seriesOf } from './measure.ts';
import type { MeasuredRange, MetricSource } from './metric-source.ts';
import type { MetricsCollector } from './metrics-collector.ts';
import { checkSender, rememberedUntil, type Sender } from './sender.ts';
import { SlotReader } from './slot-reader.ts';
import { type SliceRange, SlidingWindow } from './window.ts';

export interface IngestedMetricsOptions {
  /** How far back it can look; an hour unless given. */
  readonly windowMs?: number;
  /** Samples are summed up in slots of this length, so a window is exact to one slot; ten seconds unless given, and the same in all processes. */
  readonly slotMs?: number;
  /** Samples that are older when they come are refused; a minute unless given. */
  readonly lateMs?: number;
  /** The most series that one process takes in, each one metric of one variant; at least 2, and 500 unless given. */
  readonly maxSeries?: number;
}

export interface IngestedBatch {
  readonly samples: readonly IngestedSample[];
  /** The sender's clock when it sent them, milliseconds since 1970, by which a clock that is wrong is put right. */
  readonly sentAt?: number;
  /** Who sent it: a batch that comes again is counted once. */
  readonly sender?: Sender;
}

/** Everything that an SDK which evaluates itself has to tell, counted once. */
export interface ReportedBatch extends GivenFacts {
  readonly samples: readonly IngestedSample[];
  readonly sentAt?: number;
  readonly sender: Sender;
}

export interface ReportResult extends IngestResult, Pick<TakenFacts, 'refusedExposures' | 'refusedValues'> {}

export interface IngestResult {
  readonly taken: number;
  readonly refused: readonly RefusedSample[];
}

/** How much later than it may come a sample can still be on its way to the store. */
const UNDER_WAY_MS = 60_000;

/**
 * What a MetricsCollector is for one process, this is for all processes over one store; give it to rollouts with `addMetricSource('collector', …)`.
 * Measured by the same rules: no sample in the window is `noData`, a longer window than is kept is an `error` with the cause `badQuery`, and a
 * store that does not answer one with the cause `provider`.
 */
export class IngestedMetrics implements MetricSource {
  readonly #runtime: Runtime;
  readonly #window: SlidingWindow;
  readonly #room: IngestedSeriesRoom;
  readonly #reader: SlotReader;
  readonly #lateMs: number;
  /** The slot in which tallies were last asked to be forgotten. */
  #prunedIn = Number.NEGATIVE_INFINITY;
  #hasBegun = false;

  /** @throws SluiceError `invalid` when an option is out of range */
  constructor(flags: FlagManager, options: IngestedMetricsOptions = {}) {
    const { windowMs = 3_600_000, slotMs = 10_000, lateMs = 60_000, maxSeries = 500 } = options;
    this.#runtime = runtimeOf('IngestedMetrics', flags);
    this.#window = new SlidingWindow(windowMs, slotMs);
    if (!(lateMs >= 0 && lateMs <= windowMs) || !(Number.isInteger(maxSeries) && maxSeries >= 2))
      throw new SluiceError('invalid', `IngestedMetrics: lateMs ${lateMs} is from 0 to windowMs, maxSeries ${maxSeries} from 2`);
    this.#room = new IngestedSeriesRoom(maxSeries, this.#window.sliceCount);
    this.#reader = new SlotReader(this.#runtime.store, this.#runtime.view.scope);
    this.#lateMs = lateMs;
  }

  /**
   * Takes in what is good of a batch and tells what is wrong with the rest. One that says who sent it is kept in the store when this resolves; another
   * one within a second, together with those that come meanwhile.
   * @throws SluiceError `unavailable` when the store cannot keep a batch with a sender: send it again; `invalid` for a sender that is none
   */
  async ingest({ samples, sentAt, sender }: IngestedBatch): Promise<IngestResult> {
    if (sender !== undefined) checkSender(sender);
    await this.#runtime.ready;
    const now = this.#runtime.clock.now();
    const taken = this.#take(samples, now, sentAt ?? now);
    const result = { taken: taken.samples.length, refused: taken.refused };
    if (taken.samples.length === 0) return result;
    if (sender === undefined) {
      for (const sample of taken.samples)
        for (const unit of stageUnitsOf(this.#runtime.view, sample)) tellOf(unit, this.#runtime.facts);
      this.#buffer(taken, now);
    } else await this.#runtime.store.addFacts(this.#batchOf(taken, sender, now));
    this.#hasBegun = true;
    return result;
  }

  /**
   * Takes in what another process served and measured by itself, as if that had been here: exposures and values of tests with the samples, in one
   * batch that is kept when this resolves. What does not count is told, by its place in its list, and the rest counts.
   * @throws SluiceError `unavailable` when the store cannot keep it: send it again; `invalid` for a sender that is none
   */
  async report({ samples, sentAt, sender, ...given }: ReportedBatch): Promise<ReportResult> {
    checkSender(sender);
    await this.#runtime.ready;
    const { clock, view, store } = this.#runtime;
    const now = clock.now();
    const facts = await takeFactsOf(given, { view, kinds: metricKindsOf(view), now, sentAt: sentAt ?? now }, store);
    const recorded = facts.values.map(
      ({ test, metric, unit: _, ...value }): IngestedSample => ({ ...value, kind: 'observe', name: metric, flag: test }),
    );
    const taken = this.#take([...samples, ...recorded], now, sentAt ?? now);
    const { refusedExposures, refusedValues } = facts;
    const refused = taken.refused.filter(({ index }) => index < samples.length);
    const sent = samples.length + given.exposures.length + given.values.length;
    const left = refused.length + refusedExposures.length + refusedValues.length;
    const batch = withFacts(this.#batchOf(taken, sender, now), facts);
    if (batch.tallies.length + batch.units.length + batch.observations.length > 0) await store.addFacts(batch);
    if (taken.samples.length > 0) this.#hasBegun = true;
    return { taken: sent - left, refused, refusedExposures, refusedValues };
  }

  /**
   * Takes in from now on what this process itself counts and observes of flags and variants, so that other processes measure it, too. Whom it was met by is
   * told by the rollouts that the collector was given to. Returns how to stop.
   */
  follow(collector: MetricsCollector): () => void {
    const { clock } = this.#runtime;
    let waiting: IngestedSample[] = [];
    const takeIn = (): void => {
      const now = clock.now();
      const taken = this.#take(waiting, now, now);
      waiting = [];
      if (taken.samples.length === 0) return;
      this.#buffer(taken, now);
      this.#hasBegun = true;
    };
    return collector.listen((kind, name, value, { flag, variant }) => {
      if (flag === undefined || variant === undefined) return;
      // A caller that records thousands in a row is not held up by a merge for each.
      if (waiting.push({ kind, name, value, flag, variant, at: clock.now() }) === 1) queueMicrotask(takeIn);
    });
  }

  #take(samples: readonly IngestedSample[], now: number, sentAt: number): Taken {
    const { view } = this.#runtime;
    const [window, room, lateMs] = [this.#window, this.#room, this.#lateMs];
    return takeSamples(samples, { view, room, window, lateMs, now, sentAt });
  }

  #buffer({ tallies, samples }: Taken, now: number): void {
    const { facts } = this.#runtime;
    for (const { subject, tally, keepUntil } of tallies) facts.addTally(subject, tally, keepUntil);
    this.#begin(samples, (subject, firstAt) => facts.addTally(subject, { ...emptyTally(), firstAt, lastAt: firstAt }));
    if (this.#isPruningDue(now)) facts.forgetBefore(now);
  }

  #batchOf({ tallies, samples }: Taken, sender: Sender, now: number): FactsBatch {
    const { scope } = this.#runtime.view;
    const deltas: FactsBatch['tallies'][number][] = tallies.map((delta) => ({ ...delta, scope }));
    const first = (subject: string, firstAt: number): unknown =>
      deltas.push({ scope, subject, tally: { ...emptyTally(), firstAt, lastAt: firstAt } });
    this.#begin(samples, first);
    const pruning = this.#isPruningDue(now) ? { forgetBefore: now } : {};
    return {
      instanceId: `ingest/${sender.instanceId}`,
      seq: sender.seq,
      scope,
      tallies: deltas,
      ...unitsOf(this.#runtime.view, samples),
      rememberUntil: rememberedUntil(sender, now),
      ...pruning,
    };
  }

  /** With the first batch that the store takes from this process: since when there have been samples. */
  #begin(samples: Taken['samples'], tell: (subject: string, firstAt: number) => unknown): void {
    if (this.#hasBegun || samples.length === 0) return;
    tell(
      SINCE_SUBJECT,
      samples.reduce((first, { at }) => Math.min(first, at), Number.POSITIVE_INFINITY),
    );
  }

  #isPruningDue(now: number): boolean {
    const slot = this.#window.indexOf(now);
    if (slot === this.#prunedIn) return false;
    this.#prunedIn = slot;
    return true;
  }

  /** What a criterion is judged by; a flag and a variant must be given. Never rejects. */
  measure(query: MetricQuery, { flag, variant, from, to }: MeasuredRange): Measurement | Promise<Measurement> {
    const problem =
      flag === undefined || variant === undefined
        ? 'ingested metrics are measured by flag and variant'
        : this.#window.problemOf(to - from);
    if (problem !== null || flag === undefined || variant === undefined)
      return { kind: 'error', cause: 'badQuery', message: problem ?? '' };
    return this.#measure(query, { flag, variant }, this.#window.between(from, to), to).catch((error: unknown) => ({
      kind: 'error',
      cause: 'provider',
      message: `the store could not be read: ${describeFailure(error)}`,
    }));
  }

  async #measure(query: MetricQuery, of: { flag: string; variant: string }, range: SliceRange, to: number): Promise<Measurement> {
    await this.#runtime.facts.flush();
    const closed = this.#window.indexOf(this.#runtime.clock.now() - this.#lateMs - UNDER_WAY_MS);
    const named = seriesOf(query);
    const readings = await Promise.all(named.map((series) => this.#reader.read({ ...series, ...of }, range, closed)));
    const whole = { first: range.last - this.#window.sliceCount + 1, last: range.last };
    const newest = readings[0]?.at ?? (await this.#reader.newestAt({ ...named[0], ...of }, whole, closed));
    const watchedSince = (await this.#reader.since()) ?? Number.NEGATIVE_INFINITY;
    const placeOf = (series: NamedSeries): number =>
      named.findIndex(({ kind, name }) => kind === series.kind && name === series.name);
    return measureReadings(query, {
      read: (series) => readings[placeOf(series)] ?? null,
      newestAt: () => newest,
      spanMs: this.#window.spanOf(range, to, watchedSince),
    });
  }
}

function withFacts(batch: FactsBatch, { batch: facts }: TakenFacts): FactsBatch {
  return {
    ...batch,
    tallies: [...batch.tallies, ...facts.tallies],
    units: [...batch.units, ...facts.units],
    observations: [...batch.observations, ...facts.observations],
  };
}

const INGESTED = new WeakMap<Runtime, IngestedMetrics>();

/** The one of a scope's managers that a workspace gives its rollouts as `collector`; made with the usual options when it is first asked for. */
export function ingestedMetricsOf(flags: FlagManager): IngestedMetrics {
  const runtime = runtimeOf('ingestedMetricsOf', flags);
  const found = INGESTED.get(runtime) ?? new IngestedMetrics(flags);
  INGESTED.set(runtime, found);
  return found;
}
