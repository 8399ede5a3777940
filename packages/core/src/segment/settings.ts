/** The settings that `setSegment` takes: read whole, with every problem named at once. */
import { type Issue, SluiceError } from '../error.ts';
import type { Condition } from '../flag/condition.ts';
import { MAX_KEY_BYTES } from '../flag/flag-limits.ts';
import { utf8Length } from '../flag/hash.ts';
import { nearest } from '../flag/nearest.ts';
import { parseCondition } from '../flag/parse-condition.ts';
import { shown } from '../flag/shown.ts';
import { copyJson, isJsonObject } from '../json.ts';
import { tagIssues, textProblem } from '../text-limits.ts';
import type { Segment } from './segment.ts';

/** Absent settings keep what is there. */
export interface SegmentSettings {
  readonly description?: string;
  /** Units for which it holds belong, besides the members; null is the members alone. */
  readonly condition?: Condition | null;
  /** Keys of units that belong whatever the condition says; at most a million. */
  readonly members?: readonly string[];
  readonly tags?: readonly string[];
}

export type ParsedSegment = Partial<Pick<Segment, 'description' | 'condition' | 'members' | 'tags'>>;

export const MAX_MEMBERS = 1_000_000;
const KNOWN = ['description', 'condition', 'members', 'tags'];

/** @throws SluiceError `invalid` with every issue; `key` names the segment in the message */
export function parseSegmentSettings(key: string, settings: unknown): ParsedSegment {
  const issues = segmentIssues(settings, '');
  if (issues.length > 0) {
    const all = issues.slice(0, 5).map((issue) => `${issue.path} ${issue.message}`.trim());
    throw new SluiceError('invalid', `segment "${key}": ${all.join('; ')}`, { issues });
  }
  const { description, condition, members, tags } = settings as SegmentSettings;
  return {
    ...(description === undefined ? {} : { description }),
    ...(condition === undefined ? {} : { condition: copyJson(condition) as Condition | null }),
    ...(members === undefined ? {} : { members: [...new Set(members)] }),
    ...(tags === undefined ? {} : { tags: [...new Set(tags)] }),
  };
}

function segmentIssues(settings: unknown, path: string): Issue[] {
  if (!isJsonObject(settings)) return [{ path, message: `settings must be an object; it is ${shown(settings)}` }];
  const issues: Issue[] = Object.keys(settings)
    .filter((name) => !KNOWN.includes(name))
    .map((name) => ({ path: `${path}/${name}`, message: `is not a setting of a segment${nearest(name, KNOWN)}` }));
  const { description, condition, members, tags } = settings;
  const unfit = typeof description === 'string' ? textProblem(description) : 'must be a text';
  if (description !== undefined && unfit !== null)
    issues.push({ path: `${path}/description`, message: `${unfit}; it is ${shown(description)}` });
  if (condition !== undefined && condition !== null)
    for (const issue of conditionIssues(condition, `${path}/condition`)) issues.push(issue);
  if (members !== undefined) for (const issue of memberIssues(members, `${path}/members`)) issues.push(issue);
  const isTags = Array.isArray(tags) && tags.every((tag) => typeof tag === 'string' && tag !== '');
  if (tags !== undefined && !isTags)
    issues.push({ path: `${path}/tags`, message: `must be a list of texts; it is ${shown(tags)}` });
  if (isTags) for (const issue of tagIssues(tags as string[], `${path}/tags`)) issues.push(issue);
  return issues;
}

/** Everybody is no segment: an empty condition is more likely a slip than a wish. */
function conditionIssues(condition: unknown, path: string): readonly Issue[] {
  const parsed = parseCondition(condition, path);
  if ('issues' in parsed) return parsed.issues;
  return Object.keys(parsed.condition).length > 0
    ? []
    : [{ path, message: 'must not be empty, which holds for everybody; null is a segment of its members alone' }];
}

/** Every issue of a list of keys of units. */
export function memberIssues(members: unknown, path: string): Issue[] {
  if (!Array.isArray(members)) return [{ path, message: `must be a list of users; it is ${shown(members)}` }];
  if (members.length > MAX_MEMBERS)
    return [{ path, message: `may have at most ${MAX_MEMBERS} members; it has ${members.length}` }];
  const bad = members.findIndex((member) => !isKey(member));
  return bad < 0 ? [] : [{ path: `${path}/${bad}`, message: `must be a text of 1 byte to 1 KiB; it is ${shown(members[bad])}` }];
}

function isKey(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && (value.length * 3 <= MAX_KEY_BYTES || utf8Length(value) <= MAX_KEY_BYTES);
}
