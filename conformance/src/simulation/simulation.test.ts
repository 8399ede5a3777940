/** Reduced and seeded; `npm run bench:statistics` has the full counts, whose table is in docs/statistics.md. */
import { describe, expect, it } from 'vitest';
import { measureCanary } from './canary.ts';
import { COMMON_RULES, measureCommonRules } from './common-rules.ts';
import { COVARIATE_CELLS, measureCovariates } from './covariates.ts';
import { FALSE_ALARM_CELLS, falseAlarms } from './false-alarms.ts';
import { measureLifts } from './lifts.ts';
import { MEAN_CANARY_CELLS, measureMeanCanary } from './mean-canary.ts';
import { measurePower } from './power.ts';
import { measureRamp } from './ramp.ts';
import { Random } from './random.ts';
import { measureRawRequests } from './raw-requests.ts';
import { measureReading } from './reading.ts';
import { measureRatios } from './sample-ratios.ts';

const SEED = 'sluice';
const cellOf = (name: string) => {
  const cell = FALSE_ALARM_CELLS.find((one) => one.name === name);
  if (cell === undefined) throw new Error(`no cell ${name}`);
  return cell;
};

describe('the engine, where both arms are alike and somebody looks all the time', () => {
  it('is not fooled as the test for one look is', () => {
    const { naive = 0, robust = 1 } = falseAlarms(cellOf('normal 50/50, to 10,000'), 300, SEED);
    expect([naive > 0.25, naive < 0.42, robust <= 0.05]).toEqual([true, true, true]);
  });

  it('is not fooled by rare events on an unequal split, where the plain error is', () => {
    const { plain = 0, robust = 1 } = falseAlarms(cellOf('binary 0.5 % 95/5'), 100, SEED);
    expect([plain > 0.3, robust <= 0.05]).toEqual([true, true]);
  });
});

describe('the engine, where values are adjusted or divided and both arms are alike', () => {
  for (const cell of COVARIATE_CELLS.filter(({ share }) => share === 0.5))
    it(`is not fooled: ${cell.name}`, () => expect(measureCovariates(cell, 40, SEED)).toBeLessThanOrEqual(0.1));
});

describe('the interval of a relative change, looked at all the time', () => {
  it.each([0, 1])('holds the true change where the delta method does not, at 99 to 1: %d', (change) => {
    const { set, delta, deltaAtNone } = measureLifts({ share: 0.01, rate: 0.01, change }, 100, SEED);
    expect([set <= 0.05, delta > 0.05, deltaAtNone > delta]).toEqual([true, true, true]);
  });
});

describe('the engine, where one arm is better', () => {
  it('finds it about as soon as the reference', () => {
    const { meanStop } = measurePower({ times: 2, optimalN: 5000 }, 100, SEED);
    const { by10000 } = measurePower({ times: 1.5, optimalN: 5000 }, 100, SEED);
    expect([meanStop < 4000, by10000 > 0.8]).toEqual([true, true]);
  });

  it('finds a wrong ratio, and none where there is none', () => {
    const sequential = measureRatios(20, SEED).find(({ test }) => test === 'sequential, p < 0.001');
    expect([sequential?.falseAlarms, (sequential?.medianUnits ?? 0) > 5000, (sequential?.medianUnits ?? 0) < 15_000]).toEqual([
      0,
      true,
      true,
    ]);
  });
});

describe('the event test', () => {
  it('finds a canary whose errors rise from 2 to 5 % within 20 % of the median of the reference', () => {
    const [exact] = measureCanary(0.1, 300, SEED);
    const median = exact?.canaryRequests[0] ?? Number.NaN;
    expect(Math.abs(median / 255 - 1)).toBeLessThan(0.2);
    expect(exact?.falseAlarms).toBeLessThanOrEqual(0.05);
  });

  it('stops few harmless rollouts while shares and rates change', () => {
    const [at5] = measureRamp({ requestsPerSecond: 5, errorRate: 0.01, ratio: 1 }, 300, SEED);
    expect(at5).toBeLessThanOrEqual(0.05);
    const [common] = measureRamp({ requestsPerSecond: 50, errorRate: 0.3, ratio: 1.5 }, 300, SEED);
    expect(common).toBeLessThanOrEqual(0.05);
  });
});

