/** What the dialog for a new test asks for, as settings of a test and of its plan. */
import type { TestPlanSettings, TestSettings, TrackedMetric } from '@sluice/core';

type Eligibility = NonNullable<TestSettings['eligibility']>;

export interface ArmChoice {
  readonly id: number;
  readonly variant: string;
  readonly component: string;
  /** 0 to 100; counts only where parts are not even. */
  readonly percentage: number;
}

export interface MetricChoice {
  readonly id: number;
  readonly name: string;
  readonly role: 'primary' | 'secondary' | 'guardrail';
  readonly goal: 'increase' | 'decrease';
  /** Of a guardrail, in percent of the control's mean. */
  readonly marginPercent: number;
  /** How the values of a unit become one. */
  readonly aggregation: TrackedMetric['aggregation'];
  /** Whether values from before the exposure explain a part of those after it. */
  readonly hasCovariate: boolean;
}

export interface PlanChoice {
  readonly kind: 'rate' | 'mean';
  /** Of a rate in percent, of a mean as it is; null is not known yet. */
  readonly baseline: number | null;
  readonly standardDeviation: number | null;
  readonly liftPercent: number | null;
  readonly powerPercent: number;
  readonly unitsPerDay: number | null;
}

export interface TestChoices {
  readonly testId: string;
  readonly description: string;
  readonly arms: readonly ArmChoice[];
  readonly isEven: boolean;
  readonly trafficPercent: number;
  readonly segments: readonly string[];
  /** A condition as JSON; empty is none. */
  readonly conditions: string;
  readonly metrics: readonly MetricChoice[];
  readonly durationDays: number;
  readonly method: 'sequence' | 'fixedHorizon';
  readonly plan: PlanChoice;
}

/** One that must not get worse: what is added after the first. */
export const PLAIN_METRIC: Omit<MetricChoice, 'id'> = {
  name: '',
  role: 'guardrail',
  goal: 'decrease',
  marginPercent: 0,
  aggregation: 'mean',
  hasCovariate: false,
};

export const FIRST_CHOICES: TestChoices = {
  testId: '',
  description: '',
  arms: [
    { id: 0, variant: 'control', component: '', percentage: 50 },
    { id: 1, variant: 'treatment', component: '', percentage: 50 },
  ],
  isEven: true,
  trafficPercent: 100,
  segments: [],
  conditions: '',
  metrics: [{ id: 0, ...PLAIN_METRIC, role: 'primary', goal: 'increase' }],
  durationDays: 14,
  method: 'sequence',
  plan: { kind: 'rate', baseline: null, standardDeviation: null, liftPercent: 5, powerPercent: 80, unitsPerDay: null },
};

/** Whether it has a name, every number that it needs, and parts that are some. */
export function isWhole(choices: TestChoices): boolean {
  const { testId, metrics, trafficPercent, durationDays } = choices;
  const margins = metrics.filter(({ role }) => role === 'guardrail').map(({ marginPercent }) => marginPercent);
  return testId !== '' && partsProblem(choices) === null && ![trafficPercent, durationDays, ...margins].some(Number.isNaN);
}

/** The arms in equal parts, which together are the whole to the last digit: what other parts begin with. */
export function inEqualParts(arms: readonly ArmChoice[]): readonly ArmChoice[] {
  const each = Math.floor(WHOLE / arms.length);
  const left = WHOLE - each * arms.length;
  return arms.map((arm, index) => ({ ...arm, percentage: (each + (index < left ? 1 : 0)) / PER_PERCENT }));
}

const PER_PERCENT = 1_000;
const WHOLE = 100 * PER_PERCENT;

/** Why the arms cannot be parted so, or null. */
export function partsProblem({ arms, isEven }: Pick<TestChoices, 'arms' | 'isEven'>): string | null {
  if (isEven) return null;
  const parts = arms.map(({ percentage }) => Math.round(percentage * PER_PERCENT));
  if (parts.some((part) => !(part > 0))) return 'Each arm needs a part above 0 %';
  const sum = parts.reduce((all, part) => all + part, 0);
  return sum === WHOLE ? null : `The parts must come to 100 %; they come to ${sum / PER_PERCENT} %`;
}

/** Null where the conditions are no JSON object. */
export function settingsOf(choices: TestChoices, plannedUnits: number | null): TestSettings | null {
  const { testId, description, arms, isEven, trafficPercent, metrics, durationDays, method } = choices;
  const eligibility = eligibilityOf(choices);
  if (eligibility === null) return null;
  return {
    testId,
    description,
    arms: arms.map(({ variant, component, percentage }) => ({
      variant,
      component,
      ...(isEven ? {} : { weight: part(percentage) }),
    })),
    trafficShare: part(trafficPercent),
    eligibility,
    trackedMetrics: metrics
      .filter(({ name }) => name !== '')
      .map(({ name, role, goal, marginPercent, aggregation, hasCovariate }) => ({
        name,
        role,
        goal,
        aggregation,
        ...(hasCovariate ? { covariate: true } : {}),
        ...(role === 'guardrail' && marginPercent > 0 ? { margin: part(marginPercent) } : {}),
      })),
    durationDays,
    method,
    ...(plannedUnits !== null && plannedUnits >= 100 ? { plannedUnits } : {}),
  };
}

function eligibilityOf({ segments, conditions }: TestChoices): Eligibility | null {
  const named = segments.length === 0 ? {} : { in_segment: [...segments] };
  if (conditions.trim() === '') return named;
  try {
    const parsed: unknown = JSON.parse(conditions);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null;
    const given = parsed as Eligibility;
    // Who names segments in both means both.
    return segments.length === 0 ? given : { all: [named, given] };
  } catch {
    return null;
  }
}

/** Null while something that it needs is not given. */
export function planOf(choices: TestChoices): TestPlanSettings | null {
  if (!isWhole({ ...choices, testId: 'unnamed' }) || Number.isNaN(choices.plan.powerPercent)) return null;
  const { kind, baseline, standardDeviation, liftPercent, powerPercent, unitsPerDay } = choices.plan;
  if (baseline === null || liftPercent === null || (kind === 'mean' && standardDeviation === null)) return null;
  return {
    metric:
      kind === 'rate' ? { kind, baseline: part(baseline) } : { kind, mean: baseline, standardDeviation: standardDeviation ?? 0 },
    lift: part(liftPercent),
    power: part(powerPercent),
    method: choices.method,
    weights: choices.arms.map(({ percentage }) => (choices.isEven ? 1 : percentage)),
    primaryMetrics: Math.max(1, choices.metrics.filter(({ name, role }) => role === 'primary' && name !== '').length),
    ...(unitsPerDay === null ? {} : { unitsPerDay, durationDays: choices.durationDays }),
    trafficShare: part(choices.trafficPercent),
  };
}

/** Through a rounding, so that 33.3 % is 0.333 and no more digits. */
function part(percentage: number): number {
  return Number((percentage / 100).toFixed(7));
}
