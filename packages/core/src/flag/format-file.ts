/** A flag as the file has it, and an edit of the file as an edit of the flag. */
import { type JsonObject, type JsonValue, jsonEqual } from '../json.ts';
import type { Scope } from '../scope.ts';
import { shareToPercentage } from '../share.ts';
import { newFlag } from './edit.ts';
import { BOOLEAN_VARIANTS, type Flag, type Rule } from './flag.ts';
import type { FileFlag } from './flag-file.ts';
import { fileFlag } from './parse-file.ts';
import { prerequisitesOf } from './prerequisite.ts';
import { isFragmented, splitAfter } from './rebalance.ts';
import { formatSplit } from './split-form.ts';

/** The seed's six fields in its order; others only when they say something. Stage groups and owners live in the journal alone. */
export function formatFlag(flag: Flag): JsonObject {
  const used: [string, JsonValue][] = [];
  const use = (field: string, value: JsonValue, isUsed: boolean): void => {
    if (isUsed) used.push([field, value]);
  };
  use('description', flag.description, flag.description !== '');
  use('component', true, flag.isComponent);
  use('disabled_users', flag.disabledUsers, flag.disabledUsers.length > 0);
  use('disabled_groups', flag.disabledGroups, flag.disabledGroups.length > 0);
  use('variants', formatVariants(flag), !isBoolean(flag));
  use('rules', flag.rules.map(formatRule), flag.rules.length > 0);
  const prerequisites = prerequisitesOf(flag).map(({ flag: key, variants }): JsonObject => ({ flag: key, variants }));
  use('prerequisites', prerequisites, prerequisites.length > 0);
  use('bucket_by', flag.bucketBy, flag.bucketBy !== null);
  use('salt', flag.salt, flag.salt !== flag.key);
  use('owner', flag.owner, flag.owner !== null);
  use('tags', flag.tags, flag.tags.length > 0);
  use('expires', flag.expiresAt === null ? null : new Date(flag.expiresAt).toISOString(), flag.expiresAt !== null);
  return {
    name: flag.key,
    status: flag.status,
    rollout_percentage: shareToPercentage(flag.share),
    enabled_users: flag.enabledUsers,
    enabled_groups: flag.enabledGroups,
    conditions: flag.conditions,
    ...Object.fromEntries(used),
  };
}

function isBoolean(flag: Flag): boolean {
  return (
    flag.offVariant === 'off' && flag.onVariant === 'on' && flag.split.length === 0 && jsonEqual(flag.variants, BOOLEAN_VARIANTS)
  );
}

function formatVariants(flag: Flag): JsonObject {
  const split = flag.split.length > 0 ? { split: formatSplit(flag.split) } : {};
  return { values: flag.variants, off: flag.offVariant, on: flag.onVariant, ...split };
}

function formatRule(rule: Rule): JsonObject {
  return 'variant' in rule
    ? { if: rule.if, variant: rule.variant }
    : { if: rule.if, rollout_percentage: shareToPercentage(rule.share) };
}

/** The flag after the file was edited by hand; null when the file says what the flag says. What the file cannot say stays. */
export function mergeFileFlag(existing: Flag | undefined, file: FileFlag, scope: Scope, now: number): Flag | null {
  if (existing === undefined) return createdFlag(file, scope, now);
  const before = { ...existing, prerequisites: prerequisitesOf(existing) };
  const { name, variants, ...fields } = file;
  const killed = file.status === 'disabled' && before.status !== 'disabled';
  const after: Flag = {
    ...before,
    ...fields,
    key: name,
    variants: variants?.values ?? BOOLEAN_VARIANTS,
    offVariant: variants?.off ?? 'off',
    onVariant: variants?.on ?? 'on',
    split: splitAfter(before, variants?.split ?? [], variants?.isSplitExact ?? true),
    statusBeforeKill: file.status !== 'disabled' ? null : killed ? before.status : before.statusBeforeKill,
  };
  return jsonEqual(after, before) ? null : { ...after, revision: before.revision + 1, updatedAt: now };
}

/** Field by field: ten thousand flags that were put together from parts would be slow to make, and large. */
function createdFlag(file: FileFlag, scope: Scope, now: number): Flag {
  const flag = newFlag(file.name, scope, now);
  const { variants } = file;
  return {
    kind: flag.kind,
    scope,
    key: file.name,
    revision: 1,
    description: file.description,
    isComponent: file.isComponent,
    status: file.status,
    share: file.share,
    variants: variants?.values ?? BOOLEAN_VARIANTS,
    offVariant: variants?.off ?? flag.offVariant,
    onVariant: variants?.on ?? flag.onVariant,
    split: variants === null ? flag.split : splitAfter(flag, variants.split, variants.isSplitExact),
    stageGroups: flag.stageGroups,
    enabledUsers: file.enabledUsers,
    enabledGroups: file.enabledGroups,
    disabledUsers: file.disabledUsers,
    disabledGroups: file.disabledGroups,
    conditions: file.conditions,
    rules: file.rules,
    prerequisites: file.prerequisites,
    bucketBy: file.bucketBy,
    salt: file.salt,
    owner: file.owner,
    tags: file.tags,
    expiresAt: file.expiresAt,
    shareOwner: flag.shareOwner,
    statusBeforeKill: flag.statusBeforeKill,
    archivedAt: flag.archivedAt,
    createdAt: now,
    updatedAt: now,
  };
}

/** Whether the file gives a split by weights where the flag keeps ranges, which say more. */
export function saysLess(file: FileFlag, flag: Flag): boolean {
  return isFragmented(flag.split) && file.variants?.isSplitExact === false;
}

/**
 * What an edit of the file means for a flag that was changed since the file was written: `file` is the edited entry, `placed` the flag as
 * the file had it and `current` as it is now. What the edit left alone stays as it is now.
 */
export function rebasedFileFlag(file: FileFlag, placed: Flag, current: Flag): FileFlag {
  const [said, says] = [fileFlag(formatFlag(placed)), fileFlag(formatFlag(current))];
  const fields = Object.keys(file) as (keyof FileFlag)[];
  const edited = fields.filter((field) => !jsonEqual(file[field], said[field])).map((field) => [field, file[field]] as const);
  return { ...says, ...Object.fromEntries(edited) };
}
