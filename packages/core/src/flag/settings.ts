/** The settings that `setFlag` takes: read whole, with every problem named at once, then merged into what is there. */
import { type Issue, SluiceError } from '../error.ts';
import { parseInstant } from '../instant.ts';
import { copyJson, isJsonObject, type JsonValue } from '../json.ts';
import { percentageProblem, percentageToShare, type Share } from '../share.ts';
import { MAX_LABEL_LENGTH, tagIssues, textProblem } from '../text-limits.ts';
import type { Condition } from './condition.ts';
import { FLAG_STATUSES, type Flag, type FlagStatus, type Rule } from './flag.ts';
import { MAX_RULES, MAX_VARIANTS, memberNameProblem, tooManyNames, tooManyProblem } from './flag-limits.ts';
import { nearest } from './nearest.ts';
import { parseCondition } from './parse-condition.ts';
import { type Prerequisite, prerequisiteIssues } from './prerequisite.ts';
import { ruleIssues } from './rule-issues.ts';
import { shown } from './shown.ts';
import { type SplitSettings, splitIssues, splitOf } from './split-form.ts';
import { variantValueIssues } from './variant-values.ts';

/** Absent settings keep what is there. Percentages run from 0 to 100 with up to three decimals. */
export interface FlagSettings {
  readonly enabled?: boolean;
  readonly status?: FlagStatus;
  readonly rolloutPercentage?: number;
  readonly description?: string;
  /** Values by variant name; the default is `{ off: false, on: true }`. */
  readonly variants?: Readonly<Record<string, JsonValue>>;
  readonly offVariant?: string;
  readonly onVariant?: string;
  /**
   * How units that are in divide among variants: percentages by name, 100 in all, or a list of ranges; `{}` gives all of them `onVariant`.
   * Other percentages than before move no more units than they must.
   */
  readonly split?: SplitSettings;
  readonly enabledUsers?: readonly string[];
  readonly enabledGroups?: readonly string[];
  readonly disabledUsers?: readonly string[];
  readonly disabledGroups?: readonly string[];
  readonly conditions?: Condition;
  readonly rules?: readonly (
    | { readonly if: Condition; readonly variant: string }
    | { readonly if: Condition; readonly rolloutPercentage: number }
  )[];
  /** What other flags must serve a unit before this one serves it anything but off. */
  readonly prerequisites?: readonly Prerequisite[];
  readonly bucketBy?: string | null;
  readonly salt?: string;
  readonly owner?: string | null;
  readonly tags?: readonly string[];
  readonly expires?: string | null;
}

type Copied = Pick<
  Flag,
  | 'description'
  | 'variants'
  | 'offVariant'
  | 'onVariant'
  | 'split'
  | 'enabledUsers'
  | 'enabledGroups'
  | 'disabledUsers'
  | 'disabledGroups'
  | 'conditions'
  | 'rules'
  | 'prerequisites'
  | 'bucketBy'
  | 'salt'
  | 'owner'
  | 'tags'
  | 'expiresAt'
>;

export interface ParsedSettings {
  readonly fields: Partial<Copied>;
  readonly enabled: boolean | null;
  readonly status: FlagStatus | null;
  readonly share: Share | null;
  /** Whether the split, if there is one, says which buckets are whose, and not only how many. */
  readonly isSplitExact: boolean;
  /** Whether the settings say anything that a share's owner must agree to. */
  readonly movesShare: boolean;
}

type Reader = (value: unknown, path: string) => { readonly field: Partial<Copied> } | { readonly issues: readonly Issue[] };

