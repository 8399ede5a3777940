import { chiSquareTail, logGamma } from '@sluice/core/statistics';
import { describe, expect, it } from 'vitest';
import { drawBinomial } from './binomial.ts';
import { Random } from './random.ts';

const DRAWS = 50_000;
/** Counts that are expected less often are put together with their neighbours. */
const LEAST_EXPECTED = 20;

function probability(n: number, p: number, count: number): number {
  const ways = logGamma(n + 1) - logGamma(count + 1) - logGamma(n - count + 1);
  return Math.exp(ways + count * Math.log(p) + (n - count) * Math.log1p(-p));
}

/** p of Pearson's test of draws against the exact probabilities. */
function fitOf(n: number, p: number): number {
  const random = new Random(`binomial ${n} ${p}`);
  const found = new Float64Array(n + 1);
  for (let draw = 0; draw < DRAWS; draw++) {
    const count = drawBinomial(n, p, () => random.uniform());
    found[count] = (found[count] ?? Number.NaN) + 1;
  }
  let [chiSquare, cells, seen, expected] = [0, 0, 0, 0];
  let left = DRAWS;
  for (let count = 0; count <= n; count++) {
    seen += found[count] ?? 0;
    expected += DRAWS * probability(n, p, count);
    if (expected < LEAST_EXPECTED || (left - expected < LEAST_EXPECTED && count < n)) continue;
    chiSquare += (seen - expected) ** 2 / expected;
    cells += 1;
    left -= expected;
    [seen, expected] = [0, 0];
  }
  return chiSquareTail(chiSquare, cells - 1);
}

describe('a binomial number', () => {
  for (const [n, p] of [
    [1, 0.3],
    [50, 0.1],
    [20, 0.5],
    [34, 0.3],
    [100, 0.3],
    [1000, 0.013],
    [1000, 0.7],
    [3000, 0.45],
  ] as const)
    it(`of ${n} trials at ${p} comes as often as its probability says`, () => {
      expect(fitOf(n, p)).toBeGreaterThan(1e-3);
    });

  it('is certain where the chance is 0 or 1, and never beyond the trials', () => {
    const random = new Random('edges');
    const draw = (n: number, p: number) => drawBinomial(n, p, () => random.uniform());
    expect([draw(100, 0), draw(100, 1), draw(0, 0.4), draw(0, 0)]).toEqual([0, 100, 0, 0]);
    const counts = Array.from({ length: 20_000 }, () => draw(25, 0.45));
    expect([Math.min(...counts) >= 0, Math.max(...counts) <= 25]).toEqual([true, true]);
  });

  it('takes no longer for many trials than for few', () => {
    // Of this process: what others do on the machine is none of it.
    const computedMs = (): number => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    };
    const timeOf = (n: number): number => {
      const random = new Random(`time ${n}`);
      const times = Array.from({ length: 3 }, () => {
        const before = computedMs();
        for (let round = 0; round < 20_000; round++) drawBinomial(n, 0.3, () => random.uniform());
        return computedMs() - before;
      });
      return Math.min(...times);
    };
    timeOf(100);
    expect(timeOf(1_000_000)).toBeLessThan(10 * timeOf(100));
  });
});
