/** What would be right at a place of an envelope, in words, from the JSON schema of that place. */
import { shown } from '@sluice/core';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schema at `path` below `schema`; what any value fits where it says nothing. */
export function schemaAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema {
  const [first, ...rest] = path;
  if (first === undefined) return schema;
  const inner = typeof first === 'number' ? memberSchema(schema, first) : propertySchema(schema, String(first));
  return schemaAt(inner, rest);
}

/** Names of the members that an object of this schema may have. */
export function knownMembers({ properties }: JsonSchema): readonly string[] {
  return Object.keys((properties ?? {}) as JsonSchema);
}

/** Whether what stands there is told to nobody: a password. */
export function isSecret({ writeOnly }: JsonSchema): boolean {
  return writeOnly === true;
}

export function holdsSecrets({ properties }: JsonSchema): boolean {
  return Object.values(asSchema(properties)).some((one) => isSecret(asSchema(one)));
}

/** `a whole number of 1 to 500`, with what the schema's description says of it. */
export function rightAt(schema: JsonSchema): string {
  const { description } = schema;
  return typeof description === 'string' ? `${kindOf(schema)} (${description})` : kindOf(schema);
}

function memberSchema({ prefixItems, items }: JsonSchema, index: number): JsonSchema {
  const own = Array.isArray(prefixItems) ? prefixItems[index] : undefined;
  return asSchema(own ?? items);
}

function propertySchema({ properties, additionalProperties }: JsonSchema, name: string): JsonSchema {
  const named = asSchema(properties);
  return asSchema(Object.hasOwn(named, name) ? named[name] : additionalProperties);
}

function asSchema(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null ? (value as JsonSchema) : {};
}

/** An enumeration of more members is told by whoever knows which of them was meant. */
export const MOST_LISTED = 12;

function kindOf(schema: JsonSchema): string {
  const { anyOf, type, const: only, enum: among } = schema;
  if (only !== undefined) return shown(only);
  if (Array.isArray(among)) return among.length > MOST_LISTED ? `one of ${among.length} known texts` : listed(among.map(shown));
  if (Array.isArray(anyOf)) return listed(anyOf.map((one) => rightAt(asSchema(one))));
  if (Array.isArray(type)) return listed(type.map((one) => kindOf({ ...schema, type: one })));
  const words = typeof type === 'string' && Object.hasOwn(WORDS, type) ? WORDS[type] : undefined;
  return words === undefined ? 'a JSON value' : words(schema);
}

const WORDS: Readonly<Record<string, (schema: JsonSchema) => string>> = {
  string: ({ minLength, maxLength }) =>
    minLength === 1 && maxLength === undefined
      ? 'a text that is not empty'
      : `a text${bounds(minLength, maxLength, ' characters')}`,
  number: ({ minimum, maximum }) => `a number${bounds(minimum, maximum, '')}`,
  integer: ({ minimum, maximum }) => `a whole number${bounds(withinSafe(minimum), withinSafe(maximum), '')}`,
  boolean: () => 'true or false',
  null: () => 'null',
  array: ({ minItems, maxItems, items }) => `a list${bounds(minItems, maxItems, ' members')}${eachOf(asSchema(items))}`,
  object: () => 'an object',
};

function eachOf(items: JsonSchema): string {
  return items.type === undefined ? '' : `, each ${kindOf(items)}`;
}

/** The largest and smallest integers that JSON keeps exactly are no bound that anybody set. */
function withinSafe(bound: unknown): unknown {
  return typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined;
}

function bounds(least: unknown, most: unknown, of: string): string {
  if (least !== undefined && least === most) return ` of ${least}${of}`;
  if (least !== undefined && most !== undefined) return ` of ${least} to ${most}${of}`;
  if (least !== undefined) return ` of at least ${least}${of}`;
  return most === undefined ? '' : ` of at most ${most}${of}`;
}

function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} or ${last}`;
}
