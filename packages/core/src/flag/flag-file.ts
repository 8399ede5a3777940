/** What the flag file may say: the seed's six fields, and further ones that appear only when used. */
import { versionProblem } from '../component/version.ts';
import type { Issue } from '../error.ts';
import { parseInstant } from '../instant.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import { percentageProblem, type Share } from '../share.ts';
import { MAX_LABEL_LENGTH, tagIssues, textProblem } from '../text-limits.ts';
import type { Condition } from './condition.ts';
import { FLAG_STATUSES, type FlagStatus, type Rule, type VariantShare } from './flag.ts';
import { MAX_RULES, MAX_VARIANTS, memberNameProblem, tooManyNames, tooManyProblem } from './flag-limits.ts';
import { nearest } from './nearest.ts';
import { parseCondition, pointerPart } from './parse-condition.ts';
import { type Prerequisite, prerequisiteIssues } from './prerequisite.ts';
import { ruleIssues } from './rule-issues.ts';
import { shown } from './shown.ts';
import { splitIssues, splitOf } from './split-form.ts';
import { variantValueIssues } from './variant-values.ts';

/** A flag as the file has it. Fields it does not mention have their defaults. */
export interface FileFlag {
  readonly name: string;
  readonly status: FlagStatus;
  readonly share: Share;
  readonly description: string;
  readonly isComponent: boolean;
  readonly enabledUsers: readonly string[];
  readonly enabledGroups: readonly string[];
  readonly disabledUsers: readonly string[];
  readonly disabledGroups: readonly string[];
  readonly conditions: Condition;
  readonly variants: {
    readonly values: Readonly<Record<string, JsonValue>>;
    readonly off: string;
    readonly on: string;
    readonly split: readonly VariantShare[];
    /** Whether the split says which buckets are whose, and not only how many. */
    readonly isSplitExact: boolean;
  } | null;
  readonly rules: readonly Rule[];
  readonly prerequisites: readonly Prerequisite[];
  readonly bucketBy: string | null;
  readonly salt: string;
  readonly owner: string | null;
  readonly tags: readonly string[];
  readonly expiresAt: number | null;
}

export const MAX_NAME_LENGTH = 256;
type Problem = string | null;
type FieldCheck = (value: unknown, path: string) => readonly Issue[];

/** What most fields answer: ten thousand flags have ten times as many. */
const NO_ISSUES: readonly Issue[] = Object.freeze([]);

const check =
  (problemOf: (value: unknown) => Problem): FieldCheck =>
  (value, path) => {
    const problem = problemOf(value);
    return problem === null ? NO_ISSUES : [{ path, message: `${problem}; it is ${shown(value)}` }];
  };
const text = check((value) => (typeof value === 'string' ? textProblem(value) : 'must be a text'));
const label = check((value) =>
  typeof value === 'string' && value !== '' ? textProblem(value, MAX_LABEL_LENGTH) : 'must be a text that is not empty',
);
const namesUpTo =
  (isOfExcluded: boolean): FieldCheck =>
  (value, path) => {
    if (!Array.isArray(value)) return [{ path, message: `must be a list of texts; it is ${shown(value)}` }];
    if (value.length === 0) return NO_ISSUES;
    const problem = tooManyNames(value, isOfExcluded);
    if (problem !== null) return [{ path, message: problem }];
    return value.flatMap((member: unknown, index): readonly Issue[] => {
      const unnamed = memberNameProblem(member);
      return unnamed === null ? NO_ISSUES : [{ path: `${path}/${index}`, message: `${unnamed}; it is ${shown(member)}` }];
    });
  };
const names = namesUpTo(false);
const tags: FieldCheck = (value, path) => {
  const issues = names(value, path);
  return issues.length > 0 ? issues : tagIssues(value as readonly string[], path);
};
const percentage = check(percentageProblem);

