import { expect, it } from 'vitest';
import { differing, experimentOf, metric, same, totalsOf } from './judged-test.testing.ts';
import type { SubjectTotals } from './ledger.ts';
import { testResult } from './result.ts';

const two = experimentOf([metric('a'), metric('speed', { role: 'guardrail', goal: 'increase' })]);
const concludedOf = (...facts: Parameters<typeof testResult>) => testResult(...facts).conclusion;

it('names the winner with how much better it is and how sure that is, and that no guardrail is worse', () => {
  const conclusion = concludedOf(two, totalsOf({ a: differing(5000), speed: same(5000) }), 900);
  expect(conclusion[0]).toBe('treatment is better than the control.');
  expect(conclusion[1]).toMatch(
    /^a is better in treatment: by \+10 %, and with 95 % confidence between \+\d.* % and \+\d.* %\.$/,
  );
  expect(conclusion[2]).toBe('No guardrail is shown to be worse (speed).');
  expect(conclusion[3]).toContain('may be stopped and the winner shipped');
});

it('says to keep the control where the treatment is worse', () => {
  expect(concludedOf(two, totalsOf({ a: differing(5000, -1), speed: same(5000) }), 900).slice(0, 2)).toEqual([
    'Keep the control: every treatment is worse.',
    expect.stringMatching(/^a is worse in treatment: by −10 %/),
  ]);
});

it('says that several treatments are better where none of them is ahead, and not that something is worse', () => {
  const three = experimentOf([metric('a'), metric('b')], {
    arms: [
      { variant: 'control', component: 'a', weight: 33_334 },
      { variant: 'treatment', component: 'b', weight: 33_333 },
      { variant: 'other', component: 'c', weight: 33_333 },
    ],
  });
  const first = totalsOf({ a: differing(5000), b: differing(5000, 2) });
  const withOther = (a: number, b: number): SubjectTotals => {
    const { treatment } = totalsOf({ a: differing(5000, a), b: differing(5000, b) }).arms;
    return treatment === undefined ? first : { ...first, arms: { ...first.arms, other: treatment } };
  };
  expect(concludedOf(three, withOther(2, 1), 900)).toEqual([
    'treatment and other are each better than the control, and none of them is ahead in every primary metric.',
    ...['a', 'b'].map((name) => expect.stringContaining(`${name} is better in treatment: by +`)),
    ...['a', 'b'].map((name) => expect.stringContaining(`${name} is better in other: by +`)),
  ]);
  expect(concludedOf(three, withOther(2, 3), 900)[0]).toBe('other is better than the control.');
});

it('says that metrics disagree where one is better and another one worse', () => {
  const disagreeing = totalsOf({ a: differing(5000), b: differing(5000, -1) });
  expect(concludedOf(experimentOf([metric('a'), metric('b')]), disagreeing, 900)[0]).toBe(
    'There is no clear winner: something differs, and not all of it for the better.',
  );
});

it('gives no winner where a guardrail is worse', () => {
  const conclusion = concludedOf(two, totalsOf({ a: differing(5000), speed: differing(5000, -2) }), 900);
  expect(conclusion).toEqual([
    'Ship none of it as it is: a guardrail is worse.',
    expect.stringMatching(/^speed is worse in treatment: by −20 %/),
    expect.stringMatching(/^a is better in treatment: by \+10 %/),
  ]);
});

it('says that no difference shown is not none, and how large it may still be', () => {
  const stopped = { ...two, phase: 'stopped' as const, stoppedAt: 1000 };
  expect(concludedOf(stopped, totalsOf({ a: same(5000), speed: same(5000) }), 2000)).toEqual([
    'No difference was shown.',
    expect.stringMatching(/^a in treatment may still differ by anything between −\d.* % and \+\d.* %\.$/),
    'That is not the same as none: a smaller one takes more units to be seen.',
  ]);
});

it('concludes nothing before the start, of too few units, of unlike arms, and without a primary metric', () => {
  const many = totalsOf({ a: differing(5000), speed: same(5000) });
  const first = (...facts: Parameters<typeof testResult>) => concludedOf(...facts)[0];
  expect(first({ ...two, phase: 'draft', startedAt: null }, many, 900)).toBe('The test has not started.');
  expect(first(two, totalsOf({ a: differing(50), speed: same(50) }), 900)).toBe('It is too early to say anything.');
  expect(first(two, totalsOf({ a: differing(5000), speed: same(5000) }, [5000, 9000]), 900)).toContain('not alike');
  expect(first(experimentOf([metric('a', { role: 'secondary' })]), many, 900)).toContain('no metric is primary');
  const once = { ...two, method: 'fixedHorizon' } as const;
  expect(first(once, many, 900)).toContain('Not yet: this test is judged once');
  expect(first({ ...once, phase: 'stopped', stoppedAt: 999 }, many, 900)).toContain('stopped before its planned end');
});
