/** Rollouts that were kept before they had all of today's fields. */
import type { Rollout, RolloutPlan, Stage, StageProgress } from './rollout.ts';
import { DEFAULT_APPROVAL_EXPIRY_MS } from './start-settings.ts';

const PLAN: Pick<RolloutPlan, 'makesStable' | 'startAt' | 'startApproval' | 'approvalExpiryMs' | 'freezeWindows'> = {
  makesStable: false,
  startAt: null,
  startApproval: false,
  approvalExpiryMs: DEFAULT_APPROVAL_EXPIRY_MS,
  freezeWindows: [],
};
const STAGE: Pick<Stage, 'notBefore'> = { notBefore: null };
const PROGRESS: Pick<StageProgress, 'seen' | 'lookedAt' | 'silences'> = { seen: 0, lookedAt: null, silences: [] };

/** The rollout with the defaults of what it lacks; the very same object when it lacks nothing. */
export function wholeRollout(rollout: Rollout): Rollout {
  const { plan, progress } = rollout;
  const isWhole =
    !lacks(plan, ['startApprovalExpiryMs', ...Object.keys(PLAN)]) && !plan.stages.some((stage) => lacks(stage, ['notBefore']));
  if (isWhole && (progress === null || !lacks(progress, Object.keys(PROGRESS)))) return rollout;
  const [first, ...rest] = plan.stages.map((stage) => ({ ...STAGE, ...stage })) as [Stage, ...Stage[]];
  const startApprovalExpiryMs = plan.startApprovalExpiryMs ?? plan.approvalExpiryMs ?? DEFAULT_APPROVAL_EXPIRY_MS;
  return {
    ...rollout,
    plan: { ...PLAN, ...plan, startApprovalExpiryMs, stages: [first, ...rest] },
    progress: progress === null ? null : { ...PROGRESS, ...progress },
  };
}

function lacks(value: object, fields: readonly string[]): boolean {
  return fields.some((field) => !(field in value));
}
