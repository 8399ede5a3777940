/** Gathers what a rollout's criteria compare with the control: units and means from the ledger, requests from where they are counted. */
import {
  type Compared,
  type ComparedEvents,
  type ComparedMeans,
  type Criterion,
  comparedMeanOf,
  comparesEvents,
  currentStage,
  emptyMoments,
  type Flag,
  hasControl,
  type Moments,
  mergeMoments,
  parseMetric,
  type RequestInterval,
  type Rollout,
  type RolloutFacts,
  requestsFrom,
  type Stage,
  type SubjectTotals,
  slowMetricOf,
  type Unmeasured,
  WHOLE_SHARE,
} from '@sluice/core';
import { meanSubject, slowSubject, stageSubject, undrawnSubject } from './exposure-watches.ts';
import { describeFailure } from './failure.ts';
import type { EventCount, MetricSource } from './metrics/metric-source.ts';
import { withinDeadline } from './metrics/within-deadline.ts';
import { newVariants } from './new-variants.ts';
import type { Runtime } from './runtime.ts';

const COUNT_EVERY_MS = 60_000;
const OWN_SOURCE = 'collector';

export class ComparisonFacts {
  readonly #runtime: Runtime;
  readonly #sources: ReadonlyMap<string, MetricSource>;

  constructor(runtime: Runtime, sources: ReadonlyMap<string, MetricSource>) {
    this.#runtime = runtime;
    this.#sources = sources;
  }

