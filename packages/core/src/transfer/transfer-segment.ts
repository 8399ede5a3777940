/** A segment as a document has it: the settings that `setSegment` takes, and its name and age. Deleted ones are in no document. */
import { type Issue, SluiceError } from '../error.ts';
import { nameProblem } from '../flag/flag-file.ts';
import { shown } from '../flag/shown.ts';
import type { JsonObject } from '../json.ts';
import type { Scope } from '../scope.ts';
import type { Segment } from '../segment/segment.ts';
import { parseSegmentSettings } from '../segment/settings.ts';
import { instant, objectOf, type Shape } from './shape.ts';

/** Fields whose meaning `parseSegmentSettings` checks; here only that they are there. */
const BY_SETTINGS: Shape = () => [];
const SHAPE = objectOf({
  name: (value, path) => {
    const problem = nameProblem(value);
    return problem === null ? [] : [{ path, message: `${problem}; it is ${shown(value)}` }];
  },
  description: BY_SETTINGS,
  condition: BY_SETTINGS,
  members: BY_SETTINGS,
  tags: BY_SETTINGS,
  createdAt: instant,
});

export function formatSegmentEntry({ key, description, condition, members, tags, ...segment }: Segment): JsonObject | null {
  if (segment.deletedAt !== null) return null;
  return { name: key, description, condition, members, tags, createdAt: new Date(segment.createdAt).toISOString() };
}

/** The segment at revision 0, or every issue. */
export function parseSegmentEntry(value: unknown, path: string, scope: Scope, now: number): Segment | readonly Issue[] {
  const issues = SHAPE(value, path);
  if (issues.length > 0) return issues;
  const { name, createdAt, ...settings } = value as JsonObject;
  try {
    const { description = '', condition = null, members = [], tags = [] } = parseSegmentSettings(name as string, settings);
    const segment = { scope, key: name as string, revision: 0, description, condition, members, tags, deletedAt: null };
    return { kind: 'segment', ...segment, createdAt: Date.parse(createdAt as string), updatedAt: now };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return error.issues.map((issue) => ({ ...issue, path: `${path}${issue.path}` }));
  }
}
