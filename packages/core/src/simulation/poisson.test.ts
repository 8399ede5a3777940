import { describe, expect, it } from 'vitest';
import { logGamma } from '../statistics/log-gamma.ts';
import { generator } from './generator.testing.ts';
import { drawPoisson } from './poisson.ts';

const DRAWS = 20_000;

function drawn(mean: number): number[] {
  const draw = generator(`poisson ${mean}`);
  return Array.from({ length: DRAWS }, () => drawPoisson(mean, draw));
}

describe('a Poisson number', () => {
  for (const mean of [0.01, 1, 9.99, 10, 50, 5000]) {
    it(`of mean ${mean} comes as often as its probability says`, () => {
      const counts = drawn(mean);
      const average = counts.reduce((sum, count) => sum + count, 0) / DRAWS;
      expect(Math.abs(average - mean)).toBeLessThan(4 * Math.sqrt(mean / DRAWS));
      const spread = Math.max(1, Math.round(Math.sqrt(mean)));
      for (const count of [0, Math.floor(mean) - spread, Math.floor(mean), Math.floor(mean) + spread].filter((one) => one >= 0)) {
        const probability = Math.exp(count * Math.log(mean) - mean - logGamma(count + 1));
        const found = counts.filter((one) => one === count).length / DRAWS;
        expect(Math.abs(found - probability)).toBeLessThan(4 * Math.sqrt(probability / DRAWS) + 1e-4);
      }
    });
  }

  it('of mean 0 is 0', () => {
    expect(drawPoisson(0, generator('0'))).toBe(0);
  });
});
