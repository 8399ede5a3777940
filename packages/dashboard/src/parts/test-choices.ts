/** What the dialog for a new test asks for, as settings of a test and of its plan. */
import type { TestPlanSettings, TestSettings } from '@sluice/core';

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
  metrics: [{ id: 0, name: '', role: 'primary', goal: 'increase', marginPercent: 0 }],
  durationDays: 14,
  method: 'sequence',
  plan: { kind: 'rate', baseline: null, standardDeviation: null, liftPercent: 5, powerPercent: 80, unitsPerDay: null },
};

/** Whether it has a name and every number that it needs. */
export function isWhole({ testId, arms, isEven, metrics, trafficPercent, durationDays }: TestChoices): boolean {
  const parts = isEven ? [] : arms.map(({ percentage }) => percentage);
  const margins = metrics.filter(({ role }) => role === 'guardrail').map(({ marginPercent }) => marginPercent);
  return testId !== '' && ![trafficPercent, durationDays, ...parts, ...margins].some(Number.isNaN);
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
      .map(({ name, role, goal, marginPercent }) => ({
        name,
        role,
        goal,
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