/** Why `value` cannot name a flag, or null. */
export function nameProblem(value: unknown): Problem {
  if (typeof value !== 'string' || value === '') return 'must be a text that is not empty';
  return textProblem(value, MAX_NAME_LENGTH);
}

const CONTROL = /[\p{Cc}\u2028\u2029]/u;

/** Why `value` cannot name something new, or null. What was kept or stands in a file under such a name goes on under it. */
export function newNameProblem(value: unknown): Problem {
  const problem = nameProblem(value);
  if (problem !== null || typeof value !== 'string') return problem;
  const index = value.search(CONTROL);
  if (index < 0) return null;
  const code = value.charCodeAt(index).toString(16).toUpperCase().padStart(4, '0');
  return `must have no line break and no control character; at index ${index} is U+${code}`;
}

const FIELDS: Readonly<Record<string, FieldCheck>> = {
  name: check(nameProblem),
  status: check((value) => (FLAG_STATUSES.includes(value as FlagStatus) ? null : `must be one of ${FLAG_STATUSES.join(', ')}`)),
  rollout_percentage: percentage,
  enabled_users: names,
  enabled_groups: names,
  conditions: (value, path) => {
    const parsed = parseCondition(value, path);
    return 'issues' in parsed ? parsed.issues : [];
  },
  description: text,
  component: check((value) => (typeof value === 'boolean' ? null : 'must be true or false')),
  disabled_users: namesUpTo(true),
  disabled_groups: names,
  variants: (value, path) => variantIssues(value, path, 2),
  rules: rulesIssues,
  prerequisites: prerequisiteIssues,
  bucket_by: label,
  salt: label,
  owner: label,
  tags,
  expires: check((value) =>
    parseInstant(value) !== null ? null : 'must be a date-time with its zone, such as "2027-01-31T00:00:00Z"',
  ),
};
const REQUIRED = ['name', 'status'];
/** The variants of a component are its versions, and the stable one may serve everybody. */
const COMPONENT_FIELDS: Readonly<Record<string, FieldCheck>> = { ...FIELDS, variants: componentIssues };

/** Every issue of one entry of the file's list, with JSON pointers. */
export function fileFlagIssues(value: unknown, path: string): Issue[] {
  if (!isJsonObject(value)) return [{ path, message: `must be an object with at least name and status; it is ${shown(value)}` }];
  const isComponent = value.component === true;
  const [fields, required] = isComponent ? [COMPONENT_FIELDS, [...REQUIRED, 'variants']] : [FIELDS, REQUIRED];
  const issues: Issue[] = [];
  for (const field of required) if (!Object.hasOwn(value, field)) issues.push({ path, message: `lacks "${field}"` });
  const lacking = issues.length;
  for (const field of Object.keys(value)) {
    if (!Object.hasOwn(fields, field)) {
      const message = `is not a field of a flag${nearest(field, Object.keys(FIELDS))}`;
      issues.push({ path: `${path}/${pointerPart(field)}`, message });
      continue;
    }
    // Found below the field first: composing the pointer of every good field would cost more than checking it.
    for (const issue of fields[field]?.(value[field], '') ?? NO_ISSUES)
      issues.push({ ...issue, path: `${path}/${field}${issue.path}` });
  }
  return issues.length === lacking && value.rules !== undefined ? [...issues, ...strangerIssues(value, path)] : issues;
}

/** Rules may serve only the variants that the flag has. */
function strangerIssues(entry: { readonly [field: string]: unknown }, path: string): Issue[] {
  const declared =
    isJsonObject(entry.variants) && isJsonObject(entry.variants.values) ? Object.keys(entry.variants.values) : ['off', 'on'];
  const rules = (entry.rules ?? []) as readonly { readonly variant?: string }[];
  return rules.flatMap((rule, index): Issue[] => {
    const isKnown = rule.variant === undefined || declared.includes(rule.variant);
    return isKnown
      ? []
      : [
          {
            path: `${path}/rules/${index}/variant`,
            message: `must be one of ${declared.join(', ')}; it is ${shown(rule.variant)}`,
          },
        ];
  });
}