  async gather(rollout: Rollout, flag: Flag | null): Promise<Pick<RolloutFacts, 'compared' | 'requests'>> {
    const index = currentStage(rollout.phase);
    const stage = index === null ? undefined : rollout.plan.stages[index];
    if (flag === null || index === null || stage === undefined || !hasControl(rollout, stage)) return {};
    const { criteria } = stage;
    if (!criteria.some(({ versusControl }) => versusControl !== undefined)) return {};
    const requests = await Promise.all(criteria.map((criterion) => this.#requests(rollout, stage, criterion, flag)));
    await this.#runtime.facts.flush();
    const compared = await Promise.all(criteria.map((criterion) => this.#compared(rollout, index, criterion, flag)));
    return { compared, requests };
  }

  /** Why this criterion can never be compared here, as far as its source says at once; null where it can, or needs not. */
  problemOf(criterion: Criterion): string | null {
    const [source, metric] = [this.#sources.get(criterion.source), parseMetric(criterion.metric)];
    if (source === undefined || 'message' in metric || criterion.source === OWN_SOURCE || !comparesEvents(criterion)) return null;
    if (source.countEvents === undefined)
      return `metric source "${criterion.source}" has no countEvents, which counts requests and errors of both sides`;
    const now = this.#runtime.clock.now();
    try {
      const asked = source.countEvents({ metric, slowerThan: criterion.slowerThan ?? null }, { from: now, to: now });
      if (asked instanceof Promise) asked.catch(() => {});
      else if (asked.kind === 'error' && asked.cause === 'badQuery') return asked.message;
    } catch {
      // A source that fails is found by the first stage, which holds.
    }
    return null;
  }

  async #compared(rollout: Rollout, stage: number, criterion: Criterion, flag: Flag): Promise<Compared | null> {
    if (criterion.versusControl === undefined) return null;
    const mean = comparedMeanOf(criterion);
    if (mean !== null) return this.#means(rollout, stage, mean, flag);
    if (criterion.source !== OWN_SOURCE) return { kind: 'events', stages: [] };
    const [metric, limit] = [slowMetricOf(criterion), criterion.slowerThan];
    const subjectOf = (one: number): string =>
      metric === null || limit === undefined ? stageSubject(rollout, one) : slowSubject(rollout, one, metric, limit);
    return { kind: 'events', stages: await this.#unitsOf(rollout, flag, subjectOf) };
  }

  /** Of each stage so far that had a control, the units that its subject has on both sides. */
  #unitsOf(rollout: Rollout, flag: Flag, subjectOf: (stage: number) => string): Promise<ComparedEvents['stages']> {
    const current = currentStage(rollout.phase) ?? -1;
    const compared = rollout.plan.stages.slice(0, current + 1).flatMap((stage, index) => {
      return stage.share !== null && hasControl(rollout, stage) ? [{ index, canaryShare: stage.share / WHOLE_SHARE }] : [];
    });
    const counts = compared.map(async ({ index, canaryShare }) => {
      const subject = subjectOf(index);
      const drawn = sidesIn(await this.#totals(rollout, subject), flag, (arm) => arm.exposed);
      const undrawn = sidesIn(await this.#totals(rollout, undrawnSubject(subject)), flag, valuesIn);
      return {
        ...{ canaryEvents: drawn.change, baselineEvents: drawn.control, canaryShare },
        ...{ canaryUndrawn: undrawn.change, baselineUndrawn: undrawn.control },
      };
    });
    return Promise.all(counts);
  }

  /** By units, unless none is known. */
  async #means(rollout: Rollout, stage: number, metric: string, flag: Flag): Promise<ComparedMeans> {
    const subject = meanSubject(rollout, stage, metric, 'units');
    const byUnits = meansIn(await this.#totals(rollout, subject), metric, flag);
    const undrawn = sidesIn(await this.#totals(rollout, undrawnSubject(subject)), flag, valuesIn);
    if (byUnits.control.n + byUnits.change.n + undrawn.control + undrawn.change > 0)
      return { kind: 'means', by: 'units', ...byUnits, changeUndrawn: undrawn.change };
    const byValues = meansIn(await this.#totals(rollout, meanSubject(rollout, stage, metric, 'requests')), metric, flag);
    return { kind: 'means', by: byValues.control.n + byValues.change.n > 0 ? 'requests' : 'units', ...byValues };
  }

  #totals({ scope }: Rollout, subject: string): Promise<SubjectTotals> {
    return this.#runtime.store.readTotals(scope, subject);
  }

  /** What both sides counted since the last time; null while that is less than a whole interval, or one side has nothing. */
  async #requests(
    rollout: Rollout,
    stage: Stage,
    criterion: Criterion,
    flag: Flag,
  ): Promise<RequestInterval | Unmeasured | null> {
    const from = requestsFrom(rollout, stage, criterion);
    const source = this.#sources.get(criterion.source);
    if (from === null || source?.countEvents === undefined) return null;
    const every = source.countEveryMs ?? COUNT_EVERY_MS;
    const to = Math.floor(this.#runtime.clock.now() / every) * every;
    if (to - from < every) return null;
    const asked = [flag.offVariant, ...newVariants(flag)].map((variant) =>
      this.#count(source, criterion, { flag: rollout.key, variant, from, to }),
    );
    const [control, ...change] = await Promise.all(asked);
    return intervalOf({ from, to }, control, change);
  }

  async #count(source: MetricSource, criterion: Criterion, range: CountedRange): Promise<EventCount> {
    const metric = parseMetric(criterion.metric);
    if ('message' in metric) return { kind: 'error', cause: 'badQuery', message: metric.message };
    try {
      const asked = source.countEvents?.({ metric, slowerThan: criterion.slowerThan ?? null }, range) ?? NO_DATA;
      return asked instanceof Promise ? await withinDeadline(asked, criterion.source, this.#runtime.clock) : asked;
    } catch (error) {
      const message = `metric source "${criterion.source}" failed: ${describeFailure(error)}`;
      return { kind: 'error', cause: 'provider', message };
    }
  }
}

interface CountedRange {
  readonly flag: string;
  readonly variant: string | undefined;
  readonly from: number;
  readonly to: number;
}

type Arm = SubjectTotals['arms'][string];

const NO_DATA: EventCount = { kind: 'noData', at: null };

function sidesIn({ arms }: SubjectTotals, flag: Flag, read: (arm: Arm) => number): Record<'control' | 'change', number> {
  const of = (variant: string | undefined): number => {
    const arm = arms[variant ?? ''];
    return arm === undefined ? 0 : read(arm);
  };
  return { control: of(flag.offVariant), change: newVariants(flag).reduce((sum, variant) => sum + of(variant), 0) };
}

/** What units met that are told of without being kept one by one, or how many they are. */
function valuesIn({ exposed, metrics }: Arm): number {
  return Object.values(metrics).reduce((sum, { n }) => Math.max(sum, n), exposed);
}

function meansIn({ arms }: SubjectTotals, metric: string, flag: Flag): Pick<ComparedMeans, 'control' | 'change'> {
  const momentsOf = (variant: string | undefined): Moments => arms[variant ?? '']?.metrics[metric] ?? emptyMoments(0);
  const change = newVariants(flag).reduce((sum, variant) => mergeMoments(sum, momentsOf(variant)), emptyMoments(0));
  return { control: momentsOf(flag.offVariant), change };
}

function intervalOf(
  { from, to }: Pick<RequestInterval, 'from' | 'to'>,
  control: EventCount | undefined,
  change: readonly EventCount[],
): RequestInterval | Unmeasured | null {
  const answers = [control ?? NO_DATA, ...change];
  const problem = answers.find((answer) => answer.kind === 'error');
  if (problem?.kind === 'error') return problem;
  const [beside, on] = [sumOf(answers.slice(0, 1)), sumOf(answers.slice(1))];
  if (beside.requests === 0 || on.requests === 0) return null;
  return {
    from,
    to,
    canaryN: on.requests,
    canaryEvents: on.events,
    baselineN: beside.requests,
    baselineEvents: beside.events,
  };
}

function sumOf(answers: readonly EventCount[]): { readonly requests: number; readonly events: number } {
  const counted = answers.filter((answer) => answer.kind === 'counts');
  const sum = (read: (one: (typeof counted)[number]) => number): number => counted.reduce((total, one) => total + read(one), 0);
  return { requests: sum((one) => one.requests), events: sum((one) => one.events) };
}
