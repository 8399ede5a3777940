/** The attributes of units that a test's results are broken down by. */

const MOST = 5;

/** What is wrong with a list of dimensions, as words for after its place; null when nothing is. */
export function dimensionsProblem(input: unknown): string | null {
  const isNames = Array.isArray(input) && input.every((name) => typeof name === 'string' && name !== '');
  if (!isNames) return 'must be a list of names of attributes';
  if (input.length > MOST) return `must have at most ${MOST} names`;
  return new Set(input).size === input.length ? null : 'must name each attribute once';
}

const LONGEST_VALUE = 100;

/** The values of a unit's attributes, as texts; what is neither a text, a number nor a truth value is in no part of the breakdown. Null when nothing is. */
export function dimensionsOf(
  names: readonly string[],
  attributes: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, string>> | null {
  if (attributes === undefined) return null;
  const values = names.flatMap((name): [string, string][] => {
    const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    return ['string', 'number', 'boolean'].includes(typeof value) ? [[name, String(value).slice(0, LONGEST_VALUE)]] : [];
  });
  return values.length === 0 ? null : Object.fromEntries(values);
}
