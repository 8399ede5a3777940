/** What becomes of a flag: only what differs is set, and a kill is never undone. */
import {
  DEFAULT_SCOPE,
  editFlag,
  type Flag,
  type FlagSettings,
  isRefusal,
  type JsonValue,
  jsonEqual,
  newFlag,
  parseFlagSettings,
  servedShare,
  shareToPercentage,
  WHOLE_SHARE,
} from '@sluice/core';
import type { PlannedFlag } from './plan.ts';
import type { FieldChange, FlagStep } from './plan-step.ts';

/** Of a flag that a rollout of the plan moves: where it begins, and no more once it is there. */
const BEGINNING = ['enabled', 'status', 'rolloutPercentage'] as const;
const KILLED = 'it is switched off with what it served kept, and a plan never undoes a kill: sluice flag unkill does';

export function compareFlag(planned: PlannedFlag, kept: Flag | undefined, now: number): FlagStep {
  if (kept === undefined) return created(planned, now);
  if (kept.archivedAt !== null)
    return step(planned, 'refused', [], `it was archived, and its name is not used again; leave it out`);
  const { settings, because } = wanted(planned, kept);
  const parsed = parseFlagSettings(planned.name, settings);
  const edited = editFlag(kept, { type: 'set', settings: parsed, force: false }, now);
  if (isRefusal(edited)) return step(planned, edited.code === 'conflict' ? 'blocked' : 'refused', [], edited.refused);
  const changes = edited === kept ? [] : changedFields(kept, edited);
  if (changes.length === 0) return step(planned, because === null ? 'none' : 'left', [], because);
  const reaches = servedShare(edited) === WHOLE_SHARE && servedShare(kept) < WHOLE_SHARE;
  return { ...step(planned, 'update', changes, because), settings, reachesEverybody: reaches };
}

function created(planned: PlannedFlag, now: number): FlagStep {
  const { name, rollout } = planned;
  const saysBegin = BEGINNING.some((setting) => planned.settings[setting] !== undefined);
  const begin = rollout === null || saysBegin ? {} : ({ status: 'percentage', rolloutPercentage: 0 } as const);
  const settings = { ...planned.settings, ...begin };
  const before = newFlag(name, DEFAULT_SCOPE, now);
  const edited = editFlag(before, { type: 'set', settings: parseFlagSettings(name, settings), force: false }, now);
  if (isRefusal(edited)) return step(planned, 'refused', [], edited.refused);
  const made = { ...step(planned, 'create', changedFields(before, edited), null), settings };
  return { ...made, reachesEverybody: servedShare(edited) === WHOLE_SHARE };
}

function wanted({ settings, rollout }: PlannedFlag, kept: Flag): { settings: FlagSettings; because: string | null } {
  const left: readonly string[] = rollout === null ? [] : BEGINNING;
  const rest = Object.fromEntries(Object.entries(settings).filter(([name]) => !left.includes(name))) as FlagSettings;
  if (kept.statusBeforeKill === null) return { settings: rest, because: null };
  const { enabled, status, ...off } = rest;
  const isRevived = enabled === true || (status !== undefined && status !== 'disabled');
  return { settings: off, because: isRevived || rollout !== null ? KILLED : null };
}

const NOT_TOLD: ReadonlySet<string> = new Set(['revision', 'createdAt', 'updatedAt', 'statusBeforeKill', 'kind', 'scope', 'key']);
const TOLD_AS: Readonly<Record<string, string>> = { share: 'rollout_percentage', expiresAt: 'expires' };

function changedFields(before: Flag, after: Flag): FieldChange[] {
  const names = Object.keys(after).filter((name) => !NOT_TOLD.has(name)) as (keyof Flag)[];
  return names
    .filter((name) => !jsonEqual((before[name] ?? null) as JsonValue, (after[name] ?? null) as JsonValue))
    .map((name) => ({
      field: TOLD_AS[name] ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      from: told(name, before[name]),
      to: told(name, after[name]),
    }));
}

function told(name: keyof Flag, value: unknown): unknown {
  if (name === 'share') return shareToPercentage(value as number);
  return name === 'expiresAt' && typeof value === 'number' ? new Date(value).toISOString() : (value ?? null);
}

function step(
  { name, settings }: PlannedFlag,
  action: FlagStep['action'],
  changes: readonly FieldChange[],
  because: string | null,
): FlagStep {
  return { kind: 'flag', key: name, action, changes, because, reachesEverybody: false, settings };
}
