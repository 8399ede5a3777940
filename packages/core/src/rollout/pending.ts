/** A rollout before its start: what it waits for, and how that ends. */
import { type Refusal, refuse } from '../error.ts';
import type { Attribution } from '../event.ts';
import { type FreezeWindow, freezeAt, openMs } from './freeze.ts';
import type { Phase, Rollout } from './rollout.ts';
import { change, end, stay, type Transition } from './step.ts';

type Pending = Extract<Phase, { name: 'pending' }>;

/**
 * `allFrozen` are the windows of all rollouts. A start that nobody approved in time does not happen later, when what it was asked for may be
 * over; time in which nothing could have started does not count.
 */
export function pending(
  rollout: Rollout,
  { startAt, approvalSince }: Pending,
  allFrozen: readonly FreezeWindow[],
  now: number,
): Transition {
  const { startApprovalExpiryMs, freezeWindows } = rollout.plan;
  const windows = [...freezeWindows, ...allFrozen];
  if (approvalSince !== null) {
    const mayWait = now - approvalSince < startApprovalExpiryMs || freezeAt(windows, now) !== null;
    if (mayWait || openMs(windows, approvalSince, now) < startApprovalExpiryMs) return stay(rollout, now);
    const message = `nobody approved the start within ${startApprovalExpiryMs / 1000} s`;
    return end(rollout, { name: 'aborted', message }, now, {
      events: [{ type: 'rollout.aborted', reason: message, detail: {} }],
    });
  }
  if (startAt !== null && startAt > now) return { ...stay(rollout, now), rollout: { ...rollout, dueAt: startAt } };
  return freezeAt(windows, now) === null
    ? change(rollout, { name: 'preflight' }, now, {
        events: [{ type: 'rollout.preflight', reason: 'nothing is waited for any more', detail: {} }],
      })
    : stay(rollout, now);
}

/** Kept with who, why and on which revision. */
export function approveStart(rollout: Rollout, by: Attribution, now: number): Transition | Refusal {
  const { phase, key, revision } = rollout;
  if (phase.name !== 'pending' || phase.approvalSince === null)
    return refuse(`rollout of "${key}": cannot approve the start, it is not waiting for that, it is in ${phase.name}`);
  const detail = { start: true, approvedBy: by.actor, revision };
  const approved = change(rollout, { ...phase, approvalSince: null }, now, {
    events: [{ type: 'rollout.approved', reason: by.reason, detail }],
  });
  return { ...approved, rollout: { ...approved.rollout, dueAt: Math.max(phase.startAt ?? now, now) } };
}

/** What it waits for, in words, with the freeze window that it would come into; `allFrozen` are the windows of all rollouts. */
export function pendingText(
  { plan }: Rollout,
  { startAt, approvalSince }: Pending,
  allFrozen: readonly FreezeWindow[],
  now: number,
): string {
  const isScheduled = startAt !== null && startAt > now;
  const frozen = freezeAt([...plan.freezeWindows, ...allFrozen], isScheduled ? startAt : now);
  const after = frozen === null ? '' : `, and the end of a freeze window: ${freezeText(frozen)}`;
  if (approvalSince !== null) return `approveStart${after}`;
  if (isScheduled) return `its start, not before ${new Date(startAt).toISOString()}${after}`;
  return frozen === null ? 'the next look' : `the end of a freeze window: ${freezeText(frozen)}`;
}

export function notBeforeText(stage: number, notBefore: number): string {
  return `stage ${stage + 1} is not opened before ${new Date(notBefore).toISOString()}`;
}

export function freezeText(window: FreezeWindow): string {
  const why = window.reason === '' ? '' : ` (${window.reason})`;
  return 'weekly' in window
    ? `no stage is opened in this week's freeze window${why}`
    : `no stage is opened before ${new Date(window.to).toISOString()}${why}`;
}
