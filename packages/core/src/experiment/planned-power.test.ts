/** What is planned, against the test that is made in the end: every outcome with its chance, so that nothing is drawn. */
import { describe, expect, it } from 'vitest';
import { logGamma } from '../statistics/log-gamma.ts';
import type { SampleSummary } from '../statistics/sample-summary.ts';
import { welchTest } from '../statistics/welch.ts';
import { planTest } from './plan-test.ts';

const chance = (n: number, p: number, k: number): number =>
  Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) + k * Math.log(p) + (n - k) * Math.log1p(-p));

/** Of `k` of `n` units with an event: those counts that together are all but 1e-9 of what can happen. */
function outcomes(n: number, p: number): readonly { readonly summary: SampleSummary; readonly chance: number }[] {
  const reach = 6.2 * Math.sqrt(n * p * (1 - p)) + 3;
  const [from, to] = [Math.max(1, Math.floor(n * p - reach)), Math.min(n - 1, Math.ceil(n * p + reach))];
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const k = from + index;
    return { summary: { n, mean: k / n, variance: (k * (n - k)) / (n * (n - 1)) }, chance: chance(n, p, k) };
  });
}

/** How often the test is significant at 5 %, in the direction of the change. */
function power([control, treatment]: readonly [number, number], [p1, p2]: readonly [number, number]): number {
  let found = 0;
  for (const c of outcomes(control, p1))
    for (const t of outcomes(treatment, p2)) {
      if (Math.sign(t.summary.mean - c.summary.mean) !== Math.sign(p2 - p1)) continue;
      const answer = welchTest(c.summary, t.summary);
      if ('pTwoSided' in answer && answer.pTwoSided <= 0.05) found += c.chance * t.chance;
    }
  return found;
}

describe('a test of a rate at the size that was planned', () => {
  it.each([
    [0.1, 0.4, [1, 1], 0.8],
    [0.3, 0.3, [1, 1], 0.9],
    [0.05, 0.5, [1, 1], 0.8],
    [0.2, 0.3, [3, 1], 0.8],
    [0.5, -0.2, [1, 2], 0.8],
  ] as const)(
    'finds, from %d changed by %d with weights %j, what it should in %d of all tests',
    (baseline, lift, weights, wanted) => {
      const { unitsByArm } = planTest({
        metric: { kind: 'rate', baseline },
        lift,
        weights: [...weights],
        power: wanted,
        method: 'fixedHorizon',
      });
      expect(Math.abs(power(unitsByArm as [number, number], [baseline, baseline * (1 + lift)]) - wanted)).toBeLessThan(0.01);
    },
  );
});
