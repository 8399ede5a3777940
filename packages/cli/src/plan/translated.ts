/** From the words of a plan to those of the library, and faults of the library back to the places of the plan. */
import { type Issue, isJsonObject, nearest } from '@sluice/core';
import { parseDuration } from '../duration.ts';
import type { Words } from './plan-words.ts';

/** `key` says that the key itself is wrong. */
export interface PlanIssue extends Issue {
  readonly part?: 'key' | 'value';
}

export interface Translated {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly issues: readonly PlanIssue[];
}

/** `what` is said of an unknown key: it is no setting of …. Parts that are of no known form are left to the library to refuse. */
export function translated(value: unknown, words: Words, path: string, what: string): Translated {
  if (!isJsonObject(value)) return { settings: {}, issues: [{ path, message: `must be a mapping; it is ${shown(value)}` }] };
  const issues: PlanIssue[] = [];
  const settings = Object.entries(value).map(([key, part]): [string, unknown] => {
    const at = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const word = Object.hasOwn(words, key) ? words[key] : undefined;
    if (word === undefined) {
      issues.push({ path: at, part: 'key', message: `"${key}" is not a setting of ${what}${nearest(key, Object.keys(words))}` });
      return [key, undefined];
    }
    if (word.read === 'value') return [word.name, part];
    if (word.read === 'duration') return [word.name, durationIn(part, at, issues)];
    const inner = 'one' in word.read ? word.read.one : word.read.each;
    if ('one' in word.read) return [word.name, isJsonObject(part) ? taken(part, inner, at, issues) : part];
    const isList = Array.isArray(part);
    return [
      word.name,
      isList ? part.map((one, index) => (isJsonObject(one) ? taken(one, inner, `${at}/${index}`, issues) : one)) : part,
    ];
  });
  return { settings: Object.fromEntries(settings.filter(([, part]) => part !== undefined)), issues };
}

function taken(value: unknown, words: Words, path: string, issues: PlanIssue[]): unknown {
  const what = path.replace(/^.*\/([a-z_]+)(?:\/\d+)?$/, '$1').replace(/ies$/, 'y');
  const inner = translated(value, words, path, ONE_OF[what] ?? what);
  issues.push(...inner.issues);
  return inner.settings;
}

const ONE_OF: Readonly<Record<string, string>> = {
  stages: 'a stage',
  criteria: 'a criterion',
  freeze_windows: 'a freeze window',
  weekly: 'a weekly window',
  schedule: 'a scheduled edit',
  rules: 'a rule',
  prerequisites: 'a prerequisite',
};

function durationIn(value: unknown, path: string, issues: PlanIssue[]): number | undefined {
  const ms = parseDuration(value);
  if (ms !== null) return ms;
  issues.push({ path, message: `must be a duration such as 90s, 10m, 1h30m or 2d; it is ${shown(value)}` });
  return undefined;
}

export function shown(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** `/stages/0/bakeMs` of the library as `/stages/0/bake` of the plan. */
export function inPlan(path: string, words: Words): string {
  const [, first = '', ...rest] = path.split('/');
  if (first === '') return '';
  const [key, word] = Object.entries(words).find(([, { name }]) => name === first) ?? [first];
  if (word === undefined || typeof word.read === 'string') return ['', key, ...rest].join('/');
  if ('one' in word.read) return `/${key}${inPlan(['', ...rest].join('/'), word.read.one)}`;
  const [index, ...deeper] = rest;
  if (index === undefined) return `/${key}`;
  return `/${key}/${index}${inPlan(['', ...deeper].join('/'), word.read.each)}`;
}

/** Faults that the library found, where they stand in the plan. */
export function placed(found: readonly PlanIssue[], words: Words, path: string): PlanIssue[] {
  return found.map((issue) => ({ ...issue, path: `${path}${inPlan(issue.path, words)}`, message: sayInPlan(issue.message) }));
}

/** Names of the library in a message, as the plan has them. */
export function sayInPlan(message: string): string {
  const more = message
    .replaceAll(', milliseconds since 1970 or a Date', '')
    .replaceAll('milliseconds', 'time')
    .replace('give `validate`, `criteria`', 'give `validator`, `criteria`')
    .replace(/is not an option of startRollout/, 'is not a setting of a rollout');
  return more.replace(
    /\b(?:targetPercentage|rolloutPercentage|toVariant|toVersion|versusControl|slowerThan|offVariant|onVariant|minSamples)\b/g,
    (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
}
