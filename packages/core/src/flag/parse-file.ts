/** Reads the flag file's content; the only authority on what it may hold. */
import type { Issue } from '../error.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import type { Condition } from './condition.ts';
import { BOOLEAN_VARIANTS, type FlagStatus, type Rule } from './flag.ts';
import { type FileFlag, fileFlagIssues } from './flag-file.ts';
import { findCycle, type Prerequisite, prerequisiteProblem, shownCycle } from './prerequisite.ts';
import { shown } from './shown.ts';
import { splitOf } from './split-form.ts';

/** The flags in the file's order, or every issue at once. Nothing is clamped, guessed or left out. */
export function parseFlagFile(value: unknown): { readonly flags: readonly FileFlag[] } | { readonly issues: readonly Issue[] } {
  if (!isJsonObject(value) || !Array.isArray(value.flags)) {
    return {
      issues: [
        {
          path: '',
          message: `must be an object with a list "flags"; ${isJsonObject(value) ? 'its flags are' : 'it is'} ${shown(isJsonObject(value) ? value.flags : value)}`,
        },
      ],
    };
  }
  const strangers = Object.keys(value).filter((key) => key !== 'flags' && key !== '$schema');
  if (value.$schema !== undefined && typeof value.$schema !== 'string')
    return { issues: [{ path: '/$schema', message: `must be a text; it is ${shown(value.$schema)}` }] };
  const issues: Issue[] = strangers.map((key) => ({
    path: `/${key}`,
    message: 'is not a field of the flag file; there are flags and $schema',
  }));
  const entries: readonly unknown[] = value.flags;
  for (const [index, entry] of entries.entries())
    for (const issue of fileFlagIssues(entry, `/flags/${index}`)) issues.push(issue);
  for (const issue of duplicateIssues(entries)) issues.push(issue);
  if (issues.length > 0) return { issues };
  const flags = entries.map((entry) => fileFlag(entry as { readonly [field: string]: JsonValue }));
  const unfit = flags.some((flag) => flag.prerequisites.length > 0) ? unfitPrerequisites(flags) : [];
  return unfit.length > 0 ? { issues: unfit } : { flags };
}

/** A file holds every flag, so a prerequisite that it does not have is a mistake. */
function unfitPrerequisites(flags: readonly FileFlag[]): Issue[] {
  const places = new Map(flags.map((flag, index) => [flag.name, index]));
  const byName = new Map(flags.map((flag) => [flag.name, { variants: flag.variants?.values ?? BOOLEAN_VARIANTS }]));
  const strangers = flags.flatMap((flag, index) =>
    flag.prerequisites.flatMap((prerequisite, member): Issue[] => {
      const problem = prerequisiteProblem(prerequisite, byName, () => [...byName.keys()]);
      return problem === null ? [] : [{ path: `/flags/${index}/prerequisites/${member}`, message: problem }];
    }),
  );
  if (strangers.length > 0) return strangers;
  const neededBy = (name: string): readonly string[] =>
    (flags[places.get(name) ?? -1]?.prerequisites ?? []).map(({ flag }) => flag);
  const cycle = findCycle(byName.keys(), neededBy);
  if (cycle === null) return [];
  const [first = '', second = ''] = cycle;
  const member = neededBy(first).indexOf(second);
  const path = `/flags/${places.get(first)}/prerequisites/${member}`;
  return [{ path, message: `leads in a circle: ${shownCycle(cycle)}` }];
}

function duplicateIssues(entries: readonly unknown[]): Issue[] {
  const first = new Map<unknown, number>();
  return entries.flatMap((entry, index): Issue[] => {
    const name = isJsonObject(entry) ? entry.name : undefined;
    const earlier = first.get(name);
    if (name !== undefined && earlier !== undefined)
      return [{ path: `/flags/${index}/name`, message: `is "${String(name)}" again; /flags/${earlier} has that name` }];
    first.set(name, index);
    return [];
  });
}

/** An entry that was found to be good. */
export function fileFlag(entry: { readonly [field: string]: JsonValue }): FileFlag {
  const list = (field: string): readonly string[] => distinctNames((entry[field] ?? NONE) as readonly string[]);
  const name = entry.name as string;
  return {
    name,
    status: entry.status as FlagStatus,
    share: shareOf(entry.rollout_percentage ?? 0),
    description: (entry.description ?? '') as string,
    isComponent: entry.component === true,
    enabledUsers: list('enabled_users'),
    enabledGroups: list('enabled_groups'),
    disabledUsers: list('disabled_users'),
    disabledGroups: list('disabled_groups'),
    conditions: (entry.conditions ?? NO_CONDITION) as Condition,
    variants: entry.variants === undefined ? null : fileVariants(entry.variants as { readonly [field: string]: JsonValue }),
    rules: entry.rules === undefined ? NONE : (entry.rules as readonly { readonly [field: string]: JsonValue }[]).map(fileRule),
    prerequisites: (entry.prerequisites ?? NONE) as unknown as readonly Prerequisite[],
    bucketBy: (entry.bucket_by ?? null) as string | null,
    salt: (entry.salt ?? name) as string,
    owner: (entry.owner ?? null) as string | null,
    tags: list('tags'),
    expiresAt: entry.expires === undefined ? null : Date.parse(entry.expires as string),
  };
}

/** Shared by all flags: ten thousand empty lists would be a megabyte. */
const NONE: readonly never[] = Object.freeze([]);
const NO_CONDITION: Condition = Object.freeze({});

function distinctNames(names: readonly string[]): readonly string[] {
  return names.length === 0 ? NONE : [...new Set(names)];
}

function fileVariants(variants: { readonly [field: string]: JsonValue }): FileFlag['variants'] {
  return {
    values: variants.values as Readonly<Record<string, JsonValue>>,
    off: variants.off as string,
    on: variants.on as string,
    split: splitOf(variants.split ?? {}),
    isSplitExact: Array.isArray(variants.split),
  };
}

function fileRule(rule: { readonly [field: string]: JsonValue }): Rule {
  const condition = (rule.if ?? {}) as Condition;
  return typeof rule.variant === 'string'
    ? { if: condition, variant: rule.variant }
    : { if: condition, share: shareOf(rule.rollout_percentage ?? 0) };
}

function shareOf(percentage: JsonValue): number {
  return Math.round((percentage as number) * 1000);
}
