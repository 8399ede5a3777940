import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generator } from '../simulation/generator.testing.ts';
import { drawPoisson } from '../simulation/poisson.ts';
import { isAnswer } from './answer.ts';
import { sequenceMultiplier } from './confidence-sequence.ts';
import { liftSet } from './lift-set.ts';
import { isNearZero, liftSequence, relativeLift } from './relative-lift.ts';
import { type SampleSummary, standardError } from './sample-summary.ts';

const TUNING = { alpha: 0.05, optimalN: 5000 };
const sample = fc.record({
  n: fc.integer({ min: 100, max: 1e6 }),
  mean: fc.double({ min: -1e3, max: 1e3, noNaN: true }).filter((mean) => Math.abs(mean) > 1e-3),
  variance: fc.double({ min: 1e-3, max: 1e4, noNaN: true }),
});
const multiplier = fc.double({ min: 1, max: 8, noNaN: true });

function endsOf(control: SampleSummary, treatment: SampleSummary, k: number): readonly [number, number] | null {
  const set = liftSet(control, treatment, k);
  return isAnswer(set) ? [set.lower, set.upper] : null;
}

/** How many standard errors mT lies from q·mC. */
function apart(control: SampleSummary, treatment: SampleSummary, q: number): number {
  const error = standardError({ ...control, variance: q * q * control.variance }, treatment);
  return isAnswer(error) ? Math.abs(treatment.mean - q * control.mean) / error.robust : Number.POSITIVE_INFINITY;
}

describe('the relative changes that a comparison does not speak against', () => {
  it('leave out no change exactly where the difference is that many standard errors from 0', () => {
    const law = fc.property(sample, sample, multiplier, (control, treatment, k) => {
      const set = endsOf(control, treatment, k);
      const z = apart(control, treatment, 1);
      fc.pre(set !== null && Math.abs(z - k) > 1e-6);
      expect(set !== null && (set[0] > 0 || set[1] < 0)).toBe(z > k);
    });
    fc.assert(law);
  });

  it('end where the treatment is as many standard errors from the control as far changed, and hold the lift itself', () => {
    const law = fc.property(sample, sample, multiplier, (control, treatment, k) => {
      const set = endsOf(control, treatment, k);
      fc.pre(set !== null);
      const sign = Math.sign(control.mean);
      for (const end of set ?? []) expect(apart(control, treatment, 1 + sign * end) / k).toBeCloseTo(1, 6);
      const lift = (treatment.mean - control.mean) / Math.abs(control.mean);
      expect((set?.[0] ?? 0) <= lift && lift <= (set?.[1] ?? 0)).toBe(true);
    });
    fc.assert(law);
  });

  it('are the same in every unit, and turn with the sign of both', () => {
    const law = fc.property(sample, sample, multiplier, fc.constantFrom(1e-9, 3, 1e40), (control, treatment, k, by) => {
      const scaled = (of: SampleSummary, factor: number) => ({
        n: of.n,
        mean: of.mean * factor,
        variance: of.variance * factor ** 2,
      });
      const set = endsOf(control, treatment, k);
      fc.pre(set !== null);
      const [larger, turned] = [by, -1].map((factor) => endsOf(scaled(control, factor), scaled(treatment, factor), k));
      for (const place of [0, 1] as const) {
        expect(larger?.[place]).toBeCloseTo(set?.[place] ?? 0, 6);
        expect(-(turned?.[1 - place] ?? 0)).toBeCloseTo(set?.[place] ?? 0, 6);
      }
    });
    fc.assert(law);
  });

  it('have no end where the mean of the control may be 0, and none are told where nothing varies', () => {
    const still = { n: 1000, mean: 2, variance: 0 };
    const reasonOf = (control: SampleSummary, treatment: SampleSummary): object => liftSet(control, treatment, 3);
    expect(reasonOf({ n: 100, mean: 0.1, variance: 1 }, still)).toEqual({ reason: 'control-mean-near-zero' });
    expect(reasonOf({ n: 100, mean: 0, variance: 1 }, still)).toEqual({ reason: 'control-mean-near-zero' });
    expect(reasonOf(still, still)).toEqual({ reason: 'zero-variance' });
    expect(reasonOf({ n: 5000, mean: 0.01, variance: 0.0099 }, { n: 5000, mean: 0, variance: 0 })).toEqual({
      reason: 'zero-variance',
    });
    expect(reasonOf(still, { n: 1, mean: 0, variance: 0 })).toEqual({ reason: 'insufficient-data' });
  });
});

/** How many of 300 tests of a rate of 1 % in 99 % of the traffic ever leave out the true change, looked at after each thousand units. */
function missed(change: number): { readonly ours: number; readonly delta: number } {
  const [rate, rounds] = [0.01, 150];
  const all = { ours: 0, delta: 0 };
  for (let replicate = 0; replicate < 300; replicate++) {
    const draw = generator(`${change}/${replicate}`);
    const events = { control: 0, treatment: 0 };
    const ever = { ours: false, delta: false };
    for (let look = 1; look <= rounds; look++) {
      events.control += drawPoisson(990 * rate, draw);
      events.treatment += drawPoisson(10 * rate * (1 + change), draw);
      const of = (n: number, met: number): SampleSummary => ({
        n,
        mean: met / n,
        variance: (met / n) * (1 - met / n) * (n / (n - 1)),
      });
      const [control, treatment] = [of(990 * look, events.control), of(10 * look, events.treatment)];
      const relative = relativeLift(control, treatment);
      if (treatment.n < 100 || isNearZero(control) || !isAnswer(relative)) continue;
      const set = endsOf(control, treatment, sequenceMultiplier(1000 * look, TUNING));
      const byDelta = liftSequence(relative, 1000 * look, TUNING);
      if (set !== null && (set[0] > change || set[1] < change)) ever.ours = true;
      if (relative.standardError > 0 && (byDelta[0] > change || byDelta[1] < change)) ever.delta = true;
    }
    all.ours += Number(ever.ours);
    all.delta += Number(ever.delta);
  }
  return all;
}

it.each([0, 1])(
  'hold the true change at every look at 99 to 1 and a rate of 1 %, which the delta method does not: %d',
  (change) => {
    const { ours, delta } = missed(change);
    expect(ours / 300).toBeLessThanOrEqual(0.05);
    expect(delta / 300).toBeGreaterThan(0.07);
  },
);
