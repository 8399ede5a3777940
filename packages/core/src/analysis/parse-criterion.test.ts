import { describe, expect, it } from 'vitest';
import { shown } from '../flag/shown.ts';
import { parseCriterion } from './parse-criterion.ts';

function issuesOf(value: unknown): string[] {
  const parsed = parseCriterion(value, '/criteria/0');
  return 'issues' in parsed ? parsed.issues.map(({ path, message }) => `${path} ${message}`) : [];
}

describe('parseCriterion', () => {
  it('fills in what is not said', () => {
    expect(parseCriterion({ metric: 'p95', max: 200 }, '')).toEqual({
      criterion: {
        name: 'p95',
        metric: 'p95',
        source: 'collector',
        max: 200,
        min: null,
        minSamples: 20,
        windowMs: 300_000,
        staleAfterMs: 60_000,
        dryRun: false,
      },
    });
  });

  it('keeps what is said', () => {
    const said = {
      name: 'quality',
      metric: 'mean(accuracy)',
      source: 'prom',
      min: 0.8,
      max: 1,
      minSamples: 5,
      windowMs: 1,
      staleAfterMs: 2,
      dryRun: true,
    };
    expect(parseCriterion(said, '')).toEqual({ criterion: said });
  });

  it('needs a bound that something can respect', () => {
    expect(issuesOf({ metric: 'p95' })).toEqual(['/criteria/0 needs a bound: max, min or both, or versusControl']);
    expect(issuesOf({ metric: 'p95', max: Number.NaN })).toEqual(['/criteria/0/max must be a finite number; it is NaN']);
    expect(issuesOf({ metric: 'p95', min: 2, max: 1 })).toEqual(['/criteria/0/min must not be above max, 1; it is 2']);
  });

  it('takes a bound of an error rate as a fraction, because one in percent could never fail', () => {
    for (const name of ['max', 'min'])
      for (const bound of [5, -0.1])
        expect(issuesOf({ metric: 'errorRate', [name]: bound })).toEqual([
          `/criteria/0/${name} must be a fraction from 0 to 1; 0.05 is 5 %; it is ${bound}`,
        ]);
    for (const bound of [0, 0.05, 1]) expect(issuesOf({ metric: 'errorRate', max: bound })).toEqual([]);
    expect(issuesOf({ metric: 'p95', max: 5 })).toEqual([]);
  });

  it('compares errors and slow units of any source, and means of the own collector', () => {
    for (const compared of [
      { metric: 'errorRate', versusControl: 1.2 },
      { metric: 'errorRate', source: 'prom', versusControl: 1.2 },
      { metric: 'p95', versusControl: 1.2, slowerThan: 300 },
      { metric: 'p95', source: 'prom', versusControl: 1.2, slowerThan: 300 },
      { metric: 'mean(x)', versusControl: 1.1 },
      { metric: 'mean(x)', versusControl: 0.95, nonInferiority: true },
    ])
      expect(parseCriterion(compared, '')).toMatchObject({ criterion: { max: null, min: null, ...compared } });
    const [slow, limit] = ['/criteria/0/slowerThan must be a finite number, of a quantile that has versusControl; it is', 300];
    expect(issuesOf({ metric: 'errorRate', versusControl: 1.2, slowerThan: limit })).toEqual([`${slow} 300`]);
    expect(issuesOf({ metric: 'mean(x)', versusControl: 1.2, slowerThan: limit })).toEqual([`${slow} 300`]);
    expect(issuesOf({ metric: 'p95', max: 100, slowerThan: limit })).toEqual([`${slow} 300`]);
    expect(issuesOf({ metric: 'p95', versusControl: 1.2, slowerThan: '300' })).toEqual([`${slow} "300"`]);
    const which =
      "/criteria/0/versusControl is for errorRate, for a quantile with slowerThan, and for mean(…) of the process's own collector";
    expect(issuesOf({ metric: 'p95', versusControl: 1.2 })).toEqual([which]);
    expect(issuesOf({ metric: 'rate(x)', versusControl: 1.2 })).toEqual([which]);
    expect(issuesOf({ metric: 'mean(x)', source: 'prom', versusControl: 1.2 })).toEqual([which]);
  });

  it('takes a ratio from 1, of a mean any above 0', () => {
    for (const wrong of [0.9, Number.NaN, '2', 101])
      expect(issuesOf({ metric: 'errorRate', versusControl: wrong })).toEqual([
        `/criteria/0/versusControl must be a number from 1 to 100; it is ${shown(wrong)}`,
      ]);
    for (const wrong of [0, -1, Number.NaN, '2'])
      expect(issuesOf({ metric: 'mean(x)', versusControl: wrong })).toEqual([
        `/criteria/0/versusControl must be a number above 0, at most 100; it is ${shown(wrong)}`,
      ]);
  });

  it('takes non-inferiority only of a comparison that leaves room for it', () => {
    const at = '/criteria/0/nonInferiority';
    expect(issuesOf({ metric: 'errorRate', max: 0.1, nonInferiority: true })).toEqual([
      `${at} is for a comparison: it needs versusControl`,
    ]);
    expect(issuesOf({ metric: 'errorRate', versusControl: 1, nonInferiority: true })).toEqual([
      `${at} needs a versusControl other than 1: what is just as good is never shown to be better`,
    ]);
    expect(issuesOf({ metric: 'errorRate', versusControl: 2, nonInferiority: 'yes' })).toEqual([`${at} must be true or false`]);
  });

  it('names everything that is wrong at once', () => {
    expect(issuesOf({ metric: 'p75', max: 1, windowMs: 0, minsamples: 3, source: '', dryRun: 1 })).toEqual([
      '/criteria/0/minsamples is not a setting of a criterion (did you mean "minSamples"?)',
      expect.stringContaining('/criteria/0/metric must be errorRate'),
      '/criteria/0/windowMs must be milliseconds above 0, ten years at most; it is 0',
      '/criteria/0/source must be a text that is not empty; it is ""',
      '/criteria/0/dryRun must be true or false; it is 1',
    ]);
    expect(issuesOf('errorRate')).toEqual([
      '/criteria/0 must be an object such as { metric: "errorRate", max: 0.05 }; it is "errorRate"',
    ]);
    expect(issuesOf({ metric: 7, max: 1 })).toEqual(['/criteria/0/metric must be a text such as "errorRate"; it is 7']);
  });
});
