/** When a rollout may start and open stages: the options that say so, read out. */
import { type Issue, SluiceError } from '../error.ts';
import { shown } from '../flag/shown.ts';
import { parseInstant } from '../instant.ts';
import { isJsonObject } from '../json.ts';
import { textProblem } from '../text-limits.ts';
import { MAX_DURATION_MS } from './duration.ts';
import { type FreezeWindow, WEEKDAYS, type Weekday, wallClock } from './freeze.ts';
import type { RolloutPlan } from './rollout.ts';

export const DEFAULT_APPROVAL_EXPIRY_MS = 86_400_000;

/** An ISO 8601 date-time with its zone, milliseconds since 1970, or a Date. */
export type InstantSetting = string | number | Date;

export interface WeeklySettings {
  readonly days: readonly Weekday[];
  /** `HH:MM`; to `24:00` at the latest. An end that is not after the begin is on the next day. */
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
}

export type FreezeWindowSettings =
  | { readonly from: InstantSetting; readonly to: InstantSetting; readonly reason?: string }
  | { readonly weekly: WeeklySettings; readonly reason?: string };

export interface StartSettings {
  /** The first stage opens then, at the earliest; the share has its owner at once. */
  readonly startAt?: InstantSetting;
  /** The first stage waits for `approveStart`, for `approvalExpiryMs` unless it says how long. */
  readonly startApproval?: boolean | { readonly expiresMs: number };
  /** How long an approval of a stage, or of the start, is waited for; a day unless given. */
  readonly approvalExpiryMs?: number;
  /** While one lasts, no stage is opened. */
  readonly freezeWindows?: readonly FreezeWindowSettings[];
}

export const START_SETTINGS = ['startAt', 'startApproval', 'approvalExpiryMs', 'freezeWindows'];

export type StartPlan = Pick<
  RolloutPlan,
  'startAt' | 'startApproval' | 'startApprovalExpiryMs' | 'approvalExpiryMs' | 'freezeWindows'
>;
export const INSTANT = 'an instant such as "2027-01-31T08:00:00Z", milliseconds since 1970 or a Date';

/** What is wrong is added to `issues`. */
export function readStart(input: { readonly [key: string]: unknown }, issues: Issue[]): StartPlan {
  const { startAt, startApproval = false, approvalExpiryMs = DEFAULT_APPROVAL_EXPIRY_MS, freezeWindows = [] } = input;
  const at = startAt === undefined ? null : instantOf(startAt);
  if (startAt !== undefined && at === null)
    issues.push({ path: '/startAt', message: `must be ${INSTANT}; it is ${shown(startAt)}` });
  const expiresMs = isJsonObject(startApproval) ? startApproval.expiresMs : approvalExpiryMs;
  if (isJsonObject(startApproval) ? !isOnlyExpiry(startApproval) : typeof startApproval !== 'boolean')
    issues.push({
      path: '/startApproval',
      message: `must be true, false or { expiresMs: milliseconds above 0, ten years at most }; it is ${shown(startApproval)}`,
    });
  if (!isDuration(approvalExpiryMs))
    issues.push({
      path: '/approvalExpiryMs',
      message: `must be milliseconds above 0, ten years at most; it is ${shown(approvalExpiryMs)}`,
    });
  return {
    startAt: at,
    startApproval: startApproval !== false,
    startApprovalExpiryMs: Number(expiresMs),
    approvalExpiryMs: Number(approvalExpiryMs),
    freezeWindows: readWindows(freezeWindows, issues),
  };
}

function isOnlyExpiry(value: { readonly [key: string]: unknown }): boolean {
  return Object.keys(value).length === 1 && isDuration(value.expiresMs);
}

function isDuration(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value <= MAX_DURATION_MS;
}

function readWindows(value: unknown, issues: Issue[]): FreezeWindow[] {
  if (!Array.isArray(value)) issues.push({ path: '/freezeWindows', message: `must be a list of windows; it is ${shown(value)}` });
  const windows = Array.isArray(value) ? value : [];
  return windows.flatMap((window: unknown, index) => windowOf(window, `/freezeWindows/${index}`, issues) ?? []);
}

/** Windows for all rollouts at once. @throws SluiceError `invalid` naming every problem */
export function parseFreezeWindows(value: unknown): readonly FreezeWindow[] {
  const issues: Issue[] = [];
  const windows = readWindows(value, issues);
  if (issues.length === 0) return windows;
  throw new SluiceError('invalid', issues.map(({ path, message }) => `${path} ${message}`).join('; '), { issues });
}

function windowOf(value: unknown, path: string, issues: Issue[]): FreezeWindow | null {
  if (!isJsonObject(value) || (value.reason !== undefined && typeof value.reason !== 'string')) {
    issues.push({ path, message: `must be { from, to, reason? } or { weekly, reason? }; it is ${shown(value)}` });
    return null;
  }
  const { reason = '' } = value as { reason?: string };
  const unfit = textProblem(reason);
  if (unfit !== null) issues.push({ path: `${path}/reason`, message: unfit });
  if (value.weekly !== undefined) return weeklyOf(value.weekly, reason, `${path}/weekly`, issues);
  const [from, to] = [instantOf(value.from), instantOf(value.to)];
  if (from !== null && to !== null && from < to) return { from, to, reason };
  issues.push({
    path,
    message: `must go from ${INSTANT} to a later one; it goes from ${shown(value.from)} to ${shown(value.to)}`,
  });
  return null;
}

function weeklyOf(value: unknown, reason: string, path: string, issues: Issue[]): FreezeWindow | null {
  const { days, from, to, timeZone } = isJsonObject(value) ? (value as { [key: string]: unknown }) : {};
  const [fromMinute, toMinute] = [minuteOf(from), minuteOf(to)];
  const isDays = Array.isArray(days) && days.length > 0 && days.every((day) => WEEKDAYS.includes(day));
  const problems: Issue[] = [];
  if (!isDays) problems.push({ path: `${path}/days`, message: `must be a list of ${WEEKDAYS.join(', ')}; it is ${shown(days)}` });
  if (fromMinute === null)
    problems.push({ path: `${path}/from`, message: `must be a time such as "16:30"; it is ${shown(from)}` });
  if (toMinute === null) problems.push({ path: `${path}/to`, message: `must be a time such as "16:30"; it is ${shown(to)}` });
  if (!isZone(timeZone))
    problems.push({ path: `${path}/timeZone`, message: `must be a time zone such as "Europe/Berlin"; it is ${shown(timeZone)}` });
  for (const issue of problems) issues.push(issue);
  if (problems.length > 0 || fromMinute === null || toMinute === null) return null;
  return { weekly: { days: days as Weekday[], fromMinute, toMinute, timeZone: timeZone as string }, reason };
}

export function instantOf(value: unknown): number | null {
  const at = value instanceof Date ? value.getTime() : typeof value === 'number' ? value : parseInstant(value);
  return at !== null && Number.isFinite(at) ? at : null;
}

function minuteOf(value: unknown): number | null {
  const found = typeof value === 'string' ? /^(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))$/.exec(value) : null;
  return found === null ? null : 60 * Number(found[1] ?? found[3]) + Number(found[2] ?? found[4]);
}

function isZone(value: unknown): value is string {
  if (typeof value !== 'string' || value === '') return false;
  try {
    wallClock(value, 0);
    return true;
  } catch {
    return false;
  }
}
