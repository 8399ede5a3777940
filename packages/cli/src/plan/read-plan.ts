/** Reads a plan file whole: every fault with its line and column, or the plan. What a flag and a rollout may be is core's to say. */
import {
  DEFAULT_SCOPE,
  type Flag,
  type FlagSettings,
  isJsonObject,
  isRefusal,
  nearest,
  newFlag,
  parseFlagSettings,
  parseRolloutSettings,
  planFlagEdit,
  type RolloutSettings,
  SluiceError,
} from '@sluice/core';
import type { Plan, PlannedFlag } from './plan.ts';
import { FLAG_SETTINGS, ROLLOUT, TOP, WINDOW } from './plan-words.ts';
import { prerequisiteCircles } from './prerequisite-circles.ts';
import { notificationIn, notificationsTwice } from './read-notification.ts';
import { scheduleIn } from './read-schedule.ts';
import { segmentIn, segmentIssues } from './read-segment.ts';
import { type PlanIssue, placed, shown, translated } from './translated.ts';
import { type Fault, type Place, readYaml } from './yaml-text.ts';

export type ReadPlan = { readonly plan: Plan; placeOf(pointer: string): Place } | { readonly faults: readonly Fault[] };

/** Pure: what stands in the variables of the environment is not looked at. */
export function readPlan(text: string): ReadPlan {
  const yaml = readYaml(text);
  if ('faults' in yaml) return yaml;
  const issues: PlanIssue[] = [];
  const plan = planIn(yaml.value, issues);
  if (issues.length === 0) return { plan, placeOf: (pointer) => yaml.placeOf(pointer) };
  const faults = issues.map(({ path, message, part }) => ({ path, message, ...yaml.placeOf(path, part) }));
  return { faults: faults.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function planIn(value: unknown, issues: PlanIssue[]): Plan {
  const nothing = { segments: [], flags: [], notifications: [] };
  if (!isJsonObject(value)) {
    issues.push({ path: '', message: `must be a mapping with "version: 1" and "flags"; it is ${shown(value)}` });
    return nothing;
  }
  for (const key of Object.keys(value))
    if (!TOP.includes(key as (typeof TOP)[number]))
      issues.push({ path: `/${key}`, part: 'key', message: `"${key}" is not a part of a plan${nearest(key, TOP)}` });
  if (value.version !== 1) issues.push({ path: '/version', message: `must be 1; it is ${shown(value.version)}` });
  const windows = windowsIn(value.freeze_windows, issues);
  const segments = optionalListIn(value, 'segments', issues).flatMap(
    (one, index) => segmentIn(one, `/segments/${index}`, issues) ?? [],
  );
  issues.push(...segmentIssues(segments));
  noteTwice(segments, 'a segment', issues);
  const flags = listIn(value.flags, '/flags', 'flags', issues).flatMap(
    (one, index) => flagIn(one, `/flags/${index}`, windows, issues) ?? [],
  );
  noteTwice(flags, 'a flag', issues);
  issues.push(...prerequisiteCircles(flags));
  const notifications = optionalListIn(value, 'notifications', issues).flatMap(
    (one, index) => notificationIn(one, `/notifications/${index}`, issues) ?? [],
  );
  issues.push(...notificationsTwice(notifications));
  return { segments, flags, notifications };
}

function listIn(value: unknown, path: string, what: string, issues: PlanIssue[]): readonly unknown[] {
  if (Array.isArray(value)) return value;
  issues.push({ path, message: `must be a list of ${what}; it is ${shown(value ?? null)}` });
  return [];
}

function optionalListIn(
  value: Readonly<Record<string, unknown>>,
  what: 'segments' | 'notifications',
  issues: PlanIssue[],
): readonly unknown[] {
  return value[what] === undefined ? [] : listIn(value[what], `/${what}`, what, issues);
}

/** Windows of the whole plan are windows of each of its rollouts; what they may be is checked with those. */
function windowsIn(value: unknown, issues: PlanIssue[]): readonly unknown[] {
  if (value === undefined) return [];
  const each = translated(
    { freeze_windows: value },
    { freeze_windows: { name: 'windows', read: { each: WINDOW } } },
    '',
    'a plan',
  );
  issues.push(...each.issues);
  const windows = each.settings.windows;
  const checked = rolloutIssues(probe('flag'), { strategy: 'canary', unvalidated: true, freezeWindows: windows as never });
  issues.push(...placed(checked, ROLLOUT, ''));
  return Array.isArray(windows) ? windows : [];
}

const BESIDE_SETTINGS = Object.fromEntries(
  ['name', 'rollout', 'schedule'].map((word) => [word, { name: word, read: 'value' as const }]),
);

function flagIn(value: unknown, path: string, windows: readonly unknown[], issues: PlanIssue[]): PlannedFlag | null {
  if (!isJsonObject(value)) {
    issues.push({ path, message: `must be a mapping with a name; it is ${shown(value)}` });
    return null;
  }
  const { name, rollout, schedule, ...rest } = value;
  const words = { ...FLAG_SETTINGS, ...BESIDE_SETTINGS };
  const { settings, issues: unknown } = translated(rest, words, path, 'a flag');
  issues.push(...unknown);
  if (typeof name !== 'string' || name === '') {
    issues.push({ path: `${path}/name`, message: `must be a text that is not empty; it is ${shown(name ?? null)}` });
    return null;
  }
  const flag = flagOf(name, settings as FlagSettings, path, issues);
  const planned = rollout === undefined ? null : rolloutIn(rollout, `${path}/rollout`, { flag, windows }, issues);
  const isOff = settings.enabled === false || settings.status === 'disabled';
  if (rollout !== undefined && isOff)
    issues.push({ path: `${path}/rollout`, part: 'key', message: `moves a flag that shall be off; leave out one of the two` });
  const edits =
    schedule === undefined ? null : scheduleIn(schedule, `${path}/schedule`, { flag, isRolledOut: planned !== null }, issues);
  return { name, path, settings: settings as FlagSettings, rollout: planned, schedule: edits };
}

/** The flag as it would be if it were new; what is wrong with it is added to `issues`. */
function flagOf(name: string, settings: FlagSettings, path: string, issues: PlanIssue[]): Flag {
  try {
    const facts = { scope: DEFAULT_SCOPE, key: name, flag: undefined, rollout: undefined, experiment: undefined };
    const edit = { type: 'set', settings: parseFlagSettings(name, settings), force: false } as const;
    const made = planFlagEdit(facts, edit, { actor: '', reason: '' }, 0);
    if (made !== null && isRefusal(made))
      issues.push(...placed(made.issues ?? [{ path: '', message: made.refused }], FLAG_SETTINGS, path));
    else return made?.records.find((record) => record.kind === 'flag') ?? probe(name);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    issues.push(...placed(error.issues, FLAG_SETTINGS, path));
  }
  return probe(name);
}

function probe(name: string): Flag {
  return newFlag(name, DEFAULT_SCOPE, 0);
}

interface RolloutOf {
  readonly flag: Flag;
  readonly windows: readonly unknown[];
}

function rolloutIn(value: unknown, path: string, { flag, windows }: RolloutOf, issues: PlanIssue[]): RolloutSettings {
  const { settings, issues: unknown } = translated(value, ROLLOUT, path, 'a rollout');
  issues.push(...unknown);
  const own = Array.isArray(settings.freezeWindows) ? settings.freezeWindows : [];
  const all = windows.length + own.length === 0 ? {} : { freezeWindows: [...windows, ...own] };
  // Versions are known where the component is: the plan alone cannot say whether one is registered.
  const { toVersion: _registered, ...checkable } = settings as unknown as RolloutSettings;
  const atZero = { ...flag, status: 'percentage' as const, share: 0 };
  if (unknown.length === 0)
    issues.push(...placed(rolloutIssues(atZero, checkable), ROLLOUT, path), ...ringIssues(settings, path));
  return { ...(settings as unknown as RolloutSettings), ...(all as Pick<RolloutSettings, 'freezeWindows'>) };
}

function rolloutIssues(flag: Flag, settings: RolloutSettings): readonly PlanIssue[] {
  try {
    parseRolloutSettings(flag, settings);
    return [];
  } catch (error) {
    if (error instanceof SluiceError) return error.issues;
    throw error;
  }
}

/** A ring without groups would open to a share of everybody. */
function ringIssues({ strategy, stages }: Readonly<Record<string, unknown>>, path: string): PlanIssue[] {
  if (strategy !== 'ring' || !Array.isArray(stages)) return [];
  return stages.slice(0, -1).flatMap((stage: unknown, index): PlanIssue[] => {
    const groups = isJsonObject(stage) ? stage.groups : undefined;
    if (Array.isArray(groups) && groups.length > 0) return [];
    const message = `is a ring without groups: name who is in it, as in "groups: [internal]"; it is ${shown(stage)}`;
    return [{ path: `${path}/stages/${index}`, message }];
  });
}

type Named = Pick<PlannedFlag, 'name' | 'path'>;

function noteTwice(all: readonly Named[], what: string, issues: PlanIssue[]): void {
  const first = new Map<string, Named>();
  for (const one of all) {
    const earlier = first.get(one.name);
    if (earlier !== undefined)
      issues.push({
        path: `${one.path}/name`,
        message: `is "${one.name}" again, which ${earlier.path} has; ${what} stands in a plan once`,
      });
    else first.set(one.name, one);
  }
}
