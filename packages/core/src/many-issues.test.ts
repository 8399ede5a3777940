/** A list that somebody sent is of any length, and a call takes only as many arguments as the stack has room for. */
import { expect, it } from 'vitest';
import { parseFlagFile } from './flag/parse-file.ts';
import { parseFlagSettings } from './flag/settings.ts';
import { DEFAULT_SCOPE } from './scope.ts';
import { exportDocument } from './transfer/document.ts';
import { parseDocument } from './transfer/parse-document.ts';

const MANY = 130_000;
const wide = (value: unknown): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: MANY }, (_, index) => [`attribute-${index}`, value]));

const issuesOf = (parse: () => { readonly issues: readonly unknown[] } | object): number => {
  try {
    const parsed = parse();
    return 'issues' in parsed ? (parsed.issues as readonly unknown[]).length : 0;
  } catch (error) {
    return (error as { issues?: readonly unknown[] }).issues?.length ?? Number.NaN;
  }
};

it('however many places are wrong, each is told, wherever they stand', () => {
  const flags = Array.from({ length: MANY }, () => ({ name: 'a', status: 'disabled' }));
  expect(issuesOf(() => parseFlagFile({ flags }))).toBe(MANY - 1);
  expect(issuesOf(() => parseFlagSettings('f', { conditions: wide([]) }))).toBe(0);
  expect(issuesOf(() => parseFlagSettings('f', { conditions: wide(null) }))).toBe(MANY);
  const document = { ...exportDocument([], DEFAULT_SCOPE, 0), segments: [wide(1)] };
  expect(issuesOf(() => parseDocument(document, DEFAULT_SCOPE, 0))).toBeGreaterThanOrEqual(MANY);
});
