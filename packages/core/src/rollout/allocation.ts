/** Which allocation a rollout gives its flag at each stage. */
import { type Allocation, servedShare } from '../flag/flag.ts';
import { WHOLE_SHARE } from '../share.ts';
import type { Rollout } from './rollout.ts';

/** The allocation from before with the rollout's variants: where the share starts. */
export function baseAllocation(rollout: Rollout): Allocation {
  const { before, plan } = rollout;
  if (plan.toVariant === null || plan.toVariant === before.onVariant) {
    const share = before.status === 'whitelist' ? before.share : servedShare(before);
    return { ...before, status: before.status === 'whitelist' ? 'whitelist' : 'percentage', share, stageGroups: [] };
  }
  // Everybody had the old on variant or nobody did (preflight sees to it): that is what those not yet in go on getting.
  const stable = servedShare(before) === WHOLE_SHARE ? before.onVariant : before.offVariant;
  return { status: 'percentage', share: 0, offVariant: stable, onVariant: plan.toVariant, split: [], stageGroups: [] };
}

/** A stage with groups alone leaves the share as the stages before it made it, and lets its groups in besides. */
export function stageAllocation(rollout: Rollout, stage: number): Allocation {
  const base = baseAllocation(rollout);
  const { stages } = rollout.plan;
  const { groups } = stages[stage] ?? stages[0];
  const share = stages.slice(0, stage + 1).findLast((one) => one.share !== null)?.share ?? null;
  return share === null ? { ...base, stageGroups: groups } : { ...base, status: 'percentage', share, stageGroups: groups };
}

export function completedAllocation(rollout: Rollout): Allocation {
  const last = stageAllocation(rollout, rollout.plan.stages.length - 1);
  const isWhole = last.share === WHOLE_SHARE;
  const offVariant = isWhole && rollout.plan.makesStable ? last.onVariant : last.offVariant;
  return { ...last, offVariant, status: isWhole ? 'enabled' : 'percentage', stageGroups: [] };
}
