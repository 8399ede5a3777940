/** What canaries are commonly judged by, beside the event test on a grid: a look a minute for an hour, harmless and harmful. */
import { addInterval, EMPTY_EVENT_GRID, type EventInterval, gridEvidence } from '@sluice/core/statistics';
import { Random } from './random.ts';

const LOOKS = 60;
/** The fixed threshold is so many times the base rate, which it has to know. */
const THRESHOLD = 3;
/** One-sided 5 % of the normal distribution. */
const Z_LIMIT = 1.6448536269514722;

export interface CommonRulesCell {
  readonly requestsPerSecond: number;
  readonly share: number;
  readonly errorRate: number;
  /** How many times the control's error rate the change truly has; 1 is harmless. */
  readonly ratio: number;
}

export const COMMON_RULES_CELLS: readonly CommonRulesCell[] = [
  ...[1, 2, 5].map((ratio) => ({ requestsPerSecond: 50, share: 0.05, errorRate: 0.01, ratio })),
  ...[1, 5].map((ratio) => ({ requestsPerSecond: 5, share: 0.05, errorRate: 0.01, ratio })),
  ...[1, 20].map((ratio) => ({ requestsPerSecond: 50, share: 0.01, errorRate: 0.002, ratio })),
  ...[1, 5].map((ratio) => ({ requestsPerSecond: 500, share: 0.01, errorRate: 0.001, ratio })),
];

/** Fed one minute after another; true when it would stop the rollout. */
type Rule = (minute: EventInterval) => boolean;

/** Each is made anew for every rollout, since it remembers the minutes before. */
const RULES: Readonly<Record<string, (errorRate: number) => Rule>> = {
  'over 3 × the base rate, once': (rate) => breaches(rate, 1),
  'over 3 ×, more than 3 times': (rate) => breaches(rate, 4),
  'over 3 ×, 5 times': (rate) => breaches(rate, 5),
  'z at 5 %, looking': () => lookingZ(),
  'event test, 5 %': () => eventGrid(0.05),
  'event test, 0.1 %': () => eventGrid(0.001),
};
export const COMMON_RULES: readonly string[] = Object.keys(RULES);

export interface RuleResult {
  readonly fired: number;
  /** Over all rollouts, those not stopped as never; null when fewer than half were. */
  readonly medianMinute: number | null;
}

/** One for each of `COMMON_RULES`. */
export function measureCommonRules(cell: CommonRulesCell, replicates: number, seed: string): readonly RuleResult[] {
  const { requestsPerSecond, share, errorRate, ratio } = cell;
  const random = new Random(`${seed}/common rules ${requestsPerSecond} ${share} ${errorRate} ${ratio}`);
  const minutes = COMMON_RULES.map((): number[] => []);
  for (let replicate = 0; replicate < replicates; replicate++) {
    const stoppedAt = COMMON_RULES.map(() => Number.POSITIVE_INFINITY);
    const rules = Object.values(RULES).map((make) => make(errorRate));
    for (let minute = 1; minute <= LOOKS && stoppedAt.includes(Number.POSITIVE_INFINITY); minute++) {
      const total = requestsPerSecond * 60;
      const canaryN = random.binomial(total, share);
      const canaryEvents = random.binomial(canaryN, errorRate * ratio);
      const baselineEvents = random.binomial(total - canaryN, errorRate);
      const interval = { canaryN, baselineN: total - canaryN, canaryEvents, baselineEvents };
      for (const [index, rule] of rules.entries())
        if (rule(interval)) stoppedAt[index] = Math.min(stoppedAt[index] ?? minute, minute);
    }
    for (const [index, minute] of stoppedAt.entries()) minutes[index]?.push(minute);
  }
  return minutes.map(resultOf);
}

function resultOf(minutes: readonly number[]): RuleResult {
  const sorted = [...minutes].sort((a, b) => a - b);
  const median = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.POSITIVE_INFINITY;
  const fired = minutes.filter(Number.isFinite).length / minutes.length;
  return { fired, medianMinute: Number.isFinite(median) ? median : null };
}

function breaches(errorRate: number, allowed: number): Rule {
  let count = 0;
  return ({ canaryN, canaryEvents }) => {
    count += Number(canaryN > 0 && canaryEvents / canaryN > THRESHOLD * errorRate);
    return count >= allowed;
  };
}

function lookingZ(): Rule {
  let [n, x, m, y] = [0, 0, 0, 0];
  return ({ canaryN, canaryEvents, baselineN, baselineEvents }) => {
    [n, x, m, y] = [n + canaryN, x + canaryEvents, m + baselineN, y + baselineEvents];
    const pooled = (x + y) / (n + m);
    return (x / n - y / m) / Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)) > Z_LIMIT;
  };
}

function eventGrid(alpha: number): Rule {
  let grid = EMPTY_EVENT_GRID;
  return (interval) => {
    grid = addInterval(grid, interval);
    return gridEvidence(grid).logE >= Math.log(1 / alpha);
  };
}
