/** Whether a flag has outlived its use, and by what it shows. */
import { type Issue, SluiceError } from '../error.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { isJsonObject } from '../json.ts';
import { missingSegmentIssues } from '../segment/references.ts';
import type { SegmentFinder } from '../segment/segment.ts';
import { WHOLE_SHARE } from '../share.ts';
import { type Flag, servedShare } from './flag.ts';
import { nearest } from './nearest.ts';
import { type FlagLookup, prerequisitesOf } from './prerequisite.ts';
import { splitWeights } from './rebalance.ts';
import { shown } from './shown.ts';

/**
 * - `expired`: the instant that it was given has come
 * - `servesOne`: everybody gets one variant, and nobody has changed it for a while
 * - `notEvaluated`: nobody has asked it for a while
 * - `testOver`: its test ended a while ago and was not shipped
 * - `brokenPrerequisite`: it needs a flag that is gone, so it serves off to all
 * - `missingSegment`: it names a segment that is not there
 */
export const STALE_SIGNS = ['expired', 'servesOne', 'notEvaluated', 'testOver', 'brokenPrerequisite', 'missingSegment'] as const;

export interface StaleSign {
  readonly sign: (typeof STALE_SIGNS)[number];
  /** Milliseconds since 1970; null when nobody knows. */
  readonly since: number | null;
  readonly message: string;
}

/** Absent settings have their defaults. */
export interface StaleSettings {
  /** Days without an evaluation; 7 unless given. */
  readonly unusedDays?: number;
  /** Days in which everybody got one variant and nobody changed the flag; 7 unless given. */
  readonly settledDays?: number;
  /** Flags with such a tag are meant to stay and to rest: only `expired` and what is broken counts; `permanent` unless given. */
  readonly permanentTags?: readonly string[];
}

export type ParsedStaleSettings = Required<StaleSettings>;

export interface StaleFacts {
  readonly flag: Flag;
  /** Null when it was never asked. */
  readonly lastEvaluatedAt: number | null;
  readonly experiment: Experiment | undefined;
  readonly flags: FlagLookup<Flag>;
  readonly segments: SegmentFinder;
  /** Whether a live flag has it as a prerequisite: it is asked through that one, uncounted. */
  readonly isNeeded: boolean;
}

const DAY_MS = 86_400_000;
const KNOWN = ['unusedDays', 'settledDays', 'permanentTags'];

/** @throws SluiceError `invalid` naming every setting that breaks a rule */
export function parseStaleSettings(input: unknown): ParsedStaleSettings {
  if (!isJsonObject(input))
    throw new SluiceError('invalid', `listStale takes settings such as { unusedDays: 30 }; it is ${shown(input)}`);
  const issues: Issue[] = Object.keys(input)
    .filter((name) => !KNOWN.includes(name))
    .map((name) => ({ path: `/${name}`, message: `is not a setting of listStale${nearest(name, KNOWN)}` }));
  const { unusedDays = 7, settledDays = 7, permanentTags = ['permanent'] } = input as StaleSettings;
  for (const [name, days] of Object.entries({ unusedDays, settledDays }))
    if (typeof days !== 'number' || !Number.isFinite(days) || days <= 0)
      issues.push({ path: `/${name}`, message: `must be a number of days above 0; it is ${shown(days)}` });
  if (!Array.isArray(permanentTags) || permanentTags.some((tag) => typeof tag !== 'string'))
    issues.push({ path: '/permanentTags', message: `must be a list of tags; it is ${shown(permanentTags)}` });
  if (issues.length === 0) return { unusedDays, settledDays, permanentTags };
  throw new SluiceError('invalid', `listStale: ${issues.map(({ path, message }) => `${path} ${message}`).join('; ')}`, {
    issues,
  });
}

/** Every sign that a flag is stale, none for one that is archived or in use. */
export function staleSigns(facts: StaleFacts, settings: ParsedStaleSettings, now: number): StaleSign[] {
  const { flag } = facts;
  if (flag.archivedAt !== null) return [];
  const isPermanent = flag.tags.some((tag) => settings.permanentTags.includes(tag));
  const resting = isPermanent ? [] : restingSigns(facts, settings, now);
  return [...expiredSigns(flag, now), ...resting, ...brokenSigns(facts)];
}

