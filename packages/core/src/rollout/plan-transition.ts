/** A transition as a whole change: the rollout, the flag's share and the events, so that state and traffic never part. */
import type { Change } from '../change.ts';
import { isRefusal, type Refusal } from '../error.ts';
import { type Attribution, eventOf } from '../event.ts';
import { editFlag } from '../flag/edit.ts';
import { type Flag, isLive } from '../flag/flag.ts';
import type { JsonObject } from '../json.ts';
import { endWithFlag } from './commands.ts';
import type { RolloutInput } from './input.ts';
import { isEnded, type Rollout } from './rollout.ts';
import type { Transition } from './step.ts';
import { transition } from './transition.ts';

/** `rollout` is the kept record, perhaps with clocks that ran on since; `evidence` is added to what the events tell. */
export function planTransition(
  rollout: Rollout,
  flag: Flag | undefined,
  input: RolloutInput,
  by: Attribution,
  now: number,
  evidence: JsonObject = {},
): Change | Refusal {
  const isOver = input.type !== 'tick' && !isLive(flag) && !isEnded(rollout.phase);
  const step = isOver ? endWithFlag(rollout, flag, now) : transition(rollout, input, now);
  if (isRefusal(step)) return step;
  const next: Rollout = { ...step.rollout, revision: rollout.revision + 1 };
  const moved = flag === undefined ? null : movedFlag(flag, step, rollout.key, now);
  const events = step.events.map((event) =>
    eventOf(event.type, next, { actor: by.actor, reason: event.reason }, now, { ...event.detail, ...evidence }),
  );
  if (moved === null) return { records: [next], events };
  const reason = events.at(-1)?.reason ?? by.reason;
  return { records: [next, moved], events: [...events, eventOf('flag.updated', moved, { actor: by.actor, reason }, now)] };
}

function movedFlag(flag: Flag, step: Transition, key: string, now: number): Flag | null {
  const isOwner = flag.shareOwner === null || (flag.shareOwner.kind === 'rollout' && flag.shareOwner.key === key);
  if (!isOwner) return null;
  const owner = step.releaseShare ? null : ({ kind: 'rollout', key } as const);
  if (step.allocation !== null) {
    const edited = editFlag(flag, { type: 'allocate', allocation: step.allocation, owner }, now);
    return isRefusal(edited) || edited === flag ? null : edited;
  }
  if (owner !== null || flag.shareOwner === null) return null;
  // Released where it is: a kill and what it undoes to stay as they are.
  return { ...flag, shareOwner: null, stageGroups: [], revision: flag.revision + 1, updatedAt: now };
}
