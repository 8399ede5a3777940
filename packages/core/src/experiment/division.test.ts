import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFlag } from '../flag/compile.ts';
import { newFlag } from '../flag/edit.ts';
import { decide, variantIndexOf } from '../flag/evaluate.ts';
import { isWithinShare } from '../flag/within-share.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { divisionOf } from './division.ts';
import { parseArms } from './parse-arms.ts';

const NAMES = ['control', 'b', 'c', 'd'];

/** The arm of each unit, null for one that is not in the test. */
function assigned(key: string, weights: readonly number[], trafficShare: number, units: number): (string | null)[] {
  const parsed = parseArms({ arms: weights.map((weight, index) => ({ variant: NAMES[index], component: `${index}`, weight })) });
  if ('issues' in parsed) throw new Error(JSON.stringify(parsed.issues));
  const variants = Object.fromEntries(parsed.arms.map(({ variant, component }) => [variant, component]));
  const flag = { ...newFlag(key, DEFAULT_SCOPE, 0), variants, ...divisionOf({ arms: parsed.arms, trafficShare }) };
  const compiled = compileFlag(flag);
  return Array.from({ length: units }, (_, unit) => {
    const variant = compiled.variants[variantIndexOf(decide(compiled, { userId: `u${unit}` }))] ?? '';
    if (!isWithinShare(compiled, `u${unit}`)) expect(variant).toBe('control');
    return isWithinShare(compiled, `u${unit}`) ? variant : null;
  });
}

describe('the division of a test', () => {
  it('drops nobody and moves nobody when its traffic share grows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.string({ minLength: 1 }),
        (a, b, key) => {
          const small = assigned(key, [0.5, 0.2, 0.3], Math.min(a, b), 300);
          const large = assigned(key, [0.5, 0.2, 0.3], Math.max(a, b), 300);
          for (const [unit, arm] of small.entries()) if (arm !== null) expect(large[unit]).toBe(arm);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('gives each arm its weight, whatever part of the traffic is in the test', () => {
    const UNITS = 100_000;
    for (const [share, weights] of [
      [100_000, [0.5, 0.5]],
      [30_000, [0.5, 0.2, 0.3]],
      [70_000, [0.1, 0.2, 0.3, 0.4]],
    ] as const) {
      const arms = assigned('weights', weights, share, UNITS);
      const inTest = arms.filter((arm) => arm !== null).length;
      const within = (count: number, of: number, p: number): void =>
        expect(Math.abs(count - of * p)).toBeLessThanOrEqual(4 * Math.sqrt(of * p * (1 - p)) + 1);
      within(inTest, UNITS, share / 100_000);
      for (const [index, weight] of weights.entries()) within(arms.filter((arm) => arm === NAMES[index]).length, inTest, weight);
    }
  });

  it('moves of two arms only the units that a changed weight must move', () => {
    const [before, after] = [assigned('k', [0.5, 0.5], 100_000, 20_000), assigned('k', [0.6, 0.4], 100_000, 20_000)];
    const moved = before.filter((arm, unit) => arm !== after[unit]).length;
    expect(moved / 20_000).toBeCloseTo(0.1, 1);
    expect(before.every((arm, unit) => arm === after[unit] || after[unit] === 'control')).toBe(true);
  });
});
