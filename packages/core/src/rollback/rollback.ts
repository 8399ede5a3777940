/** Going back: what each kind of rollback changes. A rollback is an edit, or a rollout with descending stages. */
import type { Change } from '../change.ts';
import { isRefusal, type Refusal, refuse } from '../error.ts';
import { type Attribution, eventOf } from '../event.ts';
import { editFlag } from '../flag/edit.ts';
import { type Flag, servedShare } from '../flag/flag.ts';
import type { FlagFacts } from '../flag/flag-facts.ts';
import { endOwner, planFlagEdit } from '../flag/plan-edit.ts';
import { startRollback } from '../rollout/start.ts';
import { shareToPercentage } from '../share.ts';

/** The kill switch, recorded as a rollback. Null when the flag is disabled already. */
export function planImmediateRollback(facts: FlagFacts, by: Attribution, now: number): Change | Refusal | null {
  return planFlagEdit(facts, { type: 'disable' }, by, now, { type: 'rollback.immediate', detail: {} });
}

/** Excludes units by name and touches nobody else; null when all of them are excluded already. */
export function planTargetedRollback(
  facts: FlagFacts,
  userIds: readonly string[],
  by: Attribution,
  now: number,
): Change | Refusal | null {
  return planFlagEdit(facts, { type: 'exclude', userIds }, by, now, { type: 'rollback.targeted', detail: { userIds } });
}

/**
 * The stages that take something down. Where groups are let in besides the share, or a rollout is about to move it, that alone is
 * something: then the last stage is written, which is never above the share now.
 */
function stagesBelow(flag: Flag, stages: readonly number[]): readonly number[] {
  const served = shareToPercentage(servedShare(flag));
  const below = stages.filter((percentage) => percentage < served);
  const isOpen = flag.stageGroups.length > 0 || flag.shareOwner?.kind === 'rollout';
  return below.length === 0 && isOpen ? [Math.min(stages.at(-1) ?? 0, served)] : below;
}

/**
 * Starts to take the share down, stage by stage; whoever moved it before is superseded in the same commit. Stages that are not
 * below the share now are skipped; null when none is left.
 */
export function planGradualRollback(
  facts: FlagFacts,
  stages: readonly number[],
  intervalMs: number,
  by: Attribution,
  now: number,
): Change | Refusal | null {
  const { flag } = facts;
  if (flag === undefined || flag.archivedAt !== null)
    return refuse(`flag "${facts.key}" does not exist or is archived`, 'notFound');
  if (flag.status === 'disabled') return null;
  if (flag.isComponent && flag.offVariant === flag.onVariant)
    return refuse(
      `component "${flag.key}": every unit has ${flag.onVariant}, the stable version, so there is no share to take down; ` +
        'rollbackImmediate with rollbackToVersion goes back to another version',
    );
  const below = stagesBelow(flag, stages);
  if (below.length === 0) return null;
  const ended = endOwner(facts, by, now, 'supersede');
  const previous = { number: facts.rollout?.number ?? 0, revision: facts.rollout?.revision ?? 0 };
  const started = startRollback(flag, below, intervalMs, previous, by, now);
  const moved = editFlag(
    { ...flag, shareOwner: null },
    { type: 'allocate', allocation: started.allocation, owner: { kind: 'rollout', key: flag.key } },
    now,
  );
  if (isRefusal(moved)) return moved;
  const after = { ...moved, revision: flag.revision + 1, updatedAt: now };
  const detail = { fromPercentage: shareToPercentage(servedShare(flag)), toPercentage: below.at(-1) ?? 0, stages: below };
  const others = ended.records.filter((record) => record.kind !== 'rollout');
  return {
    records: [started.rollout, after, ...others],
    events: [
      ...ended.events,
      eventOf('rollback.gradual', started.rollout, by, now, detail),
      eventOf('flag.updated', after, by, now),
    ],
  };
}
