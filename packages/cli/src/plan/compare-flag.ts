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
  type Refusal,
  type RolloutSettings,
  servedShare,
  shareToPercentage,
  WHOLE_SHARE,
} from '@sluice/core';
import { inCommands } from '../library-words.ts';
import type { PlannedFlag } from './plan.ts';
import type { FieldChange, FlagStep } from './plan-step.ts';

/** Of a flag that a rollout of the plan moves: where it begins, and no more once it is there. */
const BEGINNING = ['enabled', 'status', 'rolloutPercentage'] as const;
/** What a rollout to another variant writes besides. */
const BETWEEN_VARIANTS = ['onVariant', 'offVariant', 'split'] as const;
const KILLED = 'it is switched off with what it served kept, and a plan never undoes a kill: sluice flag unkill does';

export function compareFlag(planned: PlannedFlag, kept: Flag | undefined, now: number): FlagStep {
  if (kept === undefined) return created(planned, now);
  if (kept.archivedAt !== null)
    return step(planned, 'refused', [], `it was archived, and its name is not used again; leave it out`);
  const { settings: all, because } = wanted(planned, kept);
  const settings = withoutWhatStands(planned.name, all, kept, now);
  const parsed = parseFlagSettings(planned.name, settings);
  const edited = editFlag(kept, { type: 'set', settings: parsed, force: false }, now);
  if (isRefusal(edited)) return step(planned, edited.code === 'conflict' ? 'blocked' : 'refused', [], whyNot(edited));
  const changes = edited === kept ? [] : changedFields(kept, edited);
  if (changes.length === 0) return step(planned, because === null ? 'none' : 'left', [], because);
  const reaches = servedShare(edited) === WHOLE_SHARE && servedShare(kept) < WHOLE_SHARE;
  return { ...step(planned, 'update', changes, because), settings, reachesEverybody: reaches };
}

/** A plan overrides no rollout. */
function whyNot({ refused }: Refusal): string {
  return inCommands(refused.replace(/, or pass force: true.*$/, ''));
}

function created(planned: PlannedFlag, now: number): FlagStep {
  const { name } = planned;
  const settings = atBeginning(planned);
  const before = newFlag(name, DEFAULT_SCOPE, now);
  const edited = editFlag(before, { type: 'set', settings: parseFlagSettings(name, settings), force: false }, now);
  if (isRefusal(edited)) return step(planned, 'refused', [], edited.refused);
  const made = { ...step(planned, 'create', changedFields(before, edited), null), settings };
  return { ...made, reachesEverybody: servedShare(edited) === WHOLE_SHARE };
}

function wasNeverOn({ status, statusBeforeKill }: Flag): boolean {
  return status === 'disabled' && statusBeforeKill === null;
}

function atBeginning({ settings, rollout }: PlannedFlag): FlagSettings {
  const saysBegin = BEGINNING.some((setting) => settings[setting] !== undefined);
  return rollout === null || saysBegin ? settings : { ...settings, status: 'percentage', rolloutPercentage: 0 };
}

function wanted(planned: PlannedFlag, kept: Flag): { settings: FlagSettings; because: string | null } {
  // A flag comes to every environment when it is made in one: where it was never on, it begins now.
  if (planned.rollout !== null && wasNeverOn(kept)) return { settings: atBeginning(planned), because: null };
  const { settings, rollout } = planned;
  const left: readonly string[] = rollout === null ? [] : writtenBy(rollout);
  const rest = Object.fromEntries(Object.entries(settings).filter(([name]) => !left.includes(name))) as FlagSettings;
  if (kept.statusBeforeKill === null) return { settings: rest, because: null };
  const { enabled, status, ...off } = rest;
  const isRevived = enabled === true || (status !== undefined && status !== 'disabled');
  return { settings: off, because: isRevived || rollout !== null ? KILLED : null };
}

function writtenBy({ toVariant, toVersion }: RolloutSettings): readonly string[] {
  return toVariant === undefined && toVersion === undefined ? BEGINNING : [...BEGINNING, ...BETWEEN_VARIANTS];
}

/** Where the words to which the owner of the share must agree say what is so already, they are left out: there is nothing to agree to. */
function withoutWhatStands(name: string, settings: FlagSettings, kept: Flag, now: number): FlagSettings {
  if (kept.shareOwner === null) return settings;
  const words = Object.entries(settings).filter(([word, value]) => !parseFlagSettings(name, { [word]: value }).movesShare);
  const rest: FlagSettings = Object.fromEntries(words);
  const [all, part] = [settings, rest].map((given) =>
    editFlag(kept, { type: 'set', settings: parseFlagSettings(name, given), force: true }, now),
  );
  return jsonEqual(all as unknown as JsonValue, part as unknown as JsonValue) ? rest : settings;
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
