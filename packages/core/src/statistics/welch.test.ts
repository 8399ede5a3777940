import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import distributions from '../../../../conformance/vectors/stats/distributions.json' with { type: 'json' };
import corrections from '../../../../conformance/vectors/stats/multiple_testing.json' with { type: 'json' };
import welch from '../../../../conformance/vectors/stats/welch.json' with { type: 'json' };
import { addValue, emptyMoments, meanOf, varianceOf } from '../analysis/moments.ts';
import { holm } from './holm.ts';
import { studentTLogTail, studentTTail, studentTUpperQuantile } from './student-t.ts';
import { type SampleSummary, welchTest } from './welch.ts';

interface Vector {
  readonly id: string;
  readonly input: Record<string, unknown>;
  readonly expected: Record<string, number | null>;
  readonly relTolShifted?: number;
}

function close(got: number, want: number | null | undefined, relative: number, what: string, absolute = 0): void {
  if (want === null || want === undefined) return;
  expect(Math.abs(got - want), `${what}: ${got} for ${want}`).toBeLessThanOrEqual(Math.max(relative * Math.abs(want), absolute));
}

describe("Student's t", () => {
  const cases = (distributions.cases as unknown as Vector[]).filter(
    ({ input }) => input.fn === 't' || input.fn === 'tQuantileUpper',
  );
  it(`agrees with ${cases.length} reference values, tails below 1e-16 included`, () => {
    for (const { id, input, expected } of cases) {
      const df = Number(input.df);
      if (input.fn === 't') {
        close(studentTTail(Number(input.x), df), expected.sf, 1e-12, id);
        close(2 * studentTTail(Math.abs(Number(input.x)), df), expected.twoSidedP, 1e-12, id);
        close(studentTLogTail(Number(input.x), df), expected.lnSf, 1e-12, id);
      } else close(studentTUpperQuantile(Number(input.upperTail), df), expected.x, 1e-12, id);
    }
  });
});

describe("Welch's test", () => {
  const summary = (values: readonly number[], shift: number): SampleSummary => {
    const moments = values.reduce(addValue, emptyMoments(shift));
    return { n: moments.n, mean: meanOf(moments) ?? 0, variance: varianceOf(moments) ?? 0 };
  };

  it(`agrees with ${welch.cases.length} reference values, also where the values sit on an offset of 1e9`, () => {
    for (const { id, input, expected, relTolShifted } of welch.cases as unknown as Vector[]) {
      const [controlValues, treatmentValues] = [input.controlValues, input.treatmentValues] as [
        number[] | undefined,
        number[] | undefined,
      ];
      const shift = controlValues?.[0] ?? 0;
      const control =
        controlValues === undefined
          ? (input.control as SampleSummary)
          : summary(
              controlValues.map((y) => y - shift),
              0,
            );
      const treatment =
        treatmentValues === undefined
          ? (input.treatment as SampleSummary)
          : summary(
              treatmentValues.map((y) => y - shift),
              0,
            );
      const test = welchTest(control, treatment, Number(input.confidence ?? 0.95), Number(input.nullDifference ?? 0));
      expect(test, id).not.toBeNull();
      if (test === null) continue;
      const relative = relTolShifted ?? welch.relTol;
      close(test.difference, expected.diff, relative, `${id} diff`, 1e-12 * Math.max(1, test.standardError));
      close(test.standardError, expected.se, relative, `${id} se`);
      close(test.t, expected.t, relative, `${id} t`, 1e-12);
      close(test.degreesOfFreedom, expected.df, relative, `${id} df`);
      for (const [name, value] of Object.entries({ pTwoSided: test.pTwoSided, pGreater: test.pGreater, pLess: test.pLess }))
        close(value, expected[name], Math.max(relative, 1e-10), `${id} ${name}`);
      close(test.interval[0], expected.ciLower, relative, `${id} lower`, 1e-11);
      close(test.interval[1], expected.ciUpper, relative, `${id} upper`, 1e-11);
      close(test.logPTwoSided, expected.lnPTwoSided, 1e-9, `${id} ln p`, 1e-9);
    }
  });

  it('flips its sign when the arms are swapped, and keeps its p', () => {
    const sample = fc.record({
      n: fc.integer({ min: 2, max: 1e6 }),
      mean: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      variance: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const [forth, back] = [welchTest(a, b), welchTest(b, a)];
        expect((forth?.difference ?? 1) + (back?.difference ?? 1)).toBe(0);
        expect(forth?.pTwoSided).toBe(back?.pTwoSided);
        expect(forth?.pTwoSided).toBeGreaterThanOrEqual(0);
        expect(forth?.pTwoSided).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('gives the same p at every scale that a double has, and no answer beyond', () => {
    const [a, b] = [
      { n: 120, mean: 1, variance: 4 },
      { n: 150, mean: 1.5, variance: 9 },
    ];
    const at = (scale: number) =>
      welchTest(
        { ...a, mean: a.mean * scale, variance: a.variance * scale * scale },
        { ...b, mean: b.mean * scale, variance: b.variance * scale * scale },
      );
    for (const scale of [1e-150, 1e-90, 1e80, 1e100, 1e150]) expect(at(scale)?.pTwoSided).toBeCloseTo(at(1)?.pTwoSided ?? 0, 12);
    expect(at(1e200)).toBeNull();
    const far = welchTest({ n: 120, mean: 0, variance: 1e-300 }, { n: 120, mean: 1e20, variance: 1e-300 });
    expect(far?.pTwoSided).toBe(0);
    expect(far?.logPTwoSided).toBeLessThan(-10_000);
  });

  it('has no answer when nothing varies', () => {
    expect(welchTest({ n: 9, mean: 1, variance: 0 }, { n: 9, mean: 2, variance: 0 })).toBeNull();
  });
});

it('corrects several p-values as Holm does', () => {
  for (const { id, input, expected } of corrections.cases as unknown as {
    id: string;
    input: { p: number[] };
    expected: { holm: number[] };
  }[]) {
    for (const [index, adjusted] of holm(input.p).entries()) close(adjusted, expected.holm[index], 1e-12, `${id}/${index}`);
  }
});