describe('a canary by means', () => {
  const measured = (name: string, replicates: number) => {
    const cell = MEAN_CANARY_CELLS.find((one) => one.name === name);
    if (cell === undefined) throw new Error(`no cell ${name}`);
    return measureMeanCanary(cell, replicates, SEED);
  };

  it('is seldom taken back when it is no worse, nor when it is as slow as is tolerated', () => {
    expect(measured('normal, no worse', 40).takenBack).toBeLessThanOrEqual(0.1);
    expect(measured('lognormal σ=1, 1.1 times as slow, 1.1 tolerated', 40).takenBack).toBeLessThanOrEqual(0.1);
  });

  it('is taken back when it is slower, after few users when it is much slower', () => {
    const much = measured('lognormal σ=1, twice as slow, 1.1 tolerated', 40);
    expect([much.takenBack, (much.users ?? 0) < 200]).toEqual([1, true]);
  });
});

describe('raw requests', () => {
  it('are judged as seldom wrongly as units where they fail one by one, and 1.2 is tolerated for those that do not', () => {
    expect(measureRawRequests(1, 200, SEED)[0]).toBeLessThanOrEqual(0.05);
    const [none = 0, some = 1] = measureRawRequests(2, 200, SEED);
    expect([none > 0.05, some <= 0.05]).toEqual([true, true]);
  });
});

describe('common rules of canaries', () => {
  const measured = (ratio: number, requestsPerSecond = 5) => {
    const results = measureCommonRules({ requestsPerSecond, share: 0.05, errorRate: 0.01, ratio }, 200, SEED);
    return Object.fromEntries(COMMON_RULES.map((rule, index) => [rule, results[index]]));
  };

  it('stop most harmless rollouts with little traffic, and the event test few', () => {
    const rules = measured(1);
    expect(rules['over 3 × the base rate, once']?.fired).toBe(1);
    expect(rules['over 3 ×, more than 3 times']?.fired).toBeGreaterThan(0.9);
    expect(rules['z at 5 %, looking']?.fired).toBeGreaterThan(0.2);
    expect(rules['event test, 5 %']?.fired).toBeLessThanOrEqual(0.05);
    expect(rules['event test, 0.1 %']?.fired).toBeLessThanOrEqual(0.01);
  });

  it('are not much faster than the event test where there is harm', () => {
    const rules = measured(5, 50);
    expect(rules['event test, 0.1 %']).toEqual({ fired: 1, medianMinute: 2 });
    expect(rules['over 3 ×, more than 3 times']).toEqual({ fired: 1, medianMinute: 4 });
  });
});

describe('reading results', () => {
  it('takes no longer after many units than after few', () => {
    measureReading(1_000, SEED);
    expect(measureReading(100_000, SEED)).toBeLessThan(10 * measureReading(1_000, SEED));
  });

  it('nor where they are broken down by dimensions', () => {
    expect(measureReading(30_000, SEED, 2)).toBeLessThan(10 * measureReading(3_000, SEED, 2));
  });
});

describe('the randomness', () => {
  it('is the same for a seed, another for another, even and normal', () => {
    const draw = (seed: string) =>
      Array.from(
        { length: 5 },
        (
          (random) => () =>
            random.uniform()
        )(new Random(seed)),
      );
    expect([draw('a'), draw('a')]).toEqual([draw('a'), draw('a')]);
    expect(draw('a')).not.toEqual(draw('b'));
    const random = new Random('moments');
    const normals = Array.from({ length: 100_000 }, () => random.normal());
    const mean = normals.reduce((sum, one) => sum + one, 0) / normals.length;
    const square = normals.reduce((sum, one) => sum + one * one, 0) / normals.length;
    expect([Math.abs(mean) < 0.015, Math.abs(square - 1) < 0.02]).toEqual([true, true]);
    const counts = Array.from({ length: 20_000 }, () => random.binomial(50, 0.1));
    expect(Math.abs(counts.reduce((sum, one) => sum + one, 0) / counts.length - 5)).toBeLessThan(0.08);
  });
});
