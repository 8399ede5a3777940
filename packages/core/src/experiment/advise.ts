/** What speaks against a test as it is planned although it is allowed: best practices, as warnings in words. */
import type { Flag } from '../flag/flag.ts';
import { overlaps } from '../flag/overlap.ts';
import type { Rollout } from '../rollout/rollout.ts';
import { shareToPercentage } from '../share.ts';
import type { Arm, Experiment } from './experiment.ts';

const SHORTEST_MS = 7 * 86_400_000;

export interface TestAdviceFacts {
  /** Rollouts and tests that have not ended. */
  readonly underWay: readonly (Rollout | Experiment)[];
  readonly flags: { get(key: string): Flag | undefined };
}

/** Empty when nothing speaks against it. Whoever is warned may go on all the same. */
export function adviseTest(plan: Pick<Experiment, 'key' | 'arms' | 'durationMs' | 'layer'>, facts: TestAdviceFacts): string[] {
  const others = facts.underWay.filter((change) => change.kind === 'rollout' || change.key !== plan.key);
  return [
    ...(isEven(plan.arms)
      ? []
      : [`the split is ${splitInWords(plan.arms)}; equal parts find a difference soonest and are least open to bias`]),
    ...(plan.durationMs < SHORTEST_MS
      ? [`it runs for ${days(plan.durationMs)}; less than 7 days leave out how the days of a week differ`]
      : []),
    ...overlaps(plan.key, others, facts.flags),
    ...others.flatMap((change) =>
      change.kind === 'experiment' && !isApart(plan, change) ? sameComponents(plan.arms, change) : [],
    ),
  ];
}

/** Tests of one layer share no unit, so that neither shows in the other. */
function isApart({ layer }: Pick<Experiment, 'layer'>, other: Experiment): boolean {
  return layer !== null && layer === other.layer;
}

/** Equal parts of 100 000 differ by one at the most. */
function isEven(arms: readonly Arm[]): boolean {
  const weights = arms.map(({ weight }) => weight);
  return Math.max(...weights) - Math.min(...weights) <= 1;
}

function splitInWords(arms: readonly Arm[]): string {
  return arms.map(({ weight }) => shareToPercentage(weight)).join('/');
}

function days(ms: number): string {
  const count = Number((ms / 86_400_000).toPrecision(3));
  return `${count} ${count === 1 ? 'day' : 'days'}`;
}

function sameComponents(arms: readonly Arm[], other: Experiment): string[] {
  const mine = new Set(arms.map(({ component }) => component));
  const shared = other.arms.map(({ component }) => component).filter((component) => mine.has(component));
  if (shared.length === 0) return [];
  return [`the test "${other.key}" compares ${shared.join(' and ')} at the same time; test one change at a time`];
}
