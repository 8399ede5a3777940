/** Whether a running test's flag still divides units as the test set it. */
import { type Flag, servedShare } from '../flag/flag.ts';
import { splitWeights } from '../flag/rebalance.ts';
import { jsonEqual } from '../json.ts';
import { shareToPercentage } from '../share.ts';
import { divisionOf } from './division.ts';
import type { Experiment } from './experiment.ts';

/**
 * What the flag has and what the test set, in words; null while they agree or the test does not run. Units that are divided in another way
 * are not counted: they would make unlike groups look compared, and whoever changed sides would count in none.
 */
export function driftOf(experiment: Experiment, flag: Flag): string | null {
  if (experiment.phase !== 'running') return null;
  const planned = divisionOf(experiment);
  if (planned.offVariant !== flag.offVariant || !jsonEqual(planned.split, flag.split) || planned.share !== servedShare(flag))
    return `it has ${inWords(flag)}, and the test set ${inWords(planned)}`;
  if (!jsonEqual(experiment.eligibility, flag.conditions))
    return `it has the conditions ${JSON.stringify(flag.conditions)}, and the test set ${JSON.stringify(experiment.eligibility)}`;
  if (!jsonEqual(experiment.slots, flag.slots ?? null)) return 'it has not the slots that the test took of its layer';
  const drawnBy = { salt: flag.salt, bucketBy: flag.bucketBy };
  if (experiment.drawnBy !== null && !jsonEqual(experiment.drawnBy, drawnBy))
    return `it draws by ${JSON.stringify(drawnBy)}, and the test started with ${JSON.stringify(experiment.drawnBy)}`;
  return null;
}

/** As in "50 % of the units in, divided 50 % control, 50 % treatment". */
function inWords(flag: Pick<Flag, 'status' | 'share' | 'onVariant' | 'offVariant' | 'split' | 'stageGroups'>): string {
  const split = flag.split.length === 0 ? [{ variant: flag.onVariant, share: 100_000 }] : splitWeights(flag.split);
  const parts = split.map(({ variant, share }) => `${shareToPercentage(share)} % ${variant}`).join(', ');
  return `${shareToPercentage(servedShare(flag))} % of the units in, divided ${parts}`;
}
