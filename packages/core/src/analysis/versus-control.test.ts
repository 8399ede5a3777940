import { describe, expect, it } from 'vitest';
import type { EventCounts } from '../statistics/event-test.ts';
import type { ComparedEvents } from './comparison.ts';
import type { Criterion, Measurement } from './criterion.ts';
import { judge } from './judge.ts';
import { countRequests, type RequestCounts } from './request-counts.ts';
import type { ComparedSides } from './versus-control.ts';

const SINCE = 1_000_000;
const NOW = SINCE + 100_000;
const CRITERION: Criterion = {
  name: 'errors',
  metric: 'errorRate',
  source: 'collector',
  max: null,
  min: null,
  versusControl: 1,
  minSamples: 20,
  windowMs: 300_000,
  staleAfterMs: 60_000,
  dryRun: false,
};
const measured = (value: number, samples: number): Measurement => ({ kind: 'value', value, samples, at: NOW });
const units = (canaryEvents: number, baselineEvents: number, comparisons = 1, canaryShare = 0.1): ComparedSides => ({
  compared: { kind: 'events', stages: [{ canaryEvents, baselineEvents, canaryShare }] },
  comparisons,
  stages: 2,
});
const verdictOf = (sides: ComparedSides | undefined, measurement = measured(0.02, 500), criterion: Partial<Criterion> = {}) =>
  judge({ ...CRITERION, ...criterion }, measurement, SINCE, NOW, sides);

const staged = (stages: readonly EventCounts[]): ComparedSides => ({
  compared: { kind: 'events', stages },
  comparisons: 1,
  stages: 2,
});

describe('a criterion that compares with the control', () => {
  it('fails on evidence that the change is worse, at any number of samples, and says how much there is', () => {
    const verdict = verdictOf(units(12, 10), measured(0.8, 15));
    expect(verdict).toMatchObject({ verdict: 'fail', cause: 'comparison', value: 0.8, samples: 15 });
    expect(verdict.logE).toBeGreaterThan(Math.log(20));
    expect(verdict.message).toMatch(/^12 units met an error on the change and 10 beside it, where it has 10 % of the traffic: /);
    expect(verdict.message).toMatch(/evidence \d+ : 1 .* harm from 20 : 1$/);
  });

  it('says at which share each stage met what it met, since the evidence depends on it', () => {
    const stages = [
      { canaryEvents: 2, baselineEvents: 0, canaryShare: 0.01 },
      { canaryEvents: 0, baselineEvents: 0, canaryShare: 0.02 },
      { canaryEvents: 1, baselineEvents: 1, canaryShare: 0.05 },
    ];
    expect(verdictOf(staged(stages), measured(0.5, 20)).message).toMatch(
      /^2 units met an error on the change and 0 beside it, where it had 1 % of the traffic, 1 and 1 at 5 %: evidence /,
    );
  });

  it('does not claim a comparison where nobody is drawn beside the change', () => {
    const words = 'is not compared, since nobody is drawn beside the change in this stage';
    const alone = verdictOf(undefined, measured(0.07, 400));
    expect(alone).toMatchObject({ verdict: 'pass', message: `errorRate is 0.07 over 400 samples; it ${words}` });
    expect(verdictOf(undefined, measured(0.07, 400), { max: 0.1 }).message).toContain(`, within its bound; it ${words}`);
    expect(verdictOf(undefined, measured(0.2, 400), { max: 0.1 })).toMatchObject({ verdict: 'fail' });
  });

  it('says of slow units that they were slow, and holds where only the slow values of the change came without any', () => {
    const slow = { metric: 'p95', slowerThan: 300 };
    const verdict = verdictOf(units(12, 10), measured(700, 150), slow);
    expect(verdict).toMatchObject({ verdict: 'fail', cause: 'comparison' });
    expect(verdict.message).toMatch(
      /^12 units met more than 300 on the change and 10 beside it, .* that its rate of slow units is/,
    );
    expect(verdictOf(units(0, 3), measured(301, 500), slow)).toMatchObject({
      verdict: 'error',
      cause: 'badQuery',
      message: expect.stringContaining('pass { unit } to observe'),
    });
    expect(verdictOf(units(0, 0), measured(300, 500), slow)).toMatchObject({ verdict: 'pass' });
  });

  it('passes what is no worse, whatever the rate itself is, and waits for samples', () => {
    expect(verdictOf(units(50, 450), measured(0.3, 500))).toMatchObject({ verdict: 'pass', cause: null });
    expect(verdictOf(units(0, 0), measured(0, 19)).verdict).toBe('wait');
  });

  it('tolerates the ratio that it is given', () => {
    const twice = units(40, 180);
    expect(verdictOf(twice).verdict).toBe('fail');
    expect(verdictOf(twice, undefined, { versusControl: 2 }).verdict).toBe('pass');
  });

  it('asks for more evidence where several criteria compare', () => {
    expect(verdictOf(units(8, 14)).verdict).toBe('fail');
    expect(verdictOf(units(8, 14, 5)).verdict).toBe('pass');
  });

  it('adds up the evidence of all stages, and is not deceived by errors that rise for everybody', () => {
    const rising = [
      { canaryEvents: 10, baselineEvents: 90, canaryShare: 0.1 },
      { canaryEvents: 150, baselineEvents: 150, canaryShare: 0.5 },
    ];
    expect(verdictOf(staged(rising)).verdict).toBe('pass');
    const slowly = { canaryEvents: 7, baselineEvents: 18, canaryShare: 0.1 };
    expect(verdictOf(staged([slowly])).verdict).toBe('pass');
    expect(verdictOf(staged([slowly, slowly, slowly])).verdict).toBe('fail');
  });

  it('does not pass where errors of the change are counted without their unit, and those beside it with theirs', () => {
    expect(verdictOf(units(0, 12), measured(0.1, 500))).toMatchObject({ verdict: 'error', cause: 'badQuery' });
    expect(verdictOf(units(0, 12), measured(0, 500)).verdict).toBe('pass');
  });

  it('leaves bounds what they are, and is left out where there is no control', () => {
    expect(verdictOf(units(1, 9), measured(0.2, 500), { max: 0.1 })).toMatchObject({ verdict: 'fail', cause: null });
    expect(verdictOf(undefined, measured(0.2, 500))).not.toHaveProperty('logE');
    expect(judge(CRITERION, { kind: 'error', cause: 'provider', message: 'gone' }, SINCE, NOW, units(1, 9))).toMatchObject({
      verdict: 'error',
      cause: 'provider',
    });
  });
});

