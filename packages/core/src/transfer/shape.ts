/** What a part of a document must look like, as data: every issue of a value with its JSON pointer. */
import type { Issue } from '../error.ts';
import { nearest } from '../flag/nearest.ts';
import { pointerPart } from '../flag/parse-condition.ts';
import { shown } from '../flag/shown.ts';
import { copyJson, isJsonObject } from '../json.ts';
import { percentageProblem } from '../share.ts';
import { tagIssues, textProblem } from '../text-limits.ts';

export type Shape = (value: unknown, path: string) => readonly Issue[];

function check(problemOf: (value: unknown) => string | null): Shape {
  return (value, path) => {
    const problem = problemOf(value);
    return problem === null ? [] : [{ path, message: `${problem}; it is ${shown(value)}` }];
  };
}

export const text = check((value) => (typeof value === 'string' ? null : 'must be a text'));
export const fullText = check((value) => (typeof value === 'string' && value !== '' ? null : 'must be a text that is not empty'));
/** What people wrote, as far as a record takes it. */
export const description = check((value) => (typeof value === 'string' ? textProblem(value) : 'must be a text'));
export const tags: Shape = (value, path) => {
  const issues = listOf(fullText)(value, path);
  return issues.length > 0 ? issues : tagIssues(value as readonly string[], path);
};
export const yesOrNo = check((value) => (typeof value === 'boolean' ? null : 'must be true or false'));
export const finite = check((value) => (Number.isFinite(value) ? null : 'must be a finite number'));
export const percentage = check(percentageProblem);
/** An ISO date-time that says its zone and that no time is lost of. */
export const instant = check((value) =>
  typeof value === 'string' && Number.isFinite(Date.parse(value)) && new Date(value).toISOString() === value
    ? null
    : 'must be an ISO date-time such as "2027-01-31T00:00:00.000Z"',
);

export function numberFrom(least: number, most = Number.MAX_SAFE_INTEGER): Shape {
  const problem = `must be a number from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`}`;
  return check((value) => (typeof value === 'number' && value >= least && value <= most ? null : problem));
}

export function wholeFrom(least: number): Shape {
  return check((value) =>
    Number.isSafeInteger(value) && Number(value) >= least ? null : `must be a whole number from ${least}`,
  );
}

export function oneOf(known: readonly string[]): Shape {
  return check((value) => (known.includes(value as string) ? null : `must be one of ${known.join(', ')}`));
}

export function orNull(shape: Shape): Shape {
  return (value, path) => (value === null ? [] : shape(value, path));
}

export function listOf(shape: Shape): Shape {
  return (value, path) =>
    Array.isArray(value)
      ? value.flatMap((member: unknown, index) => shape(member, `${path}/${index}`))
      : [{ path, message: `must be a list; it is ${shown(value)}` }];
}

/** An object of just these fields, all of them needed but the `optional` ones. */
export function objectOf(fields: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape {
  return (value, path) => {
    if (!isJsonObject(value)) return [{ path, message: `must be an object; it is ${shown(value)}` }];
    const present = Object.entries(optional).filter(([key]) => Object.hasOwn(value, key));
    const wanted: Readonly<Record<string, Shape>> = { ...fields, ...Object.fromEntries(present) };
    const known = [...Object.keys(fields), ...Object.keys(optional)];
    const strangers = Object.keys(value)
      .filter((key) => !known.includes(key))
      .map((key) => ({ path: `${path}/${pointerPart(key)}`, message: `is not a field here${nearest(key, known)}` }));
    const members = Object.entries(wanted).flatMap(([key, shape]) => memberIssues(value, key, shape, path));
    return [...strangers, ...members];
  };
}

/** What is not there is told of with what would be right, like what is wrong. */
function memberIssues(object: Readonly<Record<string, unknown>>, key: string, shape: Shape, path: string): readonly Issue[] {
  const place = `${path}/${pointerPart(key)}`;
  if (Object.hasOwn(object, key)) return shape(object[key], place);
  const issues = shape(undefined, place);
  return issues.length > 0 ? issues : [{ path: place, message: 'must be given; it is missing' }];
}

/** Any JSON object. */
export const jsonObject: Shape = (value, path) =>
  isJsonObject(value) && copyJson(value) !== undefined ? [] : [{ path, message: `must be a JSON object; it is ${shown(value)}` }];
