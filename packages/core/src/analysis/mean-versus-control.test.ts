import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ComparedMeans } from './comparison.ts';
import type { Criterion, Measurement } from './criterion.ts';
import { judge } from './judge.ts';
import type { Moments } from './moments.ts';

const SINCE = 1_000_000;
const NOW = SINCE + 100_000;
const CRITERION: Criterion = {
  name: 'latency',
  metric: 'mean(latency)',
  source: 'collector',
  max: null,
  min: null,
  versusControl: 1.1,
  minSamples: 20,
  windowMs: 300_000,
  staleAfterMs: 60_000,
  dryRun: false,
};
const MEASURED: Measurement = { kind: 'value', value: 120, samples: 500, at: NOW };

/** As many units with this mean and deviation. */
const moments = (n: number, mean: number, deviation = 20): Moments => ({
  n,
  mean: mean - 100,
  m2: deviation * deviation * Math.max(0, n - 1),
  shift: 100,
});
const means = (change: Moments, control: Moments, by: ComparedMeans['by'] = 'units'): ComparedMeans => ({
  kind: 'means',
  change,
  control,
  by,
});
const verdictOf = (compared: ComparedMeans, criterion: Partial<Criterion> = {}, comparisons = 1, stages = 5) =>
  judge({ ...CRITERION, ...criterion }, MEASURED, SINCE, NOW, { compared, comparisons, stages });

describe('a criterion that compares means', () => {
  it('fails on evidence that the mean of units is worse than tolerated, in words', () => {
    const verdict = verdictOf(means(moments(200, 130), moments(4000, 100)));
    expect(verdict).toMatchObject({ verdict: 'fail', cause: 'comparison', comparedBy: 'units' });
    expect(verdict.message).toMatch(
      /^mean\(latency\) is 130 over 200 units on the change and 100 over 4000 beside it: evidence .* : 1 that it is more than 1.1 times the control's; harm from 100 : 1$/,
    );
  });

  it('tells means apart that are large and near each other, and a ratio as it was declared', () => {
    const verdict = verdictOf(means(moments(200, 1e9 + 1000), moments(4000, 1e9)), { versusControl: 1.000_000_1 });
    expect(verdict.message).toMatch(
      /^mean\(latency\) is 1000001000 over 200 units on the change and 1000000000 over 4000 beside it: .* more than 1.0000001 times/,
    );
  });

  it('passes what is no worse, however large it is, and waits for a hundred units on each side', () => {
    expect(verdictOf(means(moments(5000, 105), moments(5000, 100))).verdict).toBe('pass');
    expect(verdictOf(means(moments(99, 900), moments(4000, 100)))).toMatchObject({
      verdict: 'wait',
      message: expect.stringContaining('99 units of the change and 4000 beside it; 100 of each'),
    });
    expect(verdictOf(means(moments(4000, 900), moments(99, 100))).verdict).toBe('wait');
  });

  it('takes a ratio below 1 as the least that the mean may be', () => {
    const least = { metric: 'mean(accuracy)', versusControl: 0.95 };
    expect(verdictOf(means(moments(2000, 90), moments(2000, 100)), least)).toMatchObject({ verdict: 'fail' });
    expect(verdictOf(means(moments(2000, 130), moments(2000, 100)), least)).toMatchObject({ verdict: 'pass' });
  });

  it('asks for more evidence where several criteria or stages compare', () => {
    const close = means(moments(400, 113.5), moments(4000, 100));
    expect(verdictOf(close, {}, 1, 1).verdict).toBe('fail');
    expect(verdictOf(close, {}, 20, 50).verdict).toBe('pass');
  });

  it('where asked, waits until the change is shown to be no worse than tolerated', () => {
    const asked = { nonInferiority: true };
    expect(verdictOf(means(moments(150, 108), moments(4000, 100)), asked).verdict).toBe('wait');
    expect(verdictOf(means(moments(1000, 100), moments(4000, 100)), asked).verdict).toBe('pass');
    expect(verdictOf(means(moments(9000, 110), moments(9000, 100)), asked).verdict).toBe('wait');
  });

  it('of raw values tolerates 1.2 at the least and says what they are', () => {
    const verdict = verdictOf(means(moments(4000, 115), moments(4000, 100), 'requests'));
    expect(verdict).toMatchObject({ verdict: 'pass', comparedBy: 'requests' });
    expect(verdict.message).toContain('raw requests, not units: mean(latency) is 115 over 4000 values on the change');
    expect(verdictOf(means(moments(4000, 130), moments(4000, 100), 'requests')).verdict).toBe('fail');
  });

  it('does not judge by chance where nothing varies, nor pass a change whose values have no unit', () => {
    expect(verdictOf(means(moments(500, 200, 0), moments(500, 100, 0)))).toMatchObject({
      verdict: 'wait',
      message: expect.stringContaining('zero-variance'),
    });
    expect(verdictOf(means(moments(500, 100, 0), moments(500, 100, 0))).verdict).toBe('pass');
    // What rounding leaves is no variation: means of units that differ in their last digit.
    const rounded = verdictOf(means(moments(500, 100.00000000000003, 1e-14), moments(500, 100, 0)), { versusControl: 1 });
    expect(rounded).toMatchObject({ verdict: 'wait', logE: 0 });
    expect(verdictOf(means(moments(0, 0), moments(500, 100)))).toMatchObject({
      verdict: 'error',
      cause: 'badQuery',
      message: expect.stringContaining('pass { unit } to observe'),
    });
  });

  it('says the same whatever the values are measured in, and never answers a number that is none', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5000 }),
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e5, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        (n, mean, deviation, unit) => {
          const at = (scale: number) => {
            const of = (size: number, value: number): Moments => ({
              n: size,
              mean: value * scale,
              m2: (deviation * scale) ** 2 * Math.max(0, size - 1),
              shift: 0,
            });
            return verdictOf(means(of(n, mean), of(2000, 1000)));
          };
          const [one, other] = [at(1), at(unit)];
          expect(Number.isFinite(one.logE)).toBe(true);
          expect(Math.abs((other.logE ?? 0) - (one.logE ?? 0))).toBeLessThanOrEqual(1e-6 * (1 + (one.logE ?? 0)));
        },
      ),
      { numRuns: 200 },
    );
  });
});
