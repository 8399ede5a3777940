/** A flag as a document has it: the settings that `setFlag` takes, and what else the record knows. */
import { type Issue, SluiceError } from '../error.ts';
import { newFlag } from '../flag/edit.ts';
import { FLAG_STATUSES, type Flag, type FlagStatus, type Rule } from '../flag/flag.ts';
import { nameProblem } from '../flag/flag-file.ts';
import { variantProblem } from '../flag/merge-settings.ts';
import { prerequisitesOf } from '../flag/prerequisite.ts';
import { parseFlagSettings } from '../flag/settings.ts';
import { shown } from '../flag/shown.ts';
import { formatSplit } from '../flag/split-form.ts';
import type { JsonObject } from '../json.ts';
import type { Scope } from '../scope.ts';
import { percentageToShare, shareToPercentage } from '../share.ts';
import {
  fullText,
  instant,
  jsonObject,
  listOf,
  objectOf,
  oneOf,
  orNull,
  percentage,
  type Shape,
  text,
  yesOrNo,
} from './shape.ts';

/** Fields whose meaning `parseFlagSettings` checks; here only that they are there. */
const BY_SETTINGS: Shape = () => [];
const SETTINGS = [
  'description',
  'variants',
  'offVariant',
  'onVariant',
  'split',
  'enabledUsers',
  'enabledGroups',
  'disabledUsers',
  'disabledGroups',
  'conditions',
  'rules',
  'prerequisites',
  'bucketBy',
  'salt',
  'owner',
  'tags',
  'expires',
] as const;
const SHAPE = objectOf({
  name: (value, path) => {
    const problem = nameProblem(value);
    return problem === null ? [] : [{ path, message: `${problem}; it is ${shown(value)}` }];
  },
  status: oneOf(FLAG_STATUSES),
  rolloutPercentage: percentage,
  statusBeforeKill: orNull(oneOf(FLAG_STATUSES.filter((status) => status !== 'disabled'))),
  isComponent: yesOrNo,
  stageGroups: listOf(fullText),
  shareOwner: orNull(objectOf({ kind: oneOf(['rollout', 'experiment']), key: text })),
  archivedAt: orNull(instant),
  createdAt: instant,
  ...Object.fromEntries(SETTINGS.map((name) => [name, name === 'variants' ? jsonObject : BY_SETTINGS])),
});

export function formatFlagEntry(flag: Flag): JsonObject {
  const date = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
  const { key, status, variants, offVariant, onVariant, bucketBy, salt, owner, tags, description, conditions } = flag;
  const { enabledUsers, enabledGroups, disabledUsers, disabledGroups, stageGroups, statusBeforeKill } = flag;
  return {
    name: key,
    description,
    status,
    rolloutPercentage: shareToPercentage(flag.share),
    statusBeforeKill,
    isComponent: flag.isComponent,
    ...{ variants, offVariant, onVariant },
    split: formatSplit(flag.split),
    ...{ enabledUsers, enabledGroups, disabledUsers, disabledGroups, conditions },
    rules: flag.rules.map(formatRule),
    prerequisites: prerequisitesOf(flag).map(({ flag: needed, variants: serving }) => ({ flag: needed, variants: serving })),
    ...{ bucketBy, salt, owner, tags },
    expires: date(flag.expiresAt),
    stageGroups,
    shareOwner: flag.shareOwner === null ? null : { ...flag.shareOwner },
    archivedAt: date(flag.archivedAt),
    createdAt: new Date(flag.createdAt).toISOString(),
  };
}

function formatRule(rule: Rule): JsonObject {
  return 'variant' in rule
    ? { if: rule.if, variant: rule.variant }
    : { if: rule.if, rolloutPercentage: shareToPercentage(rule.share) };
}

/** The flag at revision 0, with the owner of its share and its stage groups as they were, or every issue. */
export function parseFlagEntry(value: unknown, path: string, scope: Scope, now: number): Flag | readonly Issue[] {
  const issues = SHAPE(value, path);
  if (issues.length > 0) return issues;
  const entry = value as JsonObject;
  const owner = entry.shareOwner as JsonObject | null;
  if (owner !== null && owner.key !== entry.name) {
    const message = `must be ${shown(entry.name)}, because a rollout or test moves the flag of its own name; it is ${shown(owner.key)}`;
    return [{ path: `${path}/shareOwner/key`, message }];
  }
  try {
    const flag = flagOf(entry, scope, now);
    const problem = variantProblem(flag);
    return problem === null ? flag : [{ ...problem, path: `${path}${problem.path}` }];
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return error.issues.map((issue) => ({ ...issue, path: `${path}${issue.path}` }));
  }
}

function flagOf(entry: JsonObject, scope: Scope, now: number): Flag {
  const name = entry.name as string;
  const isComponent = entry.isComponent === true;
  // A component's variants are its versions, of which there may be one alone; planning checks them against the registry.
  const settings = SETTINGS.filter((setting) => !(isComponent && setting === 'variants'));
  const { fields } = parseFlagSettings(name, Object.fromEntries(settings.map((setting) => [setting, entry[setting]])));
  const at = (value: unknown): number | null => (value === null ? null : Date.parse(value as string));
  return {
    ...newFlag(name, scope, now),
    ...fields,
    ...(isComponent ? { isComponent, variants: entry.variants as Flag['variants'] } : {}),
    status: entry.status as FlagStatus,
    share: percentageToShare(entry.rolloutPercentage as number, 'rolloutPercentage'),
    statusBeforeKill: entry.statusBeforeKill as FlagStatus | null,
    stageGroups: entry.stageGroups as readonly string[],
    shareOwner: entry.shareOwner as unknown as Flag['shareOwner'],
    archivedAt: at(entry.archivedAt),
    createdAt: at(entry.createdAt) ?? now,
  };
}
