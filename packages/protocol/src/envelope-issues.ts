/** What is wrong with an envelope, in the words of the product: the place, what would be right there, and what was given. */
import { type Issue, nearest, shown } from '@sluice/core';
import { z } from 'zod';
import { holdsSecrets, isSecret, type JsonSchema, knownMembers, MOST_LISTED, rightAt, schemaAt } from './place-words.ts';

/** Where a part of a request stands. */
export type EnvelopePart = 'body' | 'query' | 'path';

/** A body of 1 MiB has room for half a million faults: so many are told. */
const MOST_ISSUES = 100;

type Path = readonly PropertyKey[];
type Found = z.core.$ZodIssue;

/**
 * Of a part of a request: what it says, with defaults, or what is wrong with it. Places in a body are JSON pointers, `''` is all of it; those of the
 * other parts are their names, such as `query limit`. A member that is not known is placed where it stands.
 */
export type ReadEnvelope = { readonly given: unknown } | { readonly issues: readonly Issue[] };

export function readEnvelope(schema: z.ZodType, value: unknown, part: EnvelopePart): ReadEnvelope {
  const read = schema.safeParse(value);
  return read.success ? { given: read.data } : { issues: issuesIn(schema, value, read.error, part) };
}

function issuesIn(schema: z.ZodType, value: unknown, error: z.ZodError, part: EnvelopePart): Issue[] {
  const whole = jsonSchemaOf(schema);
  const issues = error.issues.slice(0, MOST_ISSUES).flatMap((found) => told(found, whole, value, part));
  return [...new Map(issues.slice(0, MOST_ISSUES).map((issue) => [issueInWords(issue), issue])).values()];
}

/** `query limit must be …`: an issue as a part of a sentence. */
export function issueInWords({ path, message }: Issue): string {
  return `${path === '' ? 'the body' : path} ${message}`;
}

function told(found: Found, whole: JsonSchema, value: unknown, part: EnvelopePart): Issue[] {
  const { path } = found;
  if (found.code === 'unrecognized_keys') {
    const inside = schemaAt(whole, path);
    const known = knownMembers(inside);
    const given = (key: string): string => shownAt(valueAt(value, [...path, key]), holdsSecrets(inside));
    return found.keys.slice(0, MOST_ISSUES).map((key) => ({
      path: placeOf([...path, key], part),
      message: `must be left out: ${unknownMember(key, known, part)}; it is ${given(key)}`,
    }));
  }
  return [{ path: placeOf(path, part), message: `${ruleOf(found, whole, value)}; it is ${givenAt(found, whole, value)}` }];
}

function unknownMember(key: string, known: readonly string[], part: EnvelopePart): string {
  const what = part === 'query' ? 'parameter' : 'member';
  return known.length === 0 ? `there are no ${what}s here` : `there is no ${what} ${shown(key)} here${nearest(key, known)}`;
}

function ruleOf(found: Found, whole: JsonSchema, value: unknown): string {
  if (found.code === 'custom') return found.message;
  const schema = schemaAt(whole, found.code === 'invalid_key' ? found.path.slice(0, -1) : found.path);
  if (found.code !== 'invalid_key') return `must be ${rightAt(schema)}${meantOf(schema, valueAt(value, found.path))}`;
  const { propertyNames = {} } = schema as { readonly propertyNames?: JsonSchema };
  return `must have as its name ${rightAt(propertyNames)}`;
}

/** Of a text that is one of few, which of them it is nearly. */
function meantOf({ enum: among }: JsonSchema, given: unknown): string {
  if (!Array.isArray(among) || typeof given !== 'string') return '';
  const meant = nearest(
    given,
    among.filter((one) => typeof one === 'string'),
  );
  return meant.startsWith(' (') || among.length > MOST_LISTED ? meant : '';
}

function givenAt({ code, path }: Found, whole: JsonSchema, value: unknown): string {
  if (code === 'invalid_key') return shown(String(path.at(-1)));
  return shownAt(valueAt(value, path), isSecret(schemaAt(whole, path)));
}

/** A secret that is refused is a secret still, and so is one under a misspelt name. */
function shownAt(value: unknown, isHidden: boolean): string {
  if (isHidden && typeof value === 'string') return `a text of ${value.length} characters`;
  if (isHidden && typeof value === 'number') return 'a number';
  return shown(value);
}

function placeOf(path: Path, part: EnvelopePart): string {
  if (part !== 'body') return [part, ...path.map(String)].join(' ');
  return path.map((one) => `/${String(one).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** What was given at `path`; undefined where nothing was. */
function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
        ? (inner as Readonly<Record<PropertyKey, unknown>>)[name]
        : undefined,
    value,
  );
}

const JSON_SCHEMAS = new WeakMap<z.ZodType, JsonSchema>();

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const known = JSON_SCHEMAS.get(schema);
  if (known !== undefined) return known;
  const made = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  JSON_SCHEMAS.set(schema, made);
  return made;
}
