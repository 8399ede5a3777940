/** Rollouts that were kept before they had all of today's fields. */
import type { Rollout, RolloutPlan, StageProgress } from './rollout.ts';
import { DEFAULT_APPROVAL_EXPIRY_MS } from './start-settings.ts';

const PLAN: Pick<RolloutPlan, 'makesStable' | 'startAt' | 'startApproval' | 'approvalExpiryMs' | 'freezeWindows'> = {
  makesStable: false,
  startAt: null,
  startApproval: false,
  approvalExpiryMs: DEFAULT_APPROVAL_EXPIRY_MS,
  freezeWindows: [],
};
const PROGRESS: Pick<StageProgress, 'seen' | 'lookedAt' | 'silences'> = { seen: 0, lookedAt: null, silences: [] };

/** The rollout with the defaults of what it lacks; the very same object when it lacks nothing. */
export function wholeRollout(rollout: Rollout): Rollout {
  const { plan, progress } = rollout;
  if (!lacks(plan, PLAN) && (progress === null || !lacks(progress, PROGRESS))) return rollout;
  return {
    ...rollout,
    plan: { ...PLAN, ...plan },
    progress: progress === null ? null : { ...PROGRESS, ...progress },
  };
}

function lacks(value: object, defaults: object): boolean {
  return Object.keys(defaults).some((key) => !(key in value));
}
