import type { Condition } from '@sluice/core';
import { compileFlag, decide, newFlag, parseFlagSettings, variantIndexOf } from '@sluice/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Clause, clausesOf, conditionOf } from './clauses.ts';

const SCOPE = { project: 'default', environment: 'production' };
const scalars = fc.constantFrom('pro', 'team', 3, true);
const operators = fc.oneof(
  scalars,
  fc.array(scalars, { maxLength: 3 }),
  fc.record({ eq: scalars, ne: scalars, gte: fc.integer({ min: 0, max: 5 }), exists: fc.boolean() }, { requiredKeys: ['eq'] }),
);
const { condition: conditions } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc
    .record(
      {
        plan: operators,
        age: operators,
        'a/b~c': operators,
        all: fc.array(tie('condition'), { maxLength: 2, depthIdentifier: 'c' }),
        any: fc.array(tie('condition'), { maxLength: 2, depthIdentifier: 'c' }),
        not: fc.oneof({ depthIdentifier: 'c' }, fc.record({ plan: scalars }), tie('condition')),
      },
      { requiredKeys: [] },
    )
    .map((condition) => condition as Condition),
}));
const units = fc.record({ plan: scalars, age: fc.oneof(fc.integer({ min: 0, max: 5 }), scalars) }, { requiredKeys: [] });

function holds(condition: Condition, unit: object): boolean {
  const flag = { ...newFlag('f', SCOPE, 0), status: 'enabled' as const, conditions: condition };
  return variantIndexOf(decide(compileFlag(flag), { userId: 'u', attributes: unit as Record<string, string> })) === 1;
}

describe('lines of a condition', () => {
  it('say the same as the condition, whatever the unit', () => {
    fc.assert(
      fc.property(conditions, fc.array(units, { minLength: 1, maxLength: 8 }), (condition, asked) => {
        const { condition: written } = conditionOf(clausesOf(condition));
        expect(parseFlagSettings('f', { conditions: written }).fields.conditions).toEqual(written);
        for (const unit of asked) expect(holds(written, unit)).toBe(holds(condition, unit));
      }),
      { numRuns: 100 },
    );
  });

  it('each stand where their pointer says', () => {
    fc.assert(
      fc.property(conditions, (condition) => {
        const clauses = clausesOf(condition);
        const { condition: written, pointers } = conditionOf(clauses);
        for (const clause of leaves(clauses)) {
          const pointer = pointers.get(clause.id) as string;
          const found = pointer
            .split('/')
            .slice(1)
            .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
            .reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], written);
          expect(found).toEqual(clause.operand);
        }
      }),
    );
  });

  it('about one attribute become operators of it, and what is said twice a list', () => {
    const line = (id: string, attribute: string, operator: 'eq' | 'gte' | 'lt', operand: string | number): Clause => ({
      id,
      kind: 'attribute',
      attribute,
      operator,
      operand,
    });
    const lines = [
      line('1', 'age', 'gte', 18),
      line('2', 'age', 'lt', 65),
      line('3', 'age', 'gte', 21),
      line('4', 'a/b', 'eq', 'x'),
    ];
    const { condition, pointers } = conditionOf(lines);
    expect(condition).toEqual({ age: { gte: 18, lt: 65 }, 'a/b': 'x', all: [{ age: { gte: 21 } }] });
    expect([...pointers]).toEqual([
      ['1', '/age/gte'],
      ['2', '/age/lt'],
      ['4', '/a~1b'],
      ['3', '/all/0/age/gte'],
    ]);
  });

  it('that are unfinished say nothing, and a group of only such neither', () => {
    const blank: Clause = { id: '1', kind: 'attribute', attribute: ' ', operator: 'eq', operand: 'x' };
    const group: Clause = { id: '2', kind: 'group', holds: 'any', clauses: [blank, { id: '3', kind: 'segment', segments: [] }] };
    expect(conditionOf([blank, group]).condition).toEqual({});
    expect(conditionOf([{ ...group, clauses: [blank, { ...blank, attribute: 'plan' }] }]).condition).toEqual({
      any: [{ plan: 'x' }],
    });
  });
});

function leaves(clauses: readonly Clause[]): Extract<Clause, { kind: 'attribute' }>[] {
  return clauses.flatMap((clause) =>
    clause.kind === 'group' ? leaves(clause.clauses) : clause.kind === 'attribute' ? [clause] : [],
  );
}
