import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition } from './condition.ts';
import { compileCondition } from './match.ts';
import { parseCondition } from './parse-condition.ts';
import { MAX_MATCHED_LENGTH } from './pattern-operator.ts';

const holds = (condition: Condition, attributes: Record<string, unknown>, userId?: string): boolean =>
  compileCondition(condition)?.({ userId, attributes }) ?? true;

describe('a condition', () => {
  it('compares without ever converting: another type never matches', () => {
    const cases: [Condition, unknown[], unknown[]][] = [
      [{ a: 'x' }, ['x'], ['X', 1, true, null, undefined, ['x'], { x: 1 }]],
      [{ a: 7 }, [7], ['7', 7n, 7.1, Number.NaN]],
      [{ a: true }, [true], ['true', 1]],
      [{ a: ['x', 2] }, ['x', 2], ['2', 3, ['x']]],
      [{ a: { eq: 'x' } }, ['x'], ['y']],
      [{ a: { ne: 'x' } }, ['y', ''], ['x', 1, null, undefined, ['y']]],
      [{ a: { in: ['x', 'y'] } }, ['x'], ['z', undefined]],
      [{ a: { not_in: ['x', 'y'] } }, ['z'], ['x', 1, undefined, null]],
      [{ a: { gt: 5 } }, [5.1, Number.POSITIVE_INFINITY], [5, '6', Number.NaN, null, new Date(9)]],
      [{ a: { gte: 5 } }, [5], [4.9]],
      [{ a: { lt: 5 } }, [-1], [5, '4']],
      [{ a: { lte: 5, gt: 1 } }, [5, 2], [1, 6]],
      [{ a: { contains: 'bc' } }, ['abcd', ['bc', 'x']], ['ac', ['abcd'], 5, { bc: 1 }]],
      [{ a: { contains: 5 } }, [[1, 5]], ['5', [1]]],
      [{ a: { starts_with: 'ab' } }, ['abc'], ['cab', ['ab']]],
      [{ a: { ends_with: 'bc' } }, ['abc'], ['bca', 5]],
      [{ a: { matches: '^v\\d+$' } }, ['v12'], ['xv12', 12, 'v12\n3']],
      [{ a: { exists: true } }, ['', 0, false, Number.NaN], [undefined, null]],
      [{ a: { exists: false } }, [undefined, null], ['', 0]],
    ];
    for (const [condition, matching, others] of cases) {
      expect(parseCondition(condition, ''), JSON.stringify(condition)).toEqual({ condition });
      for (const value of matching)
        expect(holds(condition, { a: value }), `${JSON.stringify(condition)} with ${String(value)}`).toBe(true);
      for (const value of others)
        expect(holds(condition, { a: value }), `${JSON.stringify(condition)} with ${String(value)}`).toBe(false);
    }
  });

  it('joins attributes by and, and nests all, any and not', () => {
    const condition: Condition = {
      plan: 'pro',
      any: [{ country: 'DE' }, { all: [{ country: 'US' }, { not: { state: 'CA' } }] }],
    };
    expect(holds(condition, { plan: 'pro', country: 'DE' })).toBe(true);
    expect(holds(condition, { plan: 'pro', country: 'US', state: 'NY' })).toBe(true);
    expect(holds(condition, { plan: 'pro', country: 'US', state: 'CA' })).toBe(false);
    expect(holds(condition, { country: 'DE' })).toBe(false);
    expect(holds({}, {})).toBe(true);
    expect(holds({ any: [] }, {})).toBe(false);
    expect(holds({ all: [] }, {})).toBe(true);
  });

  it('reads the unit key as userId unless an attribute has that name', () => {
    expect(holds({ userId: { starts_with: 'test-' } }, {}, 'test-1')).toBe(true);
    expect(holds({ userId: 'x' }, { userId: 'x' }, 'y')).toBe(true);
  });

  it('takes linear time for patterns that hang a backtracking engine, and passes over texts beyond its bound', () => {
    const evil = ['^(a+)+$', '(a|aa)+$', '^(a|a?)+$', '(.*a){20}$', '^(([a-z])+.)+[A-Z]([a-z])+$'];
    for (const pattern of evil) expect(holds({ a: { matches: pattern } }, { a: `${'a'.repeat(10_000)}!` })).toBe(false);
    expect(holds({ a: { matches: 'a' } }, { a: 'a'.repeat(MAX_MATCHED_LENGTH + 1) })).toBe(false);
  });
});

describe('parseCondition', () => {
  it('names the place and the reason of everything that is no condition', () => {
    const issuesOf = (value: unknown) => {
      const parsed = parseCondition(value, '/conditions');
      return 'issues' in parsed ? parsed.issues.map((issue) => issue.path) : [];
    };
    expect(issuesOf(null)).toEqual(['/conditions']);
    expect(issuesOf([])).toEqual(['/conditions']);
    expect(issuesOf({ a: null, b: { gte: '5' }, c: { like: 'x' }, d: {}, e: [{}] })).toEqual([
      '/conditions/a',
      '/conditions/b/gte',
      '/conditions/c/like',
      '/conditions/d',
      '/conditions/e',
    ]);
    expect(issuesOf({ all: { a: 1 }, not: 5, any: [{ 'x/y': { gt: Number.NaN } }] })).toEqual([
      '/conditions/all',
      '/conditions/not',
      '/conditions/any/0/x~1y/gt',
    ]);
    expect(issuesOf({ a: { matches: '(?=x)' } })).toEqual(['/conditions/a/matches']);
    expect(issuesOf({ a: { matches: '(unclosed' } })).toEqual(['/conditions/a/matches']);
    let deep: Condition = { a: 1 };
    for (let i = 0; i < 40; i++) deep = { not: deep };
    expect(issuesOf(deep)).toHaveLength(1);
  });

  it('accepts nothing that then throws when it is compiled and asked', () => {
    fc.assert(
      fc.property(
        fc.object({ maxDepth: 3, key: fc.constantFrom('a', 'all', 'any', 'not', 'gte', 'matches', 'in', 'exists') }),
        fc.anything(),
        (value, attribute) => {
          const parsed = parseCondition(value, '');
          if ('condition' in parsed) expect(typeof holds(parsed.condition, { a: attribute })).toBe('boolean');
        },
      ),
      { numRuns: 1000 },
    );
  });
});
