import { describe, expect, it } from 'vitest';
import type { Criterion, Measurement } from './criterion.ts';
import { judge } from './judge.ts';
import type { ErrorUnits } from './versus-control.ts';

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
const units = (canaryEvents: number, baselineEvents: number, comparisons = 1, canaryShare = 0.1): ErrorUnits => ({
  stages: [{ canaryEvents, baselineEvents, canaryShare }],
  comparisons,
});
const verdictOf = (errorUnits: ErrorUnits | undefined, measurement = measured(0.02, 500), criterion: Partial<Criterion> = {}) =>
  judge({ ...CRITERION, ...criterion }, measurement, SINCE, NOW, errorUnits);

describe('a criterion that compares with the control', () => {
  it('fails on evidence that the change is worse, at any number of samples, and says how much there is', () => {
    const verdict = verdictOf(units(12, 10), measured(0.8, 15));
    expect(verdict).toMatchObject({ verdict: 'fail', cause: 'comparison', value: 0.8, samples: 15 });
    expect(verdict.logE).toBeGreaterThan(Math.log(20));
    expect(verdict.message).toMatch(/^12 units met an error on the change and 10 beside it, where it has 10 % of the traffic: /);
    expect(verdict.message).toMatch(/evidence \d+ : 1 .* harm from 20 : 1$/);
  });

  it('says of slow units that they were slow, and holds where slow values came without any', () => {
    const slow = { metric: 'p95', slowerThan: 300 };
    const verdict = verdictOf(units(12, 10), measured(700, 150), slow);
    expect(verdict).toMatchObject({ verdict: 'fail', cause: 'comparison' });
    expect(verdict.message).toMatch(
      /^12 units met more than 300 on the change and 10 beside it, .* that its rate of slow units is/,
    );
    expect(verdictOf(units(0, 0), measured(301, 500), slow)).toMatchObject({
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
    expect(verdictOf({ stages: rising, comparisons: 1 }).verdict).toBe('pass');
    const slowly = { canaryEvents: 7, baselineEvents: 18, canaryShare: 0.1 };
    expect(verdictOf({ stages: [slowly], comparisons: 1 }).verdict).toBe('pass');
    expect(verdictOf({ stages: [slowly, slowly, slowly], comparisons: 1 }).verdict).toBe('fail');
  });

  it('does not pass where errors are counted without their unit', () => {
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
