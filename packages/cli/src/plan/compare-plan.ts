/** What applying a plan would do: pure, the same for `plan diff` and `plan apply`. */
import {
  DEFAULT_SCOPE,
  editFlag,
  type Flag,
  type FlagSettings,
  isRefusal,
  newFlag,
  parseFlagSettings,
  planFlagEdit,
  type WebhookSettings,
} from '@sluice/core';
import { inCommands } from '../library-words.ts';
import { compareFlag } from './compare-flag.ts';
import { type Protection, shareRefusal } from './compare-protection.ts';
import { type CompareRolloutOptions, compareRollout } from './compare-rollout.ts';
import { compareSchedule } from './compare-schedule.ts';
import { compareSegment } from './compare-segment.ts';
import { settingsAt } from './due-settings.ts';
import type { KeptNotification, KeptState } from './kept-state.ts';
import type { Plan, PlannedNotification, PlannedSegment } from './plan.ts';
import type { DoableStep, FlagStep, NotificationStep, SegmentStep } from './plan-step.ts';
import { namedBy } from './read-segment.ts';

export interface ComparePlanOptions extends CompareRolloutOptions {
  /** Null where the environment is not protected. */
  readonly protection: Protection | null;
}

/**
 * Steps in the order in which they are done: segments and flags, what others name before those, then rollouts, edits that wait, and
 * notifications.
 */
export function comparePlan(plan: Plan, before: KeptState, options: ComparePlanOptions, now: number): DoableStep[] {
  const { protection } = options;
  const { steps: segmentSteps, kept } = afterSegments(plan.segments, before, now);
  const needs = new Map(plan.flags.map(({ name, settings }) => [name, (settings.prerequisites ?? []).map(({ flag }) => flag)]));
  const flags = inOrder(plan.flags, ({ name }) => needs.get(name) ?? []);
  const flagsSoFar = new Map(kept.flags);
  const afters: (Flag | null)[] = [];
  const flagSteps = flags.map((planned) => {
    const wanted = { ...planned, settings: settingsAt(planned, now) };
    const step = permitted(wanted, { ...kept, flags: flagsSoFar }, protection, now);
    const after = afterwards(step, kept, now);
    if (after !== null) flagsSoFar.set(planned.name, after);
    afters.push(after);
    return step;
  });
  const rolloutSteps = flags.flatMap(({ rollout, ...planned }, index) =>
    rollout === null ? [] : [compareRollout({ ...planned, rollout }, afters[index] ?? null, kept, options)],
  );
  const scheduleSteps = flags.flatMap(({ name, schedule }, index) =>
    schedule === null
      ? []
      : [compareSchedule({ name, schedule, after: afters[index] ?? null, segments: kept.segments, protection }, kept, now)],
  );
  const notifications = plan.notifications.map((planned) => notificationStep(planned, kept.notifications));
  return [...segmentSteps, ...flagSteps, ...rolloutSteps, ...scheduleSteps, ...notifications];
}

/** What is kept, with the segments as the plan will have left them. */
function afterSegments(
  planned: readonly PlannedSegment[],
  kept: KeptState,
  now: number,
): { steps: SegmentStep[]; kept: KeptState } {
  const segments = new Map(kept.segments);
  const steps = inOrder(planned, namedBy).map((segment) => {
    const { step, after } = compareSegment(segment, { ...kept, segments }, now);
    if (after !== undefined) segments.set(segment.name, after);
    return step;
  });
  return { steps, kept: { ...kept, segments } };
}

function flagStep(planned: Plan['flags'][number], kept: KeptState, now: number): FlagStep {
  const step = compareFlag(planned, kept.flags.get(planned.name), now);
  if (step.action !== 'create' && step.action !== 'update') return step;
  const because = unfit(planned.name, step.settings, kept, now);
  return because === null ? step : { ...step, action: 'refused', changes: [], because, reachesEverybody: false };
}

/** Why the settings do not fit what else is there, as the server decides it: segments, prerequisites, and who names a variant that goes. */
function unfit(key: string, settings: FlagSettings, { flags, segments, rollouts }: KeptState, now: number): string | null {
  const facts = { scope: DEFAULT_SCOPE, key, flag: flags.get(key), flags, segments, experiment: undefined };
  const edit = { type: 'set', settings: parseFlagSettings(key, settings), force: false } as const;
  const made = planFlagEdit({ ...facts, rollout: rollouts.get(key)?.rollout }, edit, { actor: '', reason: '' }, now);
  if (made === null || !isRefusal(made)) return null;
  return inCommands(made.issues?.map(({ path, message }) => `${path} ${message}`).join('; ') ?? made.refused);
}

function permitted(planned: Plan['flags'][number], kept: KeptState, protection: Protection | null, now: number): FlagStep {
  const step = flagStep(planned, kept, now);
  const after = afterwards(step, kept, now);
  if (protection === null || after === null || (step.action !== 'create' && step.action !== 'update')) return step;
  const because = shareRefusal(planned, { before: kept.flags.get(planned.name), after }, protection);
  return because === null ? step : { ...step, action: 'refused', because, reachesEverybody: false };
}

function afterwards({ key, action, settings }: FlagStep, kept: KeptState, now: number): Flag | null {
  const before = kept.flags.get(key) ?? newFlag(key, DEFAULT_SCOPE, now);
  if (action === 'refused') return null;
  if (action === 'none' || action === 'left' || action === 'blocked') return before;
  const edited = editFlag(before, { type: 'set', settings: parseFlagSettings(key, settings), force: false }, now);
  return isRefusal(edited) ? null : edited;
}

/** Each after those that it needs. Circles are the store's to refuse. */
function inOrder<One extends { readonly name: string }>(all: readonly One[], needs: (one: One) => readonly string[]): One[] {
  const named = new Map(all.map((one) => [one.name, one]));
  const done = new Set<string>();
  const ordered: One[] = [];
  const visit = (one: One): void => {
    if (done.has(one.name)) return;
    done.add(one.name);
    for (const needed of needs(one)) {
      const first = named.get(needed);
      if (first !== undefined) visit(first);
    }
    ordered.push(one);
  };
  for (const one of all) visit(one);
  return ordered;
}

const DEFAULTS = { format: 'standard', types: [], environments: [], isDisabled: false } as const;

function notificationStep({ key, settings }: PlannedNotification, kept: readonly KeptNotification[] | null): NotificationStep {
  const step = (
    action: NotificationStep['action'],
    because: string | null,
    changes: NotificationStep['changes'] = [],
  ): NotificationStep => ({
    kind: 'notification',
    key,
    action,
    changes,
    because,
    reachesEverybody: false,
    settings,
  });
  if (kept === null) return step('left', 'notifications are kept by a server, and changed by an admin');
  const before = kept.find((webhook) => webhook.key === key);
  if (before === undefined) return step('create', null, [{ field: 'url', from: null, to: originOf(settings) }]);
  const after = { ...DEFAULTS, ...settings };
  const changes = (['format', 'types', 'environments', 'isDisabled'] as const)
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => ({ field: name === 'types' ? 'events' : name, from: before[name], to: after[name] }));
  const isMoved = !before.url.startsWith(originOf(settings));
  const all = isMoved ? [...changes, { field: 'url', from: before.url, to: originOf(settings) }] : changes;
  // Of a URL only the host is known there: the rest is sent again, which changes nothing where it is the same.
  return all.length === 0 ? step('none', null) : step('update', null, all);
}

/** Scheme and host: the rest is often a secret. */
function originOf({ url }: WebhookSettings): string {
  return url !== undefined && URL.canParse(url) ? new URL(url).origin : '';
}
