import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFlag } from '../flag/compile.ts';
import type { Condition } from '../flag/condition.ts';
import { newFlag } from '../flag/edit.ts';
import { evaluateCompiled } from '../flag/evaluate.ts';
import { explainCompiled } from '../flag/explain.ts';
import type { Flag } from '../flag/flag.ts';
import type { Unit } from '../flag/unit.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { segmentOf } from './segment.testing.ts';
import type { Segment } from './segment.ts';
import { SegmentMatchers, segmentLookup } from './segment-matchers.ts';

const NAMES = ['a', 'b', 'c', 'd'];
const named = fc.oneof(fc.constantFrom(...NAMES, 'missing'), fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 }));
const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.constant({ plan: 'pro' }),
  named.map((in_segment) => ({ in_segment })),
  named.map((in_segment) => ({ not: { in_segment }, plan: ['pro', 'free'] })),
  fc.tuple(named, named).map(([one, other]) => ({ any: [{ in_segment: one }, { all: [{ in_segment: other }] }] })),
);
const world = fc.tuple(
  ...NAMES.map((name) =>
    fc.tuple(fc.option(condition), fc.subarray(['u1', 'u2', 'u3'])).map(([own, members]) => segmentOf(name, own, members)),
  ),
);
const unit = fc.record({
  userId: fc.constantFrom('u1', 'u2', 'u9'),
  attributes: fc.record({ plan: fc.constantFrom('pro', 'free', 'x') }),
});

/** Read from the definition, with nothing of ours; a circle is nobody's. */
function isIn(segments: readonly Segment[], key: string, who: Unit): boolean {
  const segment = segments.find((one) => one.key === key);
  if (segment === undefined || leadsBack(segments, key)) return false;
  return segment.members.includes(String(who.userId)) || (segment.condition !== null && holds(segments, segment.condition, who));
}

function holds(segments: readonly Segment[], given: Condition, who: Unit): boolean {
  return Object.entries(given).every(([name, operand]): boolean => {
    if (name === 'in_segment') return [operand].flat().some((key) => isIn(segments, String(key), who));
    if (name === 'not') return !holds(segments, operand as Condition, who);
    if (name === 'all') return (operand as Condition[]).every((member) => holds(segments, member, who));
    if (name === 'any') return (operand as Condition[]).some((member) => holds(segments, member, who));
    return [operand].flat().includes(who.attributes?.[name] as string);
  });
}

/** Whether a way from `key` comes upon a circle. */
function leadsBack(segments: readonly Segment[], key: string, way: readonly string[] = []): boolean {
  if (way.includes(key)) return true;
  const text = JSON.stringify(segments.find((one) => one.key === key)?.condition ?? null);
  return NAMES.some((name) => text.includes(`"${name}"`) && leadsBack(segments, name, [...way, key]));
}

const flagWith = (fields: Partial<Flag>): Flag => ({ ...newFlag('f', DEFAULT_SCOPE, 0), status: 'enabled', ...fields });

describe('segments', () => {
  it('are what their definition says, nested in any way, circles included', () => {
    fc.assert(
      fc.property(world, unit, fc.constantFrom(...NAMES), (segments, who, key) => {
        expect(segmentLookup(segments).holderOf(key).matches(who)).toBe(isIn(segments, key, who));
      }),
      { numRuns: 500 },
    );
  });

  it('answer the same however they came to be what they are', () => {
    fc.assert(
      fc.property(fc.array(world, { minLength: 1, maxLength: 4 }), unit, (history, who) => {
        const matchers = new SegmentMatchers();
        const flag = compileFlag(flagWith({ conditions: { in_segment: NAMES } }), undefined, undefined, matchers);
        for (const segments of history) matchers.apply(segments);
        const fresh = segmentLookup(history.at(-1) ?? []);
        for (const name of NAMES) expect(matchers.holderOf(name).matches(who)).toBe(fresh.holderOf(name).matches(who));
        expect(evaluateCompiled(flag, who, null).value).toBe(NAMES.some((name) => fresh.holderOf(name).matches(who)));
      }),
    );
  });

  it('are asked by the groups of a flag that have their name, besides the groups that the unit carries', () => {
    const matchers = segmentLookup([segmentOf('staff', null, ['ann', '7']), segmentOf('banned', { country: 'XX' })]);
    const lists = flagWith({ status: 'whitelist', enabledGroups: ['staff'], disabledGroups: ['banned'] });
    const answer = (flag: Flag, who: Unit): unknown =>
      evaluateCompiled(compileFlag(flag, undefined, undefined, matchers), who, null).value;
    expect(answer(lists, { userId: 'ann' })).toBe(true);
    expect(answer(lists, { userId: 7 })).toBe(true);
    expect(answer(lists, { userId: 'bob' })).toBe(false);
    expect(answer(lists, { userId: 'bob', groups: ['staff'] })).toBe(true);
    expect(answer(lists, { userId: 'ann', attributes: { country: 'XX' } })).toBe(false);
    expect(answer(flagWith({ status: 'whitelist', stageGroups: ['staff'] }), { userId: 'ann' })).toBe(true);
    expect(answer(flagWith({ disabledGroups: ['banned'] }), { attributes: { country: 'XX' } })).toBe(false);
  });

  it('that are not there match nobody, and explain says which it is', () => {
    const segments = segmentLookup([segmentOf('staff', null, ['ann'])]);
    const flag = compileFlag(flagWith({ conditions: { in_segment: ['staff', 'lost'] } }), undefined, undefined, segments);
    const steps = explainCompiled(flag, { userId: 'bob' }, segments).steps;
    expect(steps.find(({ outcome }) => outcome === 'decided')).toMatchObject({
      step: 'conditions',
      message: 'the conditions do not hold; the unit is not in the segment "staff"; there is no segment "lost"',
    });
  });

  it('cost a flag that names none nothing: it is compiled as if there were none', () => {
    const flag = compileFlag(flagWith({ enabledGroups: ['beta'] }), undefined, undefined, segmentLookup([segmentOf('x', null)]));
    expect(flag).toMatchObject({ namedSegments: null, excludedSegments: null });
  });

  it('say which of them came and went', () => {
    const matchers = new SegmentMatchers();
    const segment = segmentOf('a', null, ['u1']);
    expect([...matchers.apply([segment])]).toEqual(['a']);
    expect([...matchers.apply([{ ...segment, members: [] }])]).toEqual([]);
    expect([...matchers.apply([{ ...segment, deletedAt: 5 }])]).toEqual(['a']);
    expect(matchers.has('a')).toBe(false);
  });

  it('nested beyond the bounds by two who wrote at once match nobody, and their askers still answer', () => {
    const chain = Array.from({ length: 5000 }, (_, index) => segmentOf(`s${index}`, { in_segment: `s${index + 1}` }));
    const segments = segmentLookup([...chain, segmentOf('s5000', null, ['ann'])]);
    const value = (key: string): boolean => segments.holderOf(key).matches({ userId: 'ann' });
    expect([value('s5000'), value('s4993'), value('s4992'), value('s0')]).toEqual([true, true, false, false]);
  });
});
