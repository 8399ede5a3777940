/** After the end of a test: which arm its flag may roll out, and the flag made ready for it. The rollout itself is one like any other. */
import type { Change } from '../change.ts';
import { type Refusal, refuse } from '../error.ts';
import { type Attribution, eventOf } from '../event.ts';
import { type Flag, servedShare } from '../flag/flag.ts';
import { shareToPercentage } from '../share.ts';
import { withoutTest } from './division.ts';
import type { Experiment } from './experiment.ts';
import type { TestResults } from './test-results.ts';

/** The arm to ship: the one that was asked for, or the winner. */
export function armToShip(experiment: Experiment, results: TestResults, variant: string | undefined): string | Refusal {
  const name = `test "${experiment.key}"`;
  const [control, ...treatments] = experiment.arms.map((arm) => arm.variant);
  const choice = `pass variant: ${treatments.map((arm) => `"${arm}"`).join(' or ')} to ship it nevertheless`;
  if (variant === undefined && results.winner === null)
    return refuse(`${name}: no arm has won${results.significant ? ', primary metrics or arms disagree' : ''}; ${choice}`);
  const arm = variant ?? results.winner;
  if (arm === control)
    return refuse(
      variant === undefined
        ? `${name}: the control has won, which everybody gets already; ${choice}`
        : `${name}: everybody gets the control already; there is nothing to ship`,
    );
  return arm !== null && treatments.includes(arm)
    ? arm
    : refuse(`${name}: "${String(arm)}" is not one of its treatments; ${choice}`, 'invalid');
}

/** The flag at 0 % of that arm for its rollout to start from, and the test's note of it; `getVariant` follows the flag from then on. */
export function planShip(
  experiment: Experiment,
  flag: Flag | undefined,
  variant: string,
  by: Attribution,
  now: number,
): { readonly flag: Flag; readonly noted: Change } | Refusal {
  const problem = shipProblem(experiment, flag);
  if (problem !== null || flag === undefined) return problem ?? refuse(`test "${experiment.key}": its flag is gone`);
  const shipped: Experiment = { ...experiment, revision: experiment.revision + 1, shipped: variant };
  return {
    flag: readyFlag(flag, experiment, variant),
    noted: { records: [shipped], events: [eventOf('experiment.shipped', shipped, by, now, { variant })] },
  };
}

/** Why, where nobody said so. */
export function shipReason({ key }: Experiment, variant: string, { winner }: Pick<TestResults, 'winner'>): string {
  return winner === variant
    ? `ships "${variant}", the winner of the test "${key}"`
    : `ships "${variant}" of the test "${key}", which was chosen by hand`;
}

function readyFlag(flag: Flag, experiment: Experiment, variant: string): Flag {
  return { ...flag, ...withoutTest(flag), stageGroups: [], offVariant: experiment.arms[0].variant, onVariant: variant };
}

function shipProblem(experiment: Experiment, flag: Flag | undefined): Refusal | null {
  const name = `test "${experiment.key}"`;
  if (experiment.phase !== 'stopped') return refuse(`${name}: it is ${experiment.phase}; stopTest("${experiment.key}") first`);
  if (flag === undefined || flag.archivedAt !== null) return refuse(`${name}: its flag "${experiment.key}" is gone`);
  if (flag.status === 'disabled') return refuse(`${name}: its flag is disabled; restoreFlag("${experiment.key}") first`);
  if (flag.shareOwner !== null)
    return refuse(`${name}: its flag's share is moved by a rollout already; wait for its end, or abort it`, 'conflict');
  if (servedShare(flag) === 0) return null;
  const served = `${shareToPercentage(servedShare(flag))} % get "${flag.onVariant}"`;
  return refuse(`${name}: ${served} already; roll that back first, or go on with startRollout("${experiment.key}")`);
}
