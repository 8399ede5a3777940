/** What the start dialog asks for, as settings of a rollout. */
import { type RolloutSettings, slowMetricOf } from '@sluice/core';

export type BoundKind = 'versusControl' | 'max' | 'min';

/** A metric and the bound it must respect. */
export interface CriterionChoice {
  /** Its own among the criteria of one dialog. */
  readonly id: number;
  readonly metric: string;
  /** The name of a metric source; the own collector unless given. */
  readonly source?: string;
  readonly kind: BoundKind;
  readonly bound: number;
  /** Of a quantile against the control: a unit that meets a value above is slow. Null while it is not said. */
  readonly slowerThan?: number | null;
}

/** What of a rollout is chosen wherever one is started. */
export interface PlanChoices {
  readonly strategy: 'canary' | 'percentage' | 'blueGreen' | 'ring';
  /** 0 to 100. */
  readonly target: number;
  /** Rising percentages as they are typed, `5, 20, 100`; empty leaves them to the strategy. */
  readonly stages: string;
  readonly bakeMinutes: number;
  readonly criteria: readonly CriterionChoice[];
  readonly isManual: boolean;
}

/** What measures a criterion that names no source: what programs report. */
export const OWN_COLLECTOR = 'collector';

export type PlanSettings = RolloutSettings;

export const FIRST_CHOICES: PlanChoices = {
  strategy: 'canary',
  target: 100,
  stages: '',
  bakeMinutes: 5,
  criteria: [{ id: 1, metric: 'errorRate', kind: 'versusControl', bound: 1.2 }],
  isManual: false,
};

export const STRATEGIES = [
  {
    strategy: 'canary',
    label: 'Canary',
    hint: 'A little traffic first: 1, 5, 10, 25, 50 and 100 %, each judged before the next.',
  },
  { strategy: 'percentage', label: 'Percentage', hint: 'In the stages that you name, or in four even steps up to the target.' },
  {
    strategy: 'blueGreen',
    label: 'Blue-green',
    hint: 'The preview group sees it first; then everybody at once, with the way back kept warm.',
  },
  { strategy: 'ring', label: 'Rings', hint: 'The groups internal and beta first, then everybody.' },
] as const;

const STEPS = 4;

export function settingsOf({ strategy, target, stages, bakeMinutes, criteria, isManual }: PlanChoices): PlanSettings {
  const even = Array.from({ length: STEPS }, (_, step) => Math.round(((step + 1) * target * 1000) / STEPS) / 1000);
  const typed = stagesIn(stages);
  return {
    strategy,
    targetPercentage: target,
    bakeMs: Math.round(bakeMinutes * 60_000),
    autoAdvance: !isManual,
    criteria: criteria.map(criterionOf),
    ...(strategy === 'percentage' ? { stages: typed === null || typed.length === 0 ? even : typed } : {}),
  };
}

function criterionOf(choice: CriterionChoice): NonNullable<PlanSettings['criteria']>[number] {
  const { metric, source = OWN_COLLECTOR, kind, bound, slowerThan = null } = choice;
  return {
    metric: metric.trim(),
    [kind]: bound,
    ...(slowMetric(choice) === null || slowerThan === null ? {} : { slowerThan }),
    ...(source === OWN_COLLECTOR ? {} : { source }),
  };
}

/** The metric of which it has to be said what is slow, as `latency` of `p95` against the control; null where nothing of that kind is compared. */
export function slowMetric({ metric, kind }: CriterionChoice): string | null {
  return kind === 'versusControl' ? slowMetricOf({ metric: metric.trim(), slowerThan: 0 }) : null;
}

/** Null where something is no number. Whether they rise and may be is for the server to say. */
export function stagesIn(text: string): readonly number[] | null {
  const parts = text.split(/[\s,;%→]+/).filter((part) => part !== '');
  const numbers = parts.map(Number);
  return numbers.every(Number.isFinite) ? numbers : null;
}

/** Whether it can be sent at all. */
export function isWhole({ strategy, stages, criteria, target, bakeMinutes }: PlanChoices): boolean {
  if (strategy === 'percentage' && stagesIn(stages) === null) return false;
  return ![target, bakeMinutes].some(Number.isNaN) && criteria.every(isSaid);
}

function isSaid(choice: CriterionChoice): boolean {
  const { metric, bound, slowerThan = null } = choice;
  return metric.trim() !== '' && !Number.isNaN(bound) && (slowMetric(choice) === null || slowerThan !== null);
}
