/** Moving every unit to one version in one commit: forward as a swap, back as a rollback. */
import type { Change } from '../change.ts';
import { isRefusal, type Refusal, refuse } from '../error.ts';
import { type Attribution, eventOf } from '../event.ts';
import type { EventType } from '../event-type.ts';
import type { Flag } from '../flag/flag.ts';
import { endOwner } from '../flag/plan-edit.ts';
import type { JsonObject } from '../json.ts';
import { shareToPercentage, WHOLE_SHARE } from '../share.ts';
import { type ComponentFacts, liveVersion } from './register.ts';
import { versionShares } from './served.ts';

/**
 * Everybody gets `version`, which is the stable one from now on. Null when it is so already. Refused while a rollout or test moves the
 * share, and for a killed component: a swap never undoes a kill.
 */
export function planSwap(facts: ComponentFacts, version: unknown, by: Attribution, now: number): Change | Refusal | null {
  const found = liveVersion(facts, version);
  if (isRefusal(found)) return found;
  const { flag, known } = found;
  const name = `component "${facts.key}"`;
  if (flag.shareOwner !== null) {
    const owner = flag.shareOwner.kind === 'rollout' ? 'a rollout' : `the test "${flag.shareOwner.key}"`;
    return refuse(
      `${name}: cannot swap to ${known.version}, ${owner} moves its share; abort or stop that first, or roll back`,
      'conflict',
    );
  }
  if (flag.status === 'disabled')
    return refuse(
      `${name}: cannot swap to ${known.version}, it is disabled and a swap never undoes a kill; restoreFlag, or roll back to a version`,
    );
  const after = withEverybodyOn(flag, known.version, now);
  return after === flag ? null : moved(flag, after, known.version, 'component.swapped', by, now);
}

/**
 * Back to `version` for everybody, whatever owns the share (it ends in the same commit) and whether or not the flag was killed.
 * A kill is undone, or `kept`: then the version is what the killed flag gives. Null when everybody has it already and nothing is under way.
 */
export function planRollbackToVersion(
  facts: ComponentFacts,
  version: unknown,
  by: Attribution,
  now: number,
  kill: 'undone' | 'kept' = 'undone',
): Change | Refusal | null {
  const found = liveVersion(facts, version);
  if (isRefusal(found)) return found;
  const { flag, known } = found;
  const status = kill === 'kept' && flag.status === 'disabled' ? 'disabled' : 'enabled';
  const after = withEverybodyOn(flag, known.version, now, status);
  if (after === flag) return null;
  const ended = endOwner(facts, by, now, 'supersede');
  const change = moved(flag, after, known.version, 'rollback.immediate', by, now);
  return { records: [...change.records, ...ended.records], events: [...change.events, ...ended.events] };
}

/**
 * The flag with every unit on `version`, one of its variants; the same object when it is so already. Rules that pin another version go:
 * everybody means everybody.
 */
export function withEverybodyOn(flag: Flag, version: string, now: number, status: 'enabled' | 'disabled' = 'enabled'): Flag {
  const rules = flag.rules.filter((rule) => !pinsOther(rule, version));
  const isThere =
    flag.status === status &&
    flag.shareOwner === null &&
    flag.offVariant === version &&
    flag.onVariant === version &&
    flag.split.length === 0 &&
    rules.length === flag.rules.length;
  if (isThere) return flag;
  return {
    ...flag,
    status,
    share: WHOLE_SHARE,
    offVariant: version,
    onVariant: version,
    split: [],
    stageGroups: [],
    rules,
    shareOwner: null,
    statusBeforeKill: status === 'disabled' ? 'enabled' : null,
    revision: flag.revision + 1,
    updatedAt: now,
  };
}

function pinsOther(rule: Flag['rules'][number], version: string): boolean {
  return 'variant' in rule && rule.variant !== version;
}

function moved(before: Flag, after: Flag, version: string, type: EventType, by: Attribution, now: number): Change {
  const detail: JsonObject = {
    fromVersion: before.offVariant,
    toVersion: version,
    fromPercentage: percentageOfOthers(before, version),
    toPercentage: 0,
    rulesDropped: before.rules.length - after.rules.length,
  };
  const flagEvent = before.status === 'disabled' && after.status !== 'disabled' ? 'flag.restored' : 'flag.updated';
  return { records: [after], events: [eventOf(flagEvent, after, by, now), eventOf(type, after, by, now, detail)] };
}

/** The part of units that the allocation gives another version than this one, 0 to 100. */
export function percentageOfOthers(flag: Flag, version: string): number {
  return shareToPercentage(WHOLE_SHARE - (versionShares(flag).get(version) ?? 0));
}
