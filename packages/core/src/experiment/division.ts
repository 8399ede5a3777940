/** How a test's flag divides units: who is in, and which arm they get. Two salts, so that a larger share moves nobody to another arm. */
import type { Flag, VariantShare } from '../flag/flag.ts';
import type { Arm, Experiment } from './experiment.ts';

type Division = Pick<Flag, 'status' | 'share' | 'offVariant' | 'onVariant' | 'split' | 'stageGroups'>;

/** Who is in by the share gets an arm by the split, the control too; who is not gets the off variant, which is the control uncounted. */
export function divisionOf({ arms, trafficShare, split }: Pick<Experiment, 'arms' | 'trafficShare' | 'split'>): Division {
  return {
    status: 'percentage',
    share: trafficShare,
    offVariant: arms[0].variant,
    onVariant: arms[1].variant,
    split: split ?? splitOfArms(arms),
    stageGroups: [],
  };
}

/** One range for each, in their order. */
export function splitOfArms(arms: readonly Arm[]): readonly VariantShare[] {
  return arms.map(({ variant, weight }): VariantShare => ({ variant, share: weight }));
}

/** What the flag serves by variant. */
export function armValues(arms: readonly Arm[]): Flag['variants'] {
  return Object.fromEntries(arms.map(({ variant, component }) => [variant, component]));
}

/** What of a flag changes when the test that moved its share is over: control for all. A kill stays one, and undoing it finds no split left behind. */
export function withoutTest(flag: Flag): Pick<Flag, 'share' | 'status' | 'statusBeforeKill' | 'shareOwner' | 'split' | 'slots'> {
  const isKilled = flag.status === 'disabled';
  return {
    share: 0,
    status: isKilled ? 'disabled' : 'percentage',
    statusBeforeKill: isKilled ? 'percentage' : null,
    shareOwner: null,
    split: [],
    slots: null,
  };
}
