/** What may stand in a record or on the wire. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export function isJsonObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two JSON values are the same, whatever the order of their objects' keys. */
export function jsonEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((value, index) => jsonEqual(value, b[index]));
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && jsonEqual(a[key], b[key]));
}

/** A Date or a Map has no entries that say what it is: copied as an object, it would silently become another value. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    Array.isArray(value) || prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
  );
}

/** A deep copy if `value` is JSON (finite numbers, no cycles, at most 64 levels), else undefined. */
export function copyJson(value: unknown, depth = 0): JsonValue | undefined {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'object' || depth >= 64 || !isPlain(value)) return undefined;
  if (Array.isArray(value)) {
    // `map` would pass over the holes of a list.
    const members = Array.from(value, (member: unknown) => copyJson(member, depth + 1));
    return members.includes(undefined) ? undefined : (members as JsonValue[]);
  }
  const entries = Object.entries(value).map(([key, member]) => [key, copyJson(member, depth + 1)] as const);
  if (entries.some(([, member]) => member === undefined)) return undefined;
  // fromEntries defines own properties, so that a key named `__proto__` stays data.
  return Object.fromEntries(entries) as JsonObject;
}
