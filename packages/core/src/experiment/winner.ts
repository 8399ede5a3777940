/** Which arm a test's comparisons speak for, and what speaks against believing it. */
import type { MetricResult } from './metric-result.ts';

/** One treatment with its comparisons to the control. */
export interface JudgedArm {
  readonly variant: string;
  readonly metrics: readonly MetricResult[];
}

export interface Judgement {
  /** A primary metric differs and nothing speaks against believing it. */
  readonly significant: boolean;
  /** Null while not significant, and where primary metrics or treatments disagree. */
  readonly winner: string | null;
  readonly warnings: readonly string[];
}

/**
 * A treatment may win when each of its primary metrics that differs is better, none now says the opposite of what was found, and no guardrail is worse;
 * of several, the one that is best in every primary metric. The control wins when it beats all of them.
 */
export function judgeArms(control: string, treatments: readonly JudgedArm[]): Judgement {
  const judged = treatments.map((arm) => ({ arm, ...standingOf(arm) }));
  const hurtInWords = judged.flatMap(({ arm, hurt, side }) =>
    hurt.map(
      (metric) =>
        `${metric}: this guardrail is worse in ${arm.variant}${side === 'better' ? `, so ${arm.variant} cannot win although a primary metric is better` : ''}`,
    ),
  );
  const warnings = [...hurtInWords, ...treatments.flatMap(turnedInWords)];
  const isClear = ({ arm, hurt }: (typeof judged)[number]): boolean => hurt.length === 0 && !arm.metrics.some(isReversed);
  const able = judged.filter((one) => one.side === 'better' && isClear(one)).map(({ arm }) => arm);
  const significant = judged.some(({ side, hurt }) => side !== null && !(side === 'better' && hurt.length > 0));
  if (able.length === 0) {
    const isControlBest = judged.length > 0 && judged.every(({ arm, side }) => side === 'worse' && !arm.metrics.some(isReversed));
    return { significant, winner: isControlBest ? control : null, warnings };
  }
  const best = able.filter((arm) => able.every((other) => other === arm || isAhead(arm, other)));
  const winner = best.length === 1 ? (best[0]?.variant ?? null) : null;
  const among = `${able.map((arm) => arm.variant).join(' and ')} are each better than ${control}; whether they differ from one another was not tested`;
  return { significant, winner, warnings: able.length > 1 ? [...warnings, among] : warnings };
}

function standingOf({ metrics }: JudgedArm): {
  readonly side: 'better' | 'worse' | 'both' | null;
  readonly hurt: readonly string[];
} {
  const of = (role: MetricResult['role'], verdict: MetricResult['verdict']): MetricResult[] =>
    metrics.filter((metric) => metric.role === role && metric.verdict === verdict);
  const [better, worse] = [of('primary', 'better').length > 0, of('primary', 'worse').length > 0];
  const side = better && worse ? 'both' : better ? 'better' : worse ? 'worse' : null;
  return { side, hurt: of('guardrail', 'worse').map((metric) => metric.name) };
}

function isAhead(arm: JudgedArm, other: JudgedArm): boolean {
  return arm.metrics
    .filter((metric) => metric.role === 'primary')
    .every((metric) => {
      const against = other.metrics.find((candidate) => candidate.name === metric.name);
      const [mine, theirs] = [metric.difference ?? 0, against?.difference ?? 0];
      return metric.goal === 'increase' ? mine >= theirs : mine <= theirs;
    });
}

/** What was found stays found; how the values stand now, by the present interval: on the side of the finding, on neither, or on the other. */
function standsNow({ role, verdict, goal, interval }: MetricResult): 'found' | 'open' | 'reversed' {
  if (role !== 'primary' || interval === null || (verdict !== 'better' && verdict !== 'worse')) return 'found';
  const [lower, upper] = interval;
  const [least, most] = (verdict === 'better') === (goal === 'increase') ? [lower, upper] : [-upper, -lower];
  if (least > 0) return 'found';
  return most < 0 ? 'reversed' : 'open';
}

/** Whether what is measured now says the opposite of what was found. */
export function isReversed(metric: MetricResult): boolean {
  return standsNow(metric) === 'reversed';
}

function turnedInWords({ variant, metrics }: JudgedArm): string[] {
  return metrics.flatMap((metric) => {
    const now = standsNow(metric);
    if (now === 'found') return [];
    const found = `${metric.name}: it was found ${metric.verdict} in ${variant}, and`;
    return now === 'reversed'
      ? [`${found} what is measured now says the opposite: something changed in between, so nothing wins`]
      : [`${found} its interval holds 0 again: that it differed was shown, how much it does now was not`];
  });
}
