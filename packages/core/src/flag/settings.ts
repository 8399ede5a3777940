/** The settings that `setFlag` takes: read whole, with every problem named at once, then merged into what is there. */
import { type Issue, SluiceError } from '../error.ts';
import { copyJson, isJsonObject, type JsonValue } from '../json.ts';
import { percentageProblem, percentageToShare, type Share } from '../share.ts';
import type { Condition } from './condition.ts';
import { FLAG_STATUSES, type Flag, type FlagStatus, type Rule, type VariantShare } from './flag.ts';
import { parseCondition } from './parse-condition.ts';

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
  /** How units that are in divide among variants, in percent, 100 in all; `{}` gives all of them `onVariant`. */
  readonly split?: Readonly<Record<string, number>>;
  readonly enabledUsers?: readonly string[];
  readonly enabledGroups?: readonly string[];
  readonly disabledUsers?: readonly string[];
  readonly disabledGroups?: readonly string[];
  readonly conditions?: Condition;
  readonly rules?: readonly (
    | { readonly if: Condition; readonly variant: string }
    | { readonly if: Condition; readonly rolloutPercentage: number }
  )[];
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
  /** Whether the settings say anything that a share's owner must agree to. */
  readonly movesShare: boolean;
}

type Reader = (value: unknown, path: string) => { readonly field: Partial<Copied> } | { readonly issues: readonly Issue[] };

/** @throws SluiceError `invalid` with every issue when `settings` breaks a rule; `key` names the flag in the message. */
export function parseFlagSettings(key: string, settings: unknown): ParsedSettings {
  if (!isJsonObject(settings))
    throw invalid(key, [{ path: '', message: `settings must be an object; it is ${JSON.stringify(settings)}` }]);
  const issues: Issue[] = [];
  let fields: Partial<Copied> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined) continue;
    if (DECISIVE.has(name)) issues.push(...decisiveIssues(name, value));
    else {
      const reader = Object.hasOwn(READERS, name) ? READERS[name as keyof typeof READERS] : undefined;
      const read = reader?.(value, `/${name}`) ?? { issues: [{ path: `/${name}`, message: unknownSetting() }] };
      if ('issues' in read) issues.push(...read.issues);
      else fields = { ...fields, ...read.field };
    }
  }
  if (issues.length > 0) throw invalid(key, issues);
  const { enabled, status, rolloutPercentage } = settings as FlagSettings;
  return {
    fields,
    enabled: enabled ?? null,
    status: status ?? null,
    share: rolloutPercentage === undefined ? null : percentageToShare(rolloutPercentage, 'rolloutPercentage'),
    movesShare: [
      'enabled',
      'status',
      'rolloutPercentage',
      'variants',
      'offVariant',
      'onVariant',
      'split',
      'salt',
      'bucketBy',
    ].some((name) => settings[name] !== undefined),
  };
}

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

const text =
  (name: 'description' | 'offVariant' | 'onVariant' | 'salt'): Reader =>
  (value, path) =>
    typeof value === 'string' && (name === 'description' || value !== '')
      ? { field: { [name]: value } }
      : { issues: [{ path, message: `must be a text; it is ${shown(value)}` }] };

const textOrNull =
  (name: 'bucketBy' | 'owner'): Reader =>
  (value, path) =>
    value === null || (typeof value === 'string' && value !== '')
      ? { field: { [name]: value } }
      : { issues: [{ path, message: `must be a text or null; it is ${shown(value)}` }] };

const texts =
  (name: 'enabledUsers' | 'enabledGroups' | 'disabledUsers' | 'disabledGroups' | 'tags'): Reader =>
  (value, path) => {
    if (!Array.isArray(value)) return { issues: [{ path, message: `must be a list of texts; it is ${shown(value)}` }] };
    const bad = value.findIndex((member) => typeof member !== 'string' || member === '');
    if (bad >= 0)
      return { issues: [{ path: `${path}/${bad}`, message: `must be a text that is not empty; it is ${shown(value[bad])}` }] };
    return { field: { [name]: [...new Set(value as string[])] } };
  };

const READERS: { readonly [K in Exclude<keyof FlagSettings, 'enabled' | 'status' | 'rolloutPercentage'>]-?: Reader } = {
  description: text('description'),
  offVariant: text('offVariant'),
  onVariant: text('onVariant'),
  salt: text('salt'),
  bucketBy: textOrNull('bucketBy'),
  owner: textOrNull('owner'),
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
  expires: (value, path) => {
    const at = value === null ? null : typeof value === 'string' ? Date.parse(value) : Number.NaN;
    return at === null || Number.isFinite(at)
      ? { field: { expiresAt: at } }
      : {
          issues: [{ path, message: `must be an ISO date-time such as "2027-01-31T00:00:00Z", or null; it is ${shown(value)}` }],
        };
  },
};

/** Values are copied, so that a caller who changes the object afterwards does not change the flag. */
function readVariants(value: unknown, path: string): ReturnType<Reader> {
  const copy = isJsonObject(value) ? copyJson(value) : undefined;
  if (copy === undefined || Object.keys(value as object).length < 2)
    return {
      issues: [{ path, message: `must be an object of at least two JSON values by variant name; it is ${shown(value)}` }],
    };
  return { field: { variants: copy as Readonly<Record<string, JsonValue>> } };
}

function readSplit(value: unknown, path: string): ReturnType<Reader> {
  if (!isJsonObject(value))
    return { issues: [{ path, message: `must be an object of percentages by variant name; it is ${shown(value)}` }] };
  const issues = Object.entries(value).flatMap(([variant, part]): Issue[] => {
    const problem = percentageProblem(part);
    return problem === null ? [] : [{ path: `${path}/${variant}`, message: `${problem}; it is ${shown(part)}` }];
  });
  if (issues.length > 0) return { issues };
  const split = Object.entries(value).map(
    ([variant, part]): VariantShare => ({ variant, share: Math.round((part as number) * 1000) }),
  );
  return { field: { split } };
}

function readRules(value: unknown, path: string): ReturnType<Reader> {
  if (!Array.isArray(value)) return { issues: [{ path, message: `must be a list of rules; it is ${shown(value)}` }] };
  const issues: Issue[] = [];
  const rules = value.map((rule: unknown, index): Rule => {
    const at = `${path}/${index}`;
    const given = isJsonObject(rule) ? rule : {};
    const parsed = parseCondition(given.if ?? {}, `${at}/if`);
    if ('issues' in parsed) issues.push(...parsed.issues);
    const condition = 'condition' in parsed ? parsed.condition : {};
    if (typeof given.variant === 'string') return { if: condition, variant: given.variant };
    const problem = percentageProblem(given.rolloutPercentage);
    if (problem !== null)
      issues.push({ path: at, message: 'must say which variant it serves, or a rolloutPercentage from 0 to 100' });
    return { if: condition, share: Math.round(Number(given.rolloutPercentage) * 1000) };
  });
  return issues.length > 0 ? { issues } : { field: { rules } };
}

function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return typeof value === 'object' && value !== null ? 'an object or list' : (JSON.stringify(value) ?? typeof value);
}

function unknownSetting(): string {
  return `is not a setting of a flag; there are enabled, status, rolloutPercentage, ${Object.keys(READERS).join(', ')}`;
}

function invalid(key: string, issues: readonly Issue[]): SluiceError {
  return new SluiceError(
    'invalid',
    `flag "${key}": ${issues.map((issue) => `${issue.path} ${issue.message}`.trim()).join('; ')}`,
    { issues },
  );
}
