/** What people may do to a segment, as a whole change. */
import type { Change } from '../change.ts';
import { type Refusal, refuse } from '../error.ts';
import { type Attribution, eventOf } from '../event.ts';
import type { EventType } from '../event-type.ts';
import { newNameProblem } from '../flag/flag-file.ts';
import { shown } from '../flag/shown.ts';
import { jsonEqual } from '../json.ts';
import type { Scope } from '../scope.ts';
import { nestingProblem } from './nesting.ts';
import { missingSegmentIssues, segmentsNamedBy } from './references.ts';
import type { Segment, SegmentFinder } from './segment.ts';
import { MAX_MEMBERS, type ParsedSegment } from './settings.ts';
import { type SegmentUser, type SegmentWorld, usersOfSegment } from './users.ts';

export type SegmentEdit =
  | { readonly type: 'set'; readonly settings: ParsedSegment }
  | { readonly type: 'addMembers' | 'removeMembers'; readonly members: readonly string[] }
  | { readonly type: 'delete' };

export interface SegmentFacts extends SegmentWorld {
  readonly scope: Scope;
  readonly key: string;
  /** The record that is kept under this key, also when it is a deleted one. */
  readonly kept: Segment | undefined;
}

/** The change, null when the edit changes nothing, or a refusal. Only `set` makes a segment that is not there. */
export function planSegmentEdit(facts: SegmentFacts, edit: SegmentEdit, by: Attribution, now: number): Change | Refusal | null {
  const { kept, key } = facts;
  const before = kept === undefined || kept.deletedAt !== null ? undefined : kept;
  if (before === undefined && edit.type !== 'set')
    return refuse(`segment "${key}" does not exist; create it with setSegment`, 'notFound');
  if (edit.type === 'delete') {
    const users = usersOfSegment(key, facts);
    if (users.length > 0) return refuse(`segment "${key}" is used by ${usersText(users)}; take it out of them first`);
  }
  const unnamed = before === undefined ? newNameProblem(key) : null;
  if (unnamed !== null)
    return refuse(`the name of a segment ${unnamed}; it is ${shown(key)}`, 'invalid', [{ path: '/name', message: unnamed }]);
  const edited = applyEdit(before ?? newSegment(facts, now), edit, now);
  if (before !== undefined && jsonEqual(before, edited)) return null;
  const problem = unfit(edited, facts.segments);
  if (problem !== null) return refuse(problem, 'invalid');
  const segment: Segment = { ...edited, revision: (kept?.revision ?? 0) + 1, updatedAt: now };
  const type: EventType =
    edit.type === 'delete' ? 'segment.deleted' : before === undefined ? 'segment.created' : 'segment.updated';
  const events = [eventOf(type, segment, by, now, { members: segment.members.length })];
  return { records: [segment], events, seesAll: edit.type === 'set' || edit.type === 'delete' };
}

function newSegment({ key, scope }: SegmentFacts, now: number): Segment {
  const [createdAt, updatedAt] = [now, now];
  return {
    kind: 'segment',
    scope,
    key,
    revision: 0,
    description: '',
    condition: null,
    members: [],
    tags: [],
    deletedAt: null,
    createdAt,
    updatedAt,
  };
}

function applyEdit(segment: Segment, edit: SegmentEdit, now: number): Segment {
  switch (edit.type) {
    case 'set':
      return { ...segment, ...edit.settings };
    case 'addMembers':
      return { ...segment, members: [...new Set([...segment.members, ...edit.members])] };
    case 'removeMembers': {
      const gone = new Set(edit.members);
      return { ...segment, members: segment.members.filter((member) => !gone.has(member)) };
    }
    case 'delete':
      // Who was in it stands in the log; a tombstone of a hundred thousand keys would be carried for ever.
      return { ...segment, condition: null, members: [], deletedAt: now };
  }
}

/** Why the segments would not fit together with `edited` among them, or null. */
function unfit(edited: Segment, segments: SegmentFinder): string | null {
  const { key, condition, members } = edited;
  if (members.length > MAX_MEMBERS) return `segment "${key}": it would have ${members.length} members of at most ${MAX_MEMBERS}`;
  if (condition === null) return null;
  const after: SegmentFinder = {
    get: (name) => (name === key ? edited : segments.get(name)),
    values: () => [...segments.values()].filter((segment) => segment.key !== key).concat(edited),
  };
  const missing = missingSegmentIssues(condition, '/condition', after);
  if (missing.length > 0) return `segment "${key}": ${missing.map(({ path, message }) => `${path} ${message}`).join('; ')}`;
  return unfitNesting(after);
}

/** A segment that comes to name others makes those deeper that name it. */
export function unfitNesting(segments: SegmentFinder): string | null {
  const namedBy = (key: string): readonly string[] => segmentsNamedBy(segments.get(key)?.condition ?? null);
  for (const { key } of segments.values()) {
    const problem = namedBy(key).length === 0 ? null : nestingProblem(key, namedBy);
    if (problem !== null) return `segment "${key}": its condition ${problem}`;
  }
  return null;
}

/** At most this many users of a kind are named. */
const NAMED_USERS = 10;

/** As in `2 flags ("a", "b") and 1 test ("t")`. */
function usersText(users: readonly SegmentUser[]): string {
  const kinds = (['flag', 'rollout', 'test', 'segment', 'scheduledEdit'] as const).flatMap((kind): string[] => {
    const names = users.filter((user) => user.kind === kind).map((user) => `"${user.name}"`);
    if (names.length === 0) return [];
    const more = names.length > NAMED_USERS ? `, and ${names.length - NAMED_USERS} more` : '';
    const word = kind === 'scheduledEdit' ? 'scheduled edit' : kind;
    return [`${names.length} ${word}${names.length === 1 ? '' : 's'} (${names.slice(0, NAMED_USERS).join(', ')}${more})`];
  });
  return kinds.length < 2 ? kinds.join('') : `${kinds.slice(0, -1).join(', ')} and ${kinds.at(-1)}`;
}
