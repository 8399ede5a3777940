/** A flag's definition: what of it is the same in all environments of a project. */
import type { Issue } from '../error.ts';
import type { Flag } from '../flag/flag.ts';
import { pointerPart } from '../flag/parse-condition.ts';
import { type FlagSettings, type ParsedSettings, parseFlagSettings } from '../flag/settings.ts';
import { shown } from '../flag/shown.ts';
import { throwIssues } from '../issues.ts';
import { isJsonObject, type JsonValue, jsonEqual } from '../json.ts';

export const FLAG_TYPES = ['boolean', 'string', 'number', 'object'] as const;
export type FlagType = (typeof FLAG_TYPES)[number];

/** Absent settings keep what is there. `offVariant` and `onVariant` are set in all environments, though each may then move its own. */
export interface DefinitionSettings
  extends Pick<FlagSettings, 'variants' | 'offVariant' | 'onVariant' | 'description' | 'owner' | 'tags' | 'expires'> {
  /** What every variant's value must be. */
  readonly type?: FlagType;
}

export type Definition = Pick<Flag, 'variants' | 'description' | 'owner' | 'tags' | 'expiresAt'>;

const SETTINGS = ['type', 'variants', 'offVariant', 'onVariant', 'description', 'owner', 'tags', 'expires'];
const FIELDS = ['variants', 'description', 'owner', 'tags', 'expiresAt'] as const;

/** The settings as those of a flag. @throws SluiceError `invalid` with every issue */
export function parseDefinition(key: string, settings: unknown): ParsedSettings {
  if (!isJsonObject(settings)) return parseFlagSettings(key, settings);
  const strangers = Object.keys(settings)
    .filter((name) => !SETTINGS.includes(name))
    .map(
      (name): Issue => ({
        path: `/${pointerPart(name)}`,
        message: `is each environment's own; all share ${SETTINGS.join(', ')}`,
      }),
    );
  const { type, ...rest } = settings;
  throwIssues(`flag "${key}"`, [...strangers, ...typeIssues(type, settings.variants)]);
  return parseFlagSettings(key, rest);
}

function typeIssues(type: unknown, variants: unknown): Issue[] {
  if (type === undefined) return [];
  if (!FLAG_TYPES.includes(type as FlagType))
    return [{ path: '/type', message: `must be one of ${FLAG_TYPES.join(', ')}; it is ${shown(type)}` }];
  if (!isJsonObject(variants))
    return type === 'boolean' || variants !== undefined
      ? []
      : [{ path: '/variants', message: `must be given for a flag of type ${String(type)}` }];
  return Object.entries(variants).flatMap(([name, value]) =>
    typeOfValue(value) === type
      ? []
      : [{ path: `/variants/${pointerPart(name)}`, message: `must be of type ${String(type)}; it is ${shown(value)}` }],
  );
}

function typeOfValue(value: unknown): string {
  return value === null || Array.isArray(value) ? 'object' : typeof value;
}

/** What all values of the variants are; null when they differ. */
export function flagTypeOf(variants: Readonly<Record<string, JsonValue>>): FlagType | null {
  const [first, ...others] = new Set(Object.values(variants).map(typeOfValue));
  return others.length === 0 ? ((first ?? null) as FlagType | null) : null;
}

/** What of `after`'s definition is not as in `before`; all of it when there was nothing before. */
export function changedDefinition(before: Flag | undefined, after: Flag): Partial<Definition> {
  const changed = FIELDS.filter((field) => before === undefined || !jsonEqual(before[field], after[field]));
  return Object.fromEntries(changed.map((field) => [field, after[field]])) as Partial<Definition>;
}

/** What a flag begins with in an environment where it was not: the definition, and how its units are drawn. */
export function beginningOf(model: Flag): Partial<Flag> {
  const { offVariant, onVariant, salt, bucketBy } = model;
  return { ...changedDefinition(undefined, model), offVariant, onVariant, salt, bucketBy };
}
