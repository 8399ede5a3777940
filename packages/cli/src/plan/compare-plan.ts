/** What applying a plan would do: pure, the same for `plan diff` and `plan apply`. */
import { DEFAULT_SCOPE, editFlag, type Flag, isRefusal, newFlag, parseFlagSettings, type WebhookSettings } from '@sluice/core';
import { compareFlag } from './compare-flag.ts';
import { type CompareRolloutOptions, compareRollout } from './compare-rollout.ts';
import type { KeptNotification, KeptState } from './kept-state.ts';
import type { Plan, PlannedFlag, PlannedNotification } from './plan.ts';
import type { DoableStep, FlagStep, NotificationStep } from './plan-step.ts';

/** Steps in the order in which they are done: flags that others need before those, then rollouts, then notifications. */
export function comparePlan(plan: Plan, kept: KeptState, options: CompareRolloutOptions, now: number): DoableStep[] {
  const flags = inOrder(plan.flags);
  const flagSteps = flags.map((planned) => compareFlag(planned, kept.flags.get(planned.name), now));
  const rolloutSteps = flags.flatMap((planned, index) => {
    const { rollout } = planned;
    const step = flagSteps[index];
    if (rollout === null || step === undefined) return [];
    return [compareRollout({ ...planned, rollout }, afterwards(step, kept, now), kept, options)];
  });
  return [...flagSteps, ...rolloutSteps, ...plan.notifications.map((planned) => notificationStep(planned, kept.notifications))];
}

function afterwards({ key, action, settings }: FlagStep, kept: KeptState, now: number): Flag | null {
  const before = kept.flags.get(key) ?? newFlag(key, DEFAULT_SCOPE, now);
  if (action === 'refused') return null;
  if (action === 'none' || action === 'left' || action === 'blocked') return before;
  const edited = editFlag(before, { type: 'set', settings: parseFlagSettings(key, settings), force: false }, now);
  return isRefusal(edited) ? null : edited;
}

/** A flag after those that it needs. Circles are the store's to refuse. */
function inOrder(flags: readonly PlannedFlag[]): PlannedFlag[] {
  const named = new Map(flags.map((flag) => [flag.name, flag]));
  const done = new Set<string>();
  const ordered: PlannedFlag[] = [];
  const visit = (flag: PlannedFlag): void => {
    if (done.has(flag.name)) return;
    done.add(flag.name);
    for (const { flag: needed } of flag.settings.prerequisites ?? []) {
      const first = named.get(needed);
      if (first !== undefined) visit(first);
    }
    ordered.push(flag);
  };
  for (const flag of flags) visit(flag);
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
