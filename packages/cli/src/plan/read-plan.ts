/** Reads a plan file whole: every fault with its line and column, or the plan. What a flag and a rollout may be is core's to say. */
import {
  DEFAULT_SCOPE,
  editFlag,
  type Flag,
  type FlagSettings,
  isJsonObject,
  isRefusal,
  nearest,
  newFlag,
  parseFlagSettings,
  parseRolloutSettings,
  type RolloutSettings,
  SluiceError,
  type WebhookSettings,
} from '@sluice/core';
import type { Plan, PlannedFlag, PlannedNotification } from './plan.ts';
import { FLAG_SETTINGS, NOTIFICATION, ROLLOUT, TOP, WINDOW, type Words } from './plan-words.ts';
import { inPlan, type PlanIssue, sayInPlan, shown, translated } from './translated.ts';
import { type Fault, readYaml } from './yaml-text.ts';

export type ReadPlan = { readonly plan: Plan } | { readonly faults: readonly Fault[] };

/** Pure: what stands in the variables of the environment is not looked at. */
export function readPlan(text: string): ReadPlan {
  const yaml = readYaml(text);
  if ('faults' in yaml) return yaml;
  const issues: PlanIssue[] = [];
  const plan = planIn(yaml.value, issues);
  if (issues.length === 0) return { plan };
  const faults = issues.map(({ path, message, part }) => ({ path, message, ...yaml.placeOf(path, part) }));
  return { faults: faults.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function planIn(value: unknown, issues: PlanIssue[]): Plan {
  const nothing = { flags: [], notifications: [] };
  if (!isJsonObject(value)) {
    issues.push({ path: '', message: `must be a mapping with "version: 1" and "flags"; it is ${shown(value)}` });
    return nothing;
  }
  for (const key of Object.keys(value))
    if (!TOP.includes(key as (typeof TOP)[number]))
      issues.push({ path: `/${key}`, part: 'key', message: `"${key}" is not a part of a plan${nearest(key, TOP)}` });
  if (value.version !== 1) issues.push({ path: '/version', message: `must be 1; it is ${shown(value.version)}` });
  const windows = windowsIn(value.freeze_windows, issues);
  const flags = listIn(value.flags, '/flags', 'flags', issues).flatMap(
    (one, index) => flagIn(one, `/flags/${index}`, windows, issues) ?? [],
  );
  noteTwice(flags, issues);
  const notifications =
    value.notifications === undefined ? [] : listIn(value.notifications, '/notifications', 'notifications', issues);
  return {
    flags,
    notifications: notifications.flatMap((one, index) => notificationIn(one, `/notifications/${index}`, issues) ?? []),
  };
}

function listIn(value: unknown, path: string, what: string, issues: PlanIssue[]): readonly unknown[] {
  if (Array.isArray(value)) return value;
  issues.push({ path, message: `must be a list of ${what}; it is ${shown(value ?? null)}` });
  return [];
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

function flagIn(value: unknown, path: string, windows: readonly unknown[], issues: PlanIssue[]): PlannedFlag | null {
  if (!isJsonObject(value)) {
    issues.push({ path, message: `must be a mapping with a name; it is ${shown(value)}` });
    return null;
  }
  const { name, rollout, ...rest } = value;
  const words = { ...FLAG_SETTINGS, name: { name: 'name', read: 'value' }, rollout: { name: 'rollout', read: 'value' } } as const;
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
  return { name, path, settings: settings as FlagSettings, rollout: planned };
}

/** The flag as it would be if it were new; what is wrong with it is added to `issues`. */
function flagOf(name: string, settings: FlagSettings, path: string, issues: PlanIssue[]): Flag {
  try {
    const edited = editFlag(probe(name), { type: 'set', settings: parseFlagSettings(name, settings), force: false }, 0);
    if (!isRefusal(edited)) return edited;
    issues.push(...placed(edited.issues ?? [{ path: '', message: edited.refused }], FLAG_SETTINGS, path));
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

function placed(found: readonly PlanIssue[], words: Words, path: string): PlanIssue[] {
  return found.map((issue) => ({ ...issue, path: `${path}${inPlan(issue.path, words)}`, message: sayInPlan(issue.message) }));
}

function noteTwice(flags: readonly PlannedFlag[], issues: PlanIssue[]): void {
  const first = new Map<string, PlannedFlag>();
  for (const flag of flags) {
    const earlier = first.get(flag.name);
    if (earlier !== undefined)
      issues.push({
        path: `${flag.path}/name`,
        message: `is "${flag.name}" again, which ${earlier.path} has; a flag stands in a plan once`,
      });
    else first.set(flag.name, flag);
  }
}

function notificationIn(value: unknown, path: string, issues: PlanIssue[]): PlannedNotification | null {
  const { settings, issues: unknown } = translated(value, NOTIFICATION, path, 'a notification');
  issues.push(...unknown);
  const { key, ...rest } = settings;
  if (typeof key === 'string' && key !== '' && typeof rest.url === 'string') return { key, settings: rest as WebhookSettings };
  issues.push({ path, message: `needs a key and a url; it is ${shown(value)}` });
  return null;
}
