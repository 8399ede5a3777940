/** A flag without what a new one has anyway, as a journal keeps it: most flags of a large file differ from a new one in a few fields. */
import { isJsonObject } from '../json.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { newFlag } from './edit.ts';
import type { Flag } from './flag.ts';

/** Any of a flag's fields; those left out are as `newFlag` makes them. A whole flag is one too. */
export type ShortFlag = Pick<Flag, 'kind' | 'key' | 'revision' | 'createdAt'> & Partial<Flag>;

const ALWAYS: ReadonlySet<string> = new Set(['kind', 'key', 'revision', 'createdAt']);
const MODEL = newFlag('', DEFAULT_SCOPE, 0);
const FIELDS: ReadonlySet<string> = new Set(Object.keys(MODEL));

export function shortFlag(flag: Flag): ShortFlag {
  const unset: { readonly [field: string]: unknown } = { ...MODEL, salt: flag.key, updatedAt: flag.createdAt };
  const short: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(flag))
    if (ALWAYS.has(field) || !isAsUnset(value, unset[field])) short[field] = value;
  return short as unknown as ShortFlag;
}

function isAsUnset(value: unknown, unset: unknown): boolean {
  if (value === unset) return true;
  if (Array.isArray(value)) return Array.isArray(unset) && value.length === 0;
  // Of variants the order counts too.
  return isJsonObject(value) && isJsonObject(unset) && JSON.stringify(value) === JSON.stringify(unset);
}

/** Field by field, so that ten thousand flags have one form and share what is empty. What this version does not know stays. */
export function wholeFlag(short: ShortFlag): Flag {
  const { key, createdAt } = short;
  const flag: Flag = {
    kind: 'flag',
    scope: short.scope ?? DEFAULT_SCOPE,
    key,
    revision: short.revision,
    description: short.description ?? MODEL.description,
    isComponent: short.isComponent ?? MODEL.isComponent,
    status: short.status ?? MODEL.status,
    share: short.share ?? MODEL.share,
    variants: short.variants ?? MODEL.variants,
    offVariant: short.offVariant ?? MODEL.offVariant,
    onVariant: short.onVariant ?? MODEL.onVariant,
    split: listOf(short.split),
    stageGroups: listOf(short.stageGroups),
    enabledUsers: listOf(short.enabledUsers),
    enabledGroups: listOf(short.enabledGroups),
    disabledUsers: listOf(short.disabledUsers),
    disabledGroups: listOf(short.disabledGroups),
    conditions: short.conditions ?? MODEL.conditions,
    rules: listOf(short.rules),
    prerequisites: listOf(short.prerequisites),
    bucketBy: short.bucketBy ?? null,
    salt: short.salt ?? key,
    owner: short.owner ?? null,
    tags: listOf(short.tags),
    expiresAt: short.expiresAt ?? null,
    shareOwner: short.shareOwner ?? null,
    statusBeforeKill: short.statusBeforeKill ?? null,
    archivedAt: short.archivedAt ?? null,
    createdAt,
    updatedAt: short.updatedAt ?? createdAt,
  };
  for (const field in short) if (!FIELDS.has(field)) return { ...flag, ...short };
  return flag;
}

const NONE: readonly never[] = Object.freeze([]);

function listOf<T>(members: readonly T[] | undefined): readonly T[] {
  return members === undefined || members.length === 0 ? NONE : members;
}
