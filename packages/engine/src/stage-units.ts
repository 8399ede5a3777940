/** What a stage's ledger hears of because somebody met it: an error, a value that is slow by one of its criteria, or one whose mean is compared. */
import {
  type ComparedBy,
  type CompiledFlag,
  comparedMeanOf,
  currentStage,
  hashDigits,
  hashOfKey,
  isEnded,
  isUsableKey,
  isWithinShare,
  type Rollout,
  slowMetricOf,
} from '@sluice/core';
import { meanSubject, slowSubject, stageSubject, undrawnSubject } from './exposure-watches.ts';
import { ERRORS } from './metrics/error-rate.ts';
import type { MetricLabels, SampleKind } from './metrics/sample.ts';
import { StageExposures } from './stage-exposures.ts';
import type { UnitValue } from './unit-buffer.ts';
import type { View } from './view.ts';

/** A sample as it was counted or observed. */
export interface MetSample {
  readonly kind: SampleKind;
  readonly name: string;
  readonly value: number;
  readonly labels: MetricLabels;
  /** Milliseconds since 1970; a sample without it was taken just now. */
  readonly at?: number;
}

/** `unit` is null for a value that nobody is known to have met. */
export type StageUnit = Omit<UnitValue, 'at' | 'unit'> & { readonly unit: string | null };

/** Who is told of them, such as the buffer of facts. */
export interface UnitsTold {
  expose(subject: string, unit: string, arm: string): unknown;
  record(value: Omit<UnitValue, 'at'>): unknown;
  observe(subject: string, arm: string, metric: string, value: number): unknown;
}

/** Where a sample is noted; nowhere without a rollout under way and a variant, and when it is from before the stage. */
export function stageUnitsOf(view: View, { kind, name, value, labels, at }: MetSample): readonly StageUnit[] {
  const { flag, variant } = labels;
  if (flag === undefined || variant === undefined) return [];
  if (kind === 'count' && (name !== ERRORS || value <= 0)) return [];
  const rollout = view.rollouts.get(flag);
  const stage = rollout === undefined || isEnded(rollout.phase) ? null : currentStage(rollout.phase);
  if (rollout === undefined || stage === null) return [];
  if (at !== undefined && at < (rollout.progress?.enteredAt ?? at)) return [];
  const met = { arm: variant, unit: digitsOf(labels.unit) };
  const units =
    kind === 'observe'
      ? [...slowUnits(rollout, stage, name, value, met), ...comparedMeans(rollout, stage, name, value, met)]
      : met.unit === null
        ? []
        : [{ ...met, subject: stageSubject(rollout, stage), ...once('errors') }];
  const isCompared = met.unit === null || units.length === 0 || isDrawnTo(view, labels, at !== undefined);
  return isCompared ? units : units.map(asUndrawn);
}

/**
 * Whether the bucket may have given the unit its variant. Who was asked for here is known; of who was asked for elsewhere, the lists and the bucket tell,
 * which a group's members within the share escape.
 */
function isDrawnTo(view: View, { flag: key = '', variant, unit = '' }: MetricLabels, isFromElsewhere: boolean): boolean {
  const live = view.flags.get(key);
  if (live === undefined) return true;
  if (live.watch instanceof StageExposures && live.watch.isUndrawn(unit)) return false;
  const { compiled } = live;
  if (compiled.namedUsers?.has(unit) || compiled.excludedUsers?.has(unit)) return false;
  if (!isFromElsewhere || compiled.bucketBy !== null || !decidesBesideBucket(compiled)) return true;
  return isWithinShare(compiled, unit) !== (variant === live.flag.offVariant);
}

function decidesBesideBucket({ hasLists, condition, rules, prerequisites }: CompiledFlag): boolean {
  return hasLists || condition !== null || rules !== null || prerequisites !== null;
}

/** Errors keep their units, which are counted for the report; of the rest it is enough that they were told of. */
function asUndrawn(met: StageUnit): StageUnit {
  return { ...met, subject: undrawnSubject(met.subject), unit: met.metric === 'errors' ? met.unit : null };
}

type Met = Pick<StageUnit, 'arm' | 'unit'>;

function digitsOf(unit: string | undefined): string | null {
  return unit !== undefined && unit !== '' && isUsableKey(unit) ? hashDigits(hashOfKey(unit)) : null;
}

/** However often a unit met it, it counts once. */
function once(metric: string): Pick<StageUnit, 'metric' | 'value' | 'rules'> {
  return { metric, value: 1, rules: { aggregation: 'max' } };
}

/** Where a value of the stage is slow by one of its criteria. */
function slowUnits(rollout: Rollout, stage: number, name: string, value: number, met: Met): readonly StageUnit[] {
  if (met.unit === null) return [];
  const criteria = rollout.plan.stages[stage]?.criteria ?? [];
  const limits = criteria.flatMap((criterion) => {
    const { slowerThan } = criterion;
    return slowerThan !== undefined && value > slowerThan && slowMetricOf(criterion) === name ? [slowerThan] : [];
  });
  return [...new Set(limits)].map((limit) => ({ ...met, subject: slowSubject(rollout, stage, name, limit), ...once('slow') }));
}

/** Values without a unit stand apart, so that a stray one does not decide how the metric is kept. */
function comparedMeans(rollout: Rollout, stage: number, name: string, value: number, met: Met): readonly StageUnit[] {
  const criteria = rollout.plan.stages[stage]?.criteria ?? [];
  if (!criteria.some((criterion) => comparedMeanOf(criterion) === name)) return [];
  const by: ComparedBy = met.unit === null ? 'requests' : 'units';
  return [{ ...met, subject: meanSubject(rollout, stage, name, by), metric: name, value, rules: { aggregation: 'mean' } }];
}

export function tellOf({ unit, ...met }: StageUnit, told: UnitsTold): void {
  const { subject, arm, metric, value } = met;
  if (unit === null) {
    told.observe(subject, arm, metric, value);
    return;
  }
  told.expose(subject, unit, arm);
  told.record({ ...met, unit });
}
