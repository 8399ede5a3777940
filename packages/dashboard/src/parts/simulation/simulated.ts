/** What is simulated: the plan as it stands in the dialog, in a world that the person assumes. */
import type { RolloutAssumptions, RolloutForecast, RolloutSettings } from '@sluice/core';
import type { AnswerTo } from '../../api/answers.ts';

export interface Simulated {
  readonly settings: RolloutSettings;
  readonly assumptions: RolloutAssumptions;
  readonly seed: string;
  readonly replicates: number;
}

/** What a simulation says of itself. */
export type Said =
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'forecast'; readonly forecast: RolloutForecast }
  | { readonly kind: 'failed'; readonly message: string };

/** As a person says it: by the hour and in percent. */
export interface AssumptionChoices {
  readonly unitsPerHour: number;
  readonly errorPercent: number;
  readonly changeErrorPercent: number;
  readonly replicates: number;
  readonly seed: string;
}

/** Those that `sluice rollout simulate` takes where it is told nothing. */
export const FIRST_ASSUMPTIONS: AssumptionChoices = {
  unitsPerHour: 360_000,
  errorPercent: 1,
  changeErrorPercent: 10,
  replicates: 200,
  seed: 'sluice',
};

export function simulatedOf(settings: RolloutSettings, assumed: AssumptionChoices): Simulated {
  const { unitsPerHour, errorPercent, changeErrorPercent, replicates, seed } = assumed;
  return {
    settings,
    assumptions: {
      unitsPerSecond: unitsPerHour / 3600,
      errorRate: errorPercent / 100,
      changeErrorRate: changeErrorPercent / 100,
    },
    seed,
    replicates,
  };
}

const HOUR_MS = 3_600_000;
/** What programs asked in less says little of an hour. */
const LEAST_MS = 60_000;

/** Distinct units an hour, to two digits; null where too little was asked to say. */
export function unitsPerHourOf(
  stats: Pick<AnswerTo<'flags', 'stats'>, 'exposedUnits' | 'firstEvaluatedAt' | 'lastEvaluatedAt'>,
): number | null {
  const { exposedUnits, firstEvaluatedAt, lastEvaluatedAt } = stats;
  if (firstEvaluatedAt === null || lastEvaluatedAt === null) return null;
  const ms = Date.parse(lastEvaluatedAt) - Date.parse(firstEvaluatedAt);
  const units = Object.values(exposedUnits).reduce((sum, count) => sum + count, 0);
  if (ms < LEAST_MS || units === 0) return null;
  return Math.max(1, Math.round(Number(((units * HOUR_MS) / ms).toPrecision(2))));
}
