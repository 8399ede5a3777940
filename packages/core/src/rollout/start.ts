/** How a rollout comes to be. It has no traffic yet: the first look at it does the preflight and opens the first stage. */
import { type Refusal, refuse } from '../error.ts';
import type { Attribution } from '../event.ts';
import { type Allocation, allocationOf, type Flag } from '../flag/flag.ts';
import { stageAllocation } from './allocation.ts';
import type { Rollout, RolloutPlan, Stage } from './rollout.ts';
import { rollbackStages } from './stages.ts';
import { DEFAULT_APPROVAL_EXPIRY_MS } from './start-settings.ts';
import { freshProgress } from './step.ts';

/** A share has one owner, and automation never undoes a kill. `previous` is the flag's latest rollout. */
export function startRollout(
  flag: Flag,
  plan: RolloutPlan,
  previous: Rollout | undefined,
  by: Attribution,
  now: number,
): Rollout | Refusal {
  const name = `rollout of "${flag.key}"`;
  const archived = archivedRefusal(flag);
  if (archived !== null) return archived;
  if (flag.status === 'disabled')
    return refuse(`${name}: the flag is disabled and a rollout never undoes a kill; restoreFlag("${flag.key}") first`);
  if (flag.shareOwner !== null) {
    const owner = flag.shareOwner.kind === 'rollout' ? 'another rollout' : `the test "${flag.shareOwner.key}"`;
    return refuse(
      `${name}: ${owner} moves its share; wait for its end, abort or stop it, or pass onConflict: "supersede"`,
      'conflict',
    );
  }
  return newRollout(flag, plan, { number: (previous?.number ?? 0) + 1, revision: (previous?.revision ?? 0) + 1 }, by, now);
}

/** Said before what is wrong with a plan for the flag, which would not help. */
export function archivedRefusal({ key, archivedAt }: Flag): Refusal | null {
  if (archivedAt === null) return null;
  return refuse(
    `rollout of "${key}": the flag is archived, and an archived key is not used again; make a flag of another name with setFlag`,
  );
}

/** A gradual rollback at its first stage already, with the allocation to write; `revision` is that of the kept record, 0 without one. */
export function startRollback(
  flag: Flag,
  percentages: readonly number[],
  intervalMs: number,
  previous: { readonly number: number; readonly revision: number },
  by: Attribution,
  now: number,
): { rollout: Rollout; allocation: Allocation } {
  const [first, ...rest] = rollbackStages(percentages, intervalMs) as readonly [Stage, ...Stage[]];
  const plan: RolloutPlan = {
    strategy: 'rollback',
    stages: [first, ...rest],
    targetPercentage: rest.at(-1)?.percentage ?? first.percentage,
    validatorName: null,
    validateEveryMs: null,
    validatorDeadlineMs: 30_000,
    toVariant: null,
    makesStable: false,
    tickMs: 1_000,
    startAt: null,
    startApproval: false,
    startApprovalExpiryMs: DEFAULT_APPROVAL_EXPIRY_MS,
    approvalExpiryMs: DEFAULT_APPROVAL_EXPIRY_MS,
    freezeWindows: [],
  };
  const next = { number: previous.number + 1, revision: previous.revision + 1 };
  const draft: Rollout = {
    ...newRollout(flag, plan, next, by, now),
    phase: { name: 'rollingBack', mode: 'gradual', stage: 0 },
    progress: freshProgress(now),
  };
  const allocation = stageAllocation(draft, 0);
  return { rollout: { ...draft, applied: allocation }, allocation };
}

function newRollout(
  flag: Flag,
  plan: RolloutPlan,
  next: { readonly number: number; readonly revision: number },
  by: Attribution,
  now: number,
): Rollout {
  const isPending = plan.startApproval || plan.startAt !== null || plan.freezeWindows.length > 0;
  return {
    kind: 'rollout',
    scope: flag.scope,
    key: flag.key,
    ...next,
    plan,
    before: { ...allocationOf(flag), stageGroups: [] },
    applied: null,
    phase: isPending
      ? { name: 'pending', startAt: plan.startAt, approvalSince: plan.startApproval ? now : null }
      : { name: 'preflight' },
    progress: null,
    verdicts: [],
    warnings: [],
    startedAt: now,
    startedBy: by.actor,
    reason: by.reason,
    endedAt: null,
    dueAt: now,
  };
}