/** @throws SluiceError `invalid` with every issue when `settings` breaks a rule; `key` names the flag in the message. */
export function parseFlagSettings(key: string, settings: unknown): ParsedSettings {
  if (!isJsonObject(settings))
    throw invalid(key, [{ path: '', message: `settings must be an object; it is ${shown(settings)}` }]);
  const issues: Issue[] = [];
  let fields: Partial<Copied> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined) continue;
    if (DECISIVE.has(name)) issues.push(...decisiveIssues(name, value));
    else {
      const reader = Object.hasOwn(READERS, name) ? READERS[name as keyof typeof READERS] : undefined;
      const read = reader?.(value, `/${name}`) ?? { issues: [{ path: `/${name}`, message: unknownSetting(name) }] };
      if ('issues' in read) for (const issue of read.issues) issues.push(issue);
      else fields = { ...fields, ...read.field };
    }
  }
  if (issues.length === 0) issues.push(...contradictions(settings as FlagSettings));
  if (issues.length > 0) throw invalid(key, issues);
  const { enabled, status, rolloutPercentage } = settings as FlagSettings;
  return {
    fields,
    enabled: enabled ?? null,
    status: status ?? null,
    share: rolloutPercentage === undefined ? null : percentageToShare(rolloutPercentage, 'rolloutPercentage'),
    isSplitExact: Array.isArray(settings.split),
    movesShare: MOVING.some((name) => settings[name] !== undefined),
  };
}

const MOVING = ['enabled', 'status', 'rolloutPercentage', 'variants', 'offVariant', 'onVariant', 'split', 'salt', 'bucketBy'];
const DECISIVE: ReadonlySet<string> = new Set(['enabled', 'status', 'rolloutPercentage']);

function decisiveIssues(name: string, value: unknown): Issue[] {
  const path = `/${name}`;
  if (name === 'enabled')
    return typeof value === 'boolean' ? [] : [{ path, message: `must be true or false; it is ${shown(value)}` }];
  if (name === 'status')
    return FLAG_STATUSES.includes(value as FlagStatus)
      ? []
      : [{ path, message: `must be one of ${FLAG_STATUSES.join(', ')}; it is ${shown(value)}` }];
  const problem = percentageProblem(value);
  return problem === null ? [] : [{ path, message: `${problem}; it is ${shown(value)}` }];
}

/** Settings that say two things at once are a mistake, whichever of the two was meant. */
function contradictions({ enabled, status, rolloutPercentage }: FlagSettings): Issue[] {
  if (status !== undefined && enabled !== undefined && enabled !== (status !== 'disabled'))
    return [{ path: '/status', message: `is "${status}" and enabled is ${enabled}; give one of them` }];
  if (status === 'enabled' && rolloutPercentage !== undefined && rolloutPercentage !== 100)
    return [
      {
        path: '/rolloutPercentage',
        message: `is ${rolloutPercentage} and status "enabled" serves 100 %; give status "percentage" for a part`,
      },
    ];
  return [];
}

const label =
  (name: 'offVariant' | 'onVariant' | 'salt' | 'bucketBy' | 'owner', form: string): Reader =>
  (value, path) => {
    if (value === null && (name === 'bucketBy' || name === 'owner')) return { field: { [name]: value } };
    const isText = typeof value === 'string' && value !== '';
    const problem = isText ? textProblem(value, MAX_LABEL_LENGTH) : `must be a text that is not empty${form}`;
    return problem === null ? { field: { [name]: value } } : { issues: [{ path, message: `${problem}; it is ${shown(value)}` }] };
  };

const texts =
  (name: 'enabledUsers' | 'enabledGroups' | 'disabledUsers' | 'disabledGroups' | 'tags'): Reader =>
  (value, path) => {
    if (!Array.isArray(value)) return { issues: [{ path, message: `must be a list of texts; it is ${shown(value)}` }] };
    const tooMany = tooManyNames(value, name === 'disabledUsers');
    if (tooMany !== null) return { issues: [{ path, message: tooMany }] };
    const bad = value.findIndex((member) => memberNameProblem(member) !== null);
    if (bad >= 0)
      return { issues: [{ path: `${path}/${bad}`, message: `${memberNameProblem(value[bad])}; it is ${shown(value[bad])}` }] };
    const issues = name === 'tags' ? tagIssues(value as string[], path) : [];
    return issues.length > 0 ? { issues } : { field: { [name]: [...new Set(value as string[])] } };
  };

