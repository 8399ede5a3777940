/** What two states of a flag's settings differ in, field by field, in words. */
import { type FlagSettings, type JsonValue, jsonEqual } from '@sluice/core';
import { conditionInWords, ruleInWords, valueText } from './condition-words.ts';

export interface FieldDifference {
  readonly field: keyof FlagSettings;
  readonly label: string;
  /** One sentence each, at least one. */
  readonly words: readonly string[];
}

export const FIELD_LABELS: Readonly<Record<keyof FlagSettings, string>> = {
  enabled: 'Status',
  status: 'Status',
  rolloutPercentage: 'Share',
  description: 'Description',
  variants: 'Variants',
  offVariant: 'Off variant',
  onVariant: 'On variant',
  split: 'Weights',
  enabledUsers: 'Users in by name',
  enabledGroups: 'Groups in by name',
  disabledUsers: 'Users out by name',
  disabledGroups: 'Groups out by name',
  conditions: 'Conditions',
  rules: 'Rules',
  prerequisites: 'Prerequisites',
  bucketBy: 'Drawn by',
  salt: 'Salt',
  owner: 'Owner',
  tags: 'Tags',
  expires: 'Expires',
};

const FIELDS = Object.keys(FIELD_LABELS) as readonly (keyof FlagSettings)[];

/** The fields in which the two are not the same. */
export function changedFields(before: FlagSettings, after: FlagSettings): (keyof FlagSettings)[] {
  return FIELDS.filter((field) => !jsonEqual(before[field], after[field]));
}

export function differencesOf(before: FlagSettings, after: FlagSettings): FieldDifference[] {
  return changedFields(before, after).map((field) => ({
    field,
    label: FIELD_LABELS[field],
    words: wordsOf(field, before, after),
  }));
}

function wordsOf(field: keyof FlagSettings, before: FlagSettings, after: FlagSettings): readonly string[] {
  switch (field) {
    case 'enabledUsers':
    case 'enabledGroups':
    case 'disabledUsers':
    case 'disabledGroups':
    case 'tags':
      return membersInWords(before[field] ?? [], after[field] ?? []);
    case 'conditions':
      return [`from: ${conditionInWords(before.conditions ?? {})}`, `to: ${conditionInWords(after.conditions ?? {})}`];
    case 'rules':
      return rulesInWords((before.rules ?? []).map(ruleInWords), (after.rules ?? []).map(ruleInWords));
    case 'variants':
      return entriesInWords(before.variants ?? {}, after.variants ?? {}, valueText);
    case 'split':
      return entriesInWords(weightsOf(before), weightsOf(after), (weight) => `${weight ?? 0} %`);
    case 'prerequisites':
      return membersInWords(neededInWords(before), neededInWords(after));
    case 'rolloutPercentage':
      return [`from ${percentText(before)} to ${percentText(after)}`];
    default:
      return [`from ${valueText(before[field] as JsonValue)} to ${valueText(after[field] as JsonValue)}`];
  }
}

function percentText({ rolloutPercentage, status }: FlagSettings): string {
  return rolloutPercentage === undefined ? (status === 'enabled' ? '100 %' : 'nothing') : `${rolloutPercentage} %`;
}

function neededInWords({ prerequisites = [] }: FlagSettings): string[] {
  return prerequisites.map(({ flag, variants }) => `${flag} serves ${variants.join(' or ')}`);
}

/** Weights by variant, in percent: all ranges of one together. */
export function weightsOf({ split = {} }: FlagSettings): Readonly<Record<string, number>> {
  if (!Array.isArray(split)) return split as Readonly<Record<string, number>>;
  const weights: Record<string, number> = {};
  for (const { variant, percentage } of split as readonly { readonly variant: string; readonly percentage: number }[])
    weights[variant] = Math.round(((weights[variant] ?? 0) + percentage) * 1000) / 1000;
  return weights;
}

const SHOWN = 20;

function membersInWords(before: readonly string[], after: readonly string[]): string[] {
  const [old, now] = [new Set(before), new Set(after)];
  const added = after.filter((member) => !old.has(member)).map((member) => `+ ${member}`);
  const gone = before.filter((member) => !now.has(member)).map((member) => `− ${member}`);
  const all = [...added, ...gone];
  if (all.length === 0) return ['in another order'];
  return all.length <= SHOWN ? all : [...all.slice(0, SHOWN), `and ${all.length - SHOWN} more`];
}

function rulesInWords(before: readonly string[], after: readonly string[]): string[] {
  const [old, now] = [new Set(before), new Set(after)];
  const gone = before.flatMap((words, index) => (now.has(words) ? [] : [`− rule ${index + 1}: ${words}`]));
  const added = after.flatMap((words, index) => (old.has(words) ? [] : [`+ rule ${index + 1}: ${words}`]));
  const all = [...gone, ...added];
  return all.length === 0 ? ['the same in another order', ...after.map((words, index) => `${index + 1}. ${words}`)] : all;
}

function entriesInWords<Value extends JsonValue>(
  before: Readonly<Record<string, Value>>,
  after: Readonly<Record<string, Value>>,
  text: (value: Value | undefined) => string,
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const words = names.flatMap((name): string[] => {
    if (!Object.hasOwn(after, name)) return [`− ${name}: ${text(before[name])}`];
    if (!Object.hasOwn(before, name)) return [`+ ${name}: ${text(after[name])}`];
    return jsonEqual(before[name], after[name]) ? [] : [`${name}: ${text(before[name])} → ${text(after[name])}`];
  });
  return words.length === 0 ? ['in another order'] : words;
}
