import { expect, it } from 'vitest';
import { addValue, emptyMoments, type Moments } from '../analysis/moments.ts';
import { analysisPlan } from './analysis-plan.ts';
import { SINGLE } from './judged-test.testing.ts';
import { testedArms } from './tested-arms.ts';

const momentsOf = (values: readonly number[]): Moments => values.reduce(addValue, emptyMoments(values[0] ?? 0));
const units = (value: (index: number) => number): Moments => momentsOf(Array.from({ length: 1000 }, (_, index) => value(index)));
const judged = (control: Moments, treatment: Moments, test: 'welch' | 'confidenceSequence') =>
  testedArms(test, [control, treatment], analysisPlan(SINGLE), null);

it('finds no difference between sums that are equal but for the order of their parts', () => {
  const [up, down] = [0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1];
  expect(up).not.toBe(down);
  for (const scale of [1, 1e9, 1e-9])
    for (const test of ['welch', 'confidenceSequence'] as const) {
      const control = units((index) => (index % 2 === 0 ? up : down) * scale);
      expect(
        judged(
          control,
          units(() => up * scale),
          test,
        ),
      ).toEqual({ reason: 'zero-variance' });
    }
});

it('still judges what varies little but truly, at large values too', () => {
  for (const test of ['welch', 'confidenceSequence'] as const) {
    const control = units((index) => 1e12 + (index % 7));
    expect(
      judged(
        control,
        units((index) => 1e12 + 3 + (index % 7)),
        test,
      ),
    ).toMatchObject({ rises: true, p: expect.any(Number) });
    // A treatment that is the same for everybody is judged by what varies in the control.
    expect(
      judged(
        units((index) => 0.5 + (index % 3) / 10),
        units(() => 0.7),
        test,
      ),
    ).toMatchObject({ rises: true });
  }
});