const READERS: { readonly [K in Exclude<keyof FlagSettings, 'enabled' | 'status' | 'rolloutPercentage'>]-?: Reader } = {
  description: (value, path) => {
    const problem = typeof value === 'string' ? textProblem(value) : 'must be a text';
    if (problem === null) return { field: { description: value as string } };
    return { issues: [{ path, message: `${problem}; it is ${shown(value)}` }] };
  },
  offVariant: label('offVariant', ', the name of a variant'),
  onVariant: label('onVariant', ', the name of a variant'),
  salt: label('salt', '; leave it out to draw by the key of the flag'),
  bucketBy: label('bucketBy', ', or null'),
  owner: label('owner', ', or null'),
  enabledUsers: texts('enabledUsers'),
  enabledGroups: texts('enabledGroups'),
  disabledUsers: texts('disabledUsers'),
  disabledGroups: texts('disabledGroups'),
  tags: texts('tags'),
  variants: readVariants,
  split: readSplit,
  conditions: (value, path) => {
    const parsed = parseCondition(value, path);
    return 'issues' in parsed ? parsed : { field: { conditions: parsed.condition } };
  },
  rules: readRules,
  prerequisites: (value, path) => {
    const issues = prerequisiteIssues(value, path);
    return issues.length > 0 ? { issues } : { field: { prerequisites: copyJson(value) as unknown as readonly Prerequisite[] } };
  },
  expires: (value, path) => {
    const expiresAt = value === null ? null : parseInstant(value);
    if (value === null || expiresAt !== null) return { field: { expiresAt } };
    const message = `must be a date-time with its zone, such as "2027-01-31T00:00:00Z", or null; it is ${shown(value)}`;
    return { issues: [{ path, message }] };
  },
};

/** Values are copied, so that a caller who changes the object afterwards does not change the flag. */
function readVariants(value: unknown, path: string): ReturnType<Reader> {
  const names = isJsonObject(value) ? Object.keys(value) : [];
  const found = names.length === 0 ? `is ${shown(value)}` : `has only ${shown(names[0])}`;
  const form = 'must be an object of at least two JSON values by variant name, such as { off: false, on: true }';
  if (!isJsonObject(value)) return { issues: [{ path, message: `${form}; it ${found}` }] };
  const tooMany = tooManyProblem(names.length, MAX_VARIANTS, 'variants');
  const issues = tooMany === null ? variantValueIssues(value, path) : [{ path, message: tooMany }];
  if (issues.length > 0) return { issues };
  const copy = copyJson(value);
  if (names.length < 2 || copy === undefined) return { issues: [{ path, message: `${form}; it ${found}` }] };
  return { field: { variants: copy as Flag['variants'] } };
}

function readSplit(value: unknown, path: string): ReturnType<Reader> {
  const issues = splitIssues(value, path);
  return issues.length > 0 ? { issues } : { field: { split: splitOf(value) } };
}

function readRules(value: unknown, path: string): ReturnType<Reader> {
  if (!Array.isArray(value)) return { issues: [{ path, message: `must be a list of rules; it is ${shown(value)}` }] };
  const tooMany = tooManyProblem(value.length, MAX_RULES, 'rules');
  if (tooMany !== null) return { issues: [{ path, message: tooMany }] };
  const issues = value.flatMap((rule: unknown, index) => ruleIssues(rule, `${path}/${index}`, 'rolloutPercentage'));
  if (issues.length > 0) return { issues };
  const rules = (value as NonNullable<FlagSettings['rules']>).map(
    (rule): Rule =>
      'variant' in rule
        ? { if: rule.if, variant: rule.variant }
        : { if: rule.if, share: Math.round(rule.rolloutPercentage * 1000) },
  );
  return { field: { rules } };
}

function unknownSetting(name: string): string {
  return `is not a setting of a flag${nearest(name, [...DECISIVE, ...Object.keys(READERS)])}`;
}

function invalid(key: string, issues: readonly Issue[]): SluiceError {
  const all = issues.map((issue) => `${issue.path} ${issue.message}`.trim()).join('; ');
  return new SluiceError('invalid', `flag "${key}": ${all}`, { issues });
}
