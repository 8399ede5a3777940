/** Who refers to a segment, and would change its meaning if it went. */
import type { Experiment } from '../experiment/experiment.ts';
import type { Condition } from '../flag/condition.ts';
import type { Flag } from '../flag/flag.ts';
import { parseFlagSettings } from '../flag/settings.ts';
import type { JsonObject } from '../json.ts';
import { isEnded, type Rollout } from '../rollout/rollout.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { segmentReferences, segmentsNamedBy } from './references.ts';
import type { SegmentFinder } from './segment.ts';

export interface SegmentUser {
  readonly kind: 'flag' | 'rollout' | 'test' | 'segment' | 'scheduledEdit';
  /** Of a scheduled edit its id. */
  readonly name: string;
}

/** The records of a scope that may refer to segments. */
export interface SegmentWorld {
  readonly segments: SegmentFinder;
  readonly flags: Iterable<Flag>;
  readonly rollouts: Iterable<Rollout>;
  readonly experiments: Iterable<Experiment>;
  readonly schedules?: Iterable<Schedule>;
}

/** Archived flags, ended rollouts and stopped or archived tests ask nobody any more, and count as nobody. */
export function usersOfSegment(key: string, world: SegmentWorld): SegmentUser[] {
  const flags = [...world.flags].filter((flag) => flag.archivedAt === null && flagUses(flag, key));
  const rollouts = [...world.rollouts].filter(
    (rollout) => !isEnded(rollout.phase) && rollout.plan.stages.some(({ groups }) => groups.includes(key)),
  );
  const tests = [...world.experiments].filter((test) => !asksNobody(test) && names(test.eligibility, key));
  const segments = [...world.segments.values()].filter(({ condition }) => segmentsNamedBy(condition).includes(key));
  const edits = [...(world.schedules ?? [])].flatMap(({ key: flag, pending }) =>
    pending.filter(({ settings }) => settingsUse(flag, settings, key)),
  );
  return [
    ...flags.map((flag): SegmentUser => ({ kind: 'flag', name: flag.key })),
    ...rollouts.map((rollout): SegmentUser => ({ kind: 'rollout', name: rollout.key })),
    ...tests.map((test): SegmentUser => ({ kind: 'test', name: test.key })),
    ...segments.map((segment): SegmentUser => ({ kind: 'segment', name: segment.key })),
    ...edits.map((edit): SegmentUser => ({ kind: 'scheduledEdit', name: edit.id })),
  ];
}

/** Its segments may go, here and in a document. */
export function asksNobody({ phase, archivedAt }: Experiment): boolean {
  return phase === 'stopped' || archivedAt !== null;
}

type Targeting = Pick<Flag, 'enabledGroups' | 'disabledGroups' | 'stageGroups' | 'conditions' | 'rules'>;

function flagUses({ enabledGroups, disabledGroups, stageGroups, conditions, rules }: Partial<Targeting>, key: string): boolean {
  return (
    [enabledGroups, disabledGroups, stageGroups].some((groups) => groups?.includes(key)) ||
    (conditions !== undefined && names(conditions, key)) ||
    (rules ?? []).some((rule) => names(rule.if, key))
  );
}

/** Settings that cannot be read any more will be refused when they are due, and need nothing. */
function settingsUse(flag: string, settings: JsonObject, key: string): boolean {
  try {
    return flagUses(parseFlagSettings(flag, settings).fields, key);
  } catch {
    return false;
  }
}

function names(condition: Condition, key: string): boolean {
  return segmentReferences(condition).some((reference) => reference.key === key);
}