describe('a criterion that asks for non-inferiority', () => {
  const asked = { versusControl: 2, nonInferiority: true } as const;

  it('waits until the change is shown to be no worse than tolerated, and says how much evidence there is', () => {
    const early = verdictOf(units(2, 18), undefined, asked);
    expect(early).toMatchObject({
      verdict: 'wait',
      message: expect.stringMatching(/not shown to be no worse yet: evidence .* of 20 : 1$/),
    });
    const late = verdictOf(units(20, 180), undefined, asked);
    expect(late).toMatchObject({ verdict: 'pass', comparedBy: 'units' });
    expect(late.logENotWorse).toBeGreaterThan(Math.log(20));
  });

  it('never passes a change just as bad as is not tolerated, and passes without it after the planned bake', () => {
    expect(verdictOf(units(200, 900), undefined, asked).verdict).toBe('wait');
    expect(verdictOf(units(200, 900), undefined, { versusControl: 2 }).verdict).toBe('pass');
  });

  it('fails on harm all the same, and says nothing good of no data', () => {
    expect(verdictOf(units(60, 60), undefined, asked).verdict).toBe('fail');
    expect(verdictOf(units(20, 180), measured(0.02, 5), asked).verdict).toBe('wait');
  });
});

describe('a criterion whose units are not known', () => {
  const interval = (canaryEvents: number, baselineEvents: number) => ({
    from: SINCE,
    to: SINCE + 60_000,
    canaryN: 1000,
    canaryEvents,
    baselineN: 9000,
    baselineEvents,
  });
  const eventsOf = (requests?: RequestCounts): ComparedEvents => ({
    kind: 'events',
    stages: [],
    ...(requests === undefined ? {} : { requests }),
  });
  const requestsOf = (canaryEvents: number, baselineEvents: number) =>
    eventsOf(countRequests(undefined, interval(canaryEvents, baselineEvents), 1.2));
  const sidesOf = (compared: ComparedEvents): ComparedSides => ({ compared, comparisons: 1, stages: 2 });
  const counted = (canaryEvents: number, baselineEvents: number) => sidesOf(requestsOf(canaryEvents, baselineEvents));

  it('compares raw requests, tolerates 1.2 at the least, and says so', () => {
    const harm = verdictOf(counted(40, 90), measured(0.04, 1000));
    expect(harm).toMatchObject({ verdict: 'fail', cause: 'comparison', comparedBy: 'requests' });
    expect(harm.message).toMatch(/^raw requests, not units: 40 of 1000 met an error on the change and 90 of 9000 beside it: /);
    expect(harm.message).toContain('more than 1.2 times');
    const good = verdictOf(counted(11, 90), measured(0.011, 1000));
    expect(good).toMatchObject({ verdict: 'pass', comparedBy: 'requests' });
    expect(good.message).toContain('raw requests, not units');
  });

  it('waits until requests of both sides are counted in this stage', () => {
    expect(verdictOf(sidesOf(eventsOf()), measured(0.04, 1000))).toMatchObject({ verdict: 'wait', comparedBy: 'requests' });
    const before = countRequests(undefined, { ...interval(1, 9), from: SINCE - 60_000, to: SINCE }, 1.2);
    expect(verdictOf(sidesOf(eventsOf(before)), measured(0.04, 1000)).verdict).toBe('wait');
  });

  it('goes by units where any is known', () => {
    const stages = [{ canaryEvents: 10, baselineEvents: 90, canaryShare: 0.1 }];
    const known = sidesOf({ ...requestsOf(400, 90), stages });
    expect(verdictOf(known, measured(0.04, 1000))).toMatchObject({ verdict: 'pass', comparedBy: 'units' });
  });

  it('counts no interval twice', () => {
    const once = countRequests(undefined, interval(5, 40), 1.2);
    expect(countRequests(once, interval(5, 40), 1.2)).toBe(once);
    const next = countRequests(once, { ...interval(5, 40), from: once.until, to: once.until + 60_000 }, 1.2);
    expect(next).toMatchObject({ canaryN: 2000, canaryEvents: 10, baselineEvents: 80, until: SINCE + 120_000 });
  });
});
