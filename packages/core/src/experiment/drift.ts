/** Whether a running test's flag still divides units as the test set it. */
import { type Flag, servedShare } from '../flag/flag.ts';
import { shareToPercentage } from '../share.ts';
import type { Experiment } from './experiment.ts';

/**
 * What the flag has and what the test set, in words; null while they agree or the test does not run. Units that are divided in another way
 * are not counted: they would make unlike groups look compared, and whoever changed sides would count in none.
 */
export function driftOf(experiment: Experiment, flag: Flag): string | null {
  if (experiment.phase !== 'running') return null;
  const planned = Math.round(experiment.trafficSplit * 100_000);
  const names = experiment.arms.map((arm) => arm.variant);
  const isOurs = flag.offVariant === names[0] && flag.onVariant === names[1] && flag.split.length === 0;
  if (isOurs && servedShare(flag) === planned) return null;
  const found = isOurs
    ? `${shareToPercentage(servedShare(flag))} % treatment`
    : `${flag.offVariant} and ${flag.onVariant} as its variants`;
  return `it has ${found}, and the test set ${shareToPercentage(planned)} % treatment`;
}