function expiredSigns({ expiresAt }: Flag, now: number): StaleSign[] {
  if (expiresAt === null || expiresAt > now) return [];
  const message = `it was to be gone by ${new Date(expiresAt).toISOString()}; take it out of the code and archive it, or give it a later expires`;
  return [{ sign: 'expired', since: expiresAt, message }];
}

function restingSigns(
  { flag, lastEvaluatedAt, experiment, isNeeded }: StaleFacts,
  settings: ParsedStaleSettings,
  now: number,
): StaleSign[] {
  const signs: StaleSign[] = [];
  const usedAt = lastEvaluatedAt ?? flag.createdAt;
  if (!isNeeded && now - usedAt >= settings.unusedDays * DAY_MS) {
    const message = `nobody asked it for ${daysBetween(usedAt, now)} days${lastEvaluatedAt === null ? ', ever since it was created' : ''}`;
    signs.push({ sign: 'notEvaluated', since: usedAt, message });
  }
  const sole = flag.shareOwner === null && !flag.isComponent ? soleVariant(flag) : null;
  if (sole !== null && now - flag.updatedAt >= settings.settledDays * DAY_MS) {
    const message = `everybody gets "${sole}", and nobody changed it for ${daysBetween(flag.updatedAt, now)} days`;
    signs.push({ sign: 'servesOne', since: flag.updatedAt, message });
  }
  const stoppedAt = experiment?.phase === 'stopped' && experiment.shipped === null ? experiment.stoppedAt : null;
  if (stoppedAt !== null && now - stoppedAt >= settings.settledDays * DAY_MS) {
    const message = `its test ended ${daysBetween(stoppedAt, now)} days ago and no arm was shipped`;
    signs.push({ sign: 'testOver', since: stoppedAt, message });
  }
  return signs;
}

function brokenSigns({ flag, flags, segments }: StaleFacts): StaleSign[] {
  const signs: StaleSign[] = [];
  for (const { flag: key } of prerequisitesOf(flag)) {
    const needed = flags.get(key);
    if (needed !== undefined && needed.archivedAt === null) continue;
    const what = needed === undefined ? 'does not exist' : 'is archived';
    const message = `it needs the flag "${key}", which ${what}: it serves off to everybody`;
    signs.push({ sign: 'brokenPrerequisite', since: needed?.archivedAt ?? null, message });
  }
  const conditions = [flag.conditions, ...flag.rules.map((rule) => rule.if)];
  const [missing] = conditions.flatMap((condition) => missingSegmentIssues(condition, '', segments));
  if (missing !== undefined) signs.push({ sign: 'missingSegment', since: null, message: `it ${missing.message}` });
  return signs;
}

function daysBetween(from: number, to: number): number {
  return Math.floor((to - from) / DAY_MS);
}

/** The variant that every unit gets, whatever it is; null when it depends on the unit. */
export function soleVariant(flag: Flag): string | null {
  if (flag.status === 'disabled') return flag.offVariant;
  const { enabledUsers, enabledGroups, disabledUsers, disabledGroups, stageGroups, rules } = flag;
  const dependsOnUnit = [enabledUsers, enabledGroups, disabledUsers, disabledGroups, stageGroups, rules].some(
    (list) => list.length > 0,
  );
  if (dependsOnUnit || flag.slots != null) return null;
  const share = servedShare(flag);
  if (share === 0) return flag.offVariant;
  const served = splitWeights(flag.split).filter((part) => part.share > 0);
  const inShare = flag.split.length === 0 ? flag.onVariant : served.length === 1 ? (served[0]?.variant ?? null) : null;
  const isForAll = share === WHOLE_SHARE && Object.keys(flag.conditions).length === 0 && prerequisitesOf(flag).length === 0;
  return isForAll || inShare === flag.offVariant ? inShare : null;
}
