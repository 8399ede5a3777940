/** Two environments of a project beside each other, and taking over from one what the other has. */
import type { Change } from '../change.ts';
import { type Refusal, refuse } from '../error.ts';
import type { Attribution } from '../event.ts';
import type { Flag } from '../flag/flag.ts';
import type { FlagFacts } from '../flag/flag-facts.ts';
import { planFlagEdit } from '../flag/plan-edit.ts';
import { prerequisitesOf } from '../flag/prerequisite.ts';
import type { ParsedSettings } from '../flag/settings.ts';
import { type JsonValue, jsonEqual } from '../json.ts';

export const COPIED_PARTS = ['targeting', 'status', 'share'] as const;
/**
 * - `targeting`: who is named, conditions, rules, prerequisites and the attribute that is hashed
 * - `status`: disabled, percentage, enabled or whitelist
 * - `share`: the share, the variants that off and on are, and the split
 */
export type CopiedPart = (typeof COPIED_PARTS)[number];

/** The fields of a flag, and of its settings, that say who is in, and not how many. */
export const TARGETING_FIELDS = [
  'enabledUsers',
  'enabledGroups',
  'disabledUsers',
  'disabledGroups',
  'conditions',
  'rules',
  'prerequisites',
  'bucketBy',
] as const;

const FIELDS = {
  targeting: TARGETING_FIELDS,
  status: ['status'],
  share: ['share', 'offVariant', 'onVariant', 'split'],
} as const;

export interface Difference {
  readonly part: CopiedPart;
  /** The flag's field, as the record has it. */
  readonly field: string;
  readonly from: JsonValue;
  readonly to: JsonValue;
}

export interface FlagComparison {
  readonly key: string;
  /** A component or the flag of a test may be in one environment alone. */
  readonly onlyIn: 'from' | 'to' | null;
  readonly differences: readonly Difference[];
}

/** The flags that are not the same in both, in order of key; archived ones are left out. */
export function compareFlags(from: readonly Flag[], to: readonly Flag[]): FlagComparison[] {
  const living = (flags: readonly Flag[]): Map<string, Flag> =>
    new Map(flags.filter(({ archivedAt }) => archivedAt === null).map((flag) => [flag.key, flag]));
  const [here, there] = [living(from), living(to)];
  const keys = [...new Set([...here.keys(), ...there.keys()])].sort();
  return keys.flatMap((key): FlagComparison[] => {
    const [a, b] = [here.get(key), there.get(key)];
    if (a === undefined || b === undefined) return [{ key, onlyIn: a === undefined ? 'to' : 'from', differences: [] }];
    const differences = differencesOf(a, b);
    return differences.length === 0 ? [] : [{ key, onlyIn: null, differences }];
  });
}

function differencesOf(from: Flag, to: Flag): Difference[] {
  const [a, b] = [from, to].map((flag) => ({ ...flag, prerequisites: prerequisitesOf(flag) })) as [Flag, Flag];
  return COPIED_PARTS.flatMap((part) =>
    FIELDS[part]
      .filter((field) => !jsonEqual(a[field], b[field]))
      .map(
        (field): Difference => ({ part, field, from: a[field] as unknown as JsonValue, to: b[field] as unknown as JsonValue }),
      ),
  );
}

/** Makes the flag of `facts` what `source` is in these parts: an edit like any other, with what it may not do. */
export function planCopyFlag(
  source: Flag,
  facts: FlagFacts,
  parts: readonly CopiedPart[],
  by: Attribution,
  now: number,
): Change | Refusal | null {
  if (source.archivedAt !== null) return refuse(`flag "${source.key}" is archived in "${source.scope.environment}"`);
  if (facts.flag === undefined) return refuse(`flag "${source.key}" does not exist in "${facts.scope.environment}"`, 'notFound');
  return planFlagEdit(facts, { type: 'set', settings: copied(source, parts), force: false }, by, now);
}

function copied(source: Flag, parts: readonly CopiedPart[]): ParsedSettings {
  const has = (part: CopiedPart): boolean => parts.includes(part);
  const { status, share, offVariant, onVariant, split, enabledUsers, enabledGroups, disabledUsers, disabledGroups } = source;
  const { conditions, rules, bucketBy } = source;
  const named = { enabledUsers, enabledGroups, disabledUsers, disabledGroups };
  const targeting = { ...named, conditions, rules, bucketBy, prerequisites: prerequisitesOf(source) };
  return {
    fields: { ...(has('targeting') ? targeting : {}), ...(has('share') ? { offVariant, onVariant, split } : {}) },
    enabled: null,
    status: has('status') ? status : null,
    share: has('share') && !(has('status') && status === 'enabled') ? share : null,
    isSplitExact: true,
    movesShare: has('share') || has('status') || has('targeting'),
  };
}
