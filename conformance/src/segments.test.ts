import { readFileSync } from 'node:fs';
import {
  type Condition,
  compileFlag,
  DEFAULT_SCOPE,
  evaluateCompiled,
  type Flag,
  newFlag,
  SegmentMatchers,
  type Unit,
} from '@sluice/core';
import { expect, it } from 'vitest';

interface Vectors {
  readonly segments: readonly {
    readonly name: string;
    readonly condition: Condition | null;
    readonly members: readonly string[];
  }[];
  readonly cases: readonly { readonly condition: Condition; readonly unit: Unit; readonly expected: boolean }[];
  readonly groups: readonly {
    readonly enabledGroups: readonly string[];
    readonly disabledGroups?: readonly string[];
    readonly unit: Unit;
    readonly expected: boolean;
  }[];
}
const vectors = JSON.parse(readFileSync(new URL('../vectors/segments.json', import.meta.url), 'utf8')) as Vectors;

const matchers = new SegmentMatchers();
matchers.apply(
  vectors.segments.map(({ name, condition, members }) => ({
    kind: 'segment',
    scope: DEFAULT_SCOPE,
    key: name,
    revision: 1,
    ...{ description: '', condition, members, tags: [], deletedAt: null, createdAt: 0, updatedAt: 0 },
  })),
);

function served(fields: Partial<Flag>, unit: Unit): unknown {
  const compiled = compileFlag({ ...newFlag('f', DEFAULT_SCOPE, 0), ...fields }, undefined, undefined, matchers);
  return evaluateCompiled(compiled, unit, null).value;
}

it('the segments of the vectors hold for the units that they say, and for no others', () => {
  for (const { condition, unit, expected } of vectors.cases)
    expect(served({ status: 'enabled', conditions: condition }, unit), JSON.stringify({ condition, unit })).toBe(expected);
});

it('a group of a flag is also the segment of its name', () => {
  for (const { enabledGroups, disabledGroups = [], unit, expected } of vectors.groups)
    expect(served({ status: 'whitelist', enabledGroups, disabledGroups }, unit), JSON.stringify({ enabledGroups, unit })).toBe(
      expected,
    );
});