function componentIssues(value: unknown, path: string): Issue[] {
  const issues = variantIssues(value, path, 1);
  if (!isJsonObject(value) || !isJsonObject(value.values)) return issues;
  const ofVersions = Object.entries(value.values).flatMap(([version, named]): Issue[] => {
    const at = `${path}/values/${pointerPart(version)}`;
    const problem = version.includes('+') ? 'must not name build metadata' : versionProblem(version);
    if (problem !== null) return [{ path: at, message: `${problem}; it is ${shown(version)}` }];
    return named === version ? [] : [{ path: at, message: `must be "${version}", the version itself; it is ${shown(named)}` }];
  });
  return [...issues, ...ofVersions];
}

/** A flag has at least two variants and its ends differ; a component may have one version, which is both. */
function variantIssues(value: unknown, path: string, least: 1 | 2): Issue[] {
  if (!isJsonObject(value) || !isJsonObject(value.values) || Object.keys(value.values).length < least) {
    return [
      {
        path,
        message: `must be { "values": { at least two (one for a component) }, "off": name, "on": name, "split"?: { name: percentage } or ranges }; ${foundVariants(value)}`,
      },
    ];
  }
  const declared = value.values;
  const tooMany = tooManyProblem(Object.keys(declared).length, MAX_VARIANTS, 'variants');
  if (tooMany !== null) return [{ path: `${path}/values`, message: tooMany }];
  const issues: Issue[] = Object.keys(value)
    .filter((key) => !['values', 'off', 'on', 'split'].includes(key))
    .map((key) => ({ path: `${path}/${pointerPart(key)}`, message: 'is not a field of variants' }));
  issues.push(...variantValueIssues(declared, `${path}/values`));
  for (const end of ['off', 'on'] as const) {
    const name = value[end];
    if (typeof name !== 'string' || !Object.hasOwn(declared, name))
      issues.push({
        path: `${path}/${end}`,
        message: `must be one of ${Object.keys(declared).join(', ')}; it is ${shown(name)}`,
      });
  }
  if (least === 2 && value.off === value.on) issues.push({ path: `${path}/on`, message: 'must differ from off' });
  return value.split === undefined ? issues : [...issues, ...declaredSplitIssues(value.split, declared, `${path}/split`)];
}

function foundVariants(value: unknown): string {
  if (!isJsonObject(value)) return `it is ${shown(value)}`;
  return isJsonObject(value.values)
    ? `its values are ${Object.keys(value.values).map(shown).join(', ') || 'none'}`
    : `its values are ${shown(value.values)}`;
}

function declaredSplitIssues(split: unknown, declared: object, path: string): Issue[] {
  const issues = splitIssues(split, path);
  if (issues.length > 0) return issues;
  const strangers = splitOf(split).flatMap(({ variant }, index): Issue[] => {
    const at = Array.isArray(split) ? `${path}/${index}/variant` : `${path}/${pointerPart(variant)}`;
    return Object.hasOwn(declared, variant) ? [] : [{ path: at, message: 'is not one of the variants' }];
  });
  const total = splitOf(split).reduce((sum, { share }) => sum + share, 0);
  return strangers.length > 0 || total === 100_000 || total === 0
    ? strangers
    : [{ path, message: `must add up to 100; it adds up to ${total / 1000}` }];
}

function rulesIssues(value: unknown, path: string): Issue[] {
  if (!Array.isArray(value)) return [{ path, message: `must be a list of rules; it is ${shown(value)}` }];
  const problem = tooManyProblem(value.length, MAX_RULES, 'rules');
  if (problem !== null) return [{ path, message: problem }];
  return value.flatMap((rule: unknown, index) => ruleIssues(rule, `${path}/${index}`, 'rollout_percentage'));
}
