/** Methods on pairs: ratio metrics and CUPED. */
import { cuped, ratioTest } from '@sluice/core/statistics';
import { pairedSummary } from './sample.ts';
import { settled } from './settled.ts';
import type { Family } from './vector.ts';

type Columns = Readonly<Record<string, readonly number[]>>;

export const ratioMetric: Family = ({ input }, { relTol }) => {
  const [control, treatment] = [input.control, input.treatment].map((arm) => {
    const { numerator = [], denominator = [] } = arm as Columns;
    return pairedSummary(numerator, denominator, 0, 0);
  }) as [ReturnType<typeof pairedSummary>, ReturnType<typeof pairedSummary>];
  const test = settled(ratioTest(control, treatment));
  const near = { relative: relTol, absolute: 1e-13 };
  return {
    given: {
      controlRatio: test.control.mean,
      treatmentRatio: test.treatment.mean,
      controlVariance: test.control.variance,
      treatmentVariance: test.treatment.variance,
      diff: test.difference,
      se: test.standardError,
      z: test.z,
      pTwoSided: test.pTwoSided,
      lift: test.lift?.lift ?? null,
      liftSe: test.lift?.standardError ?? null,
    },
    tolerances: { diff: near, lift: near, z: { relative: relTol, absolute: 1e-13 / test.standardError } },
  };
};

export const covariateAdjustment: Family = (vector, file) => {
  const arms = [vector.input.control, vector.input.treatment] as Columns[];
  const [shiftX, shiftY] = [arms[0]?.covariate?.[0] ?? 0, arms[0]?.values?.[0] ?? 0];
  const [control, treatment] = arms.map(({ covariate = [], values = [] }) =>
    pairedSummary(covariate, values, shiftX, shiftY),
  ) as [ReturnType<typeof pairedSummary>, ReturnType<typeof pairedSummary>];
  const test = settled(cuped(control, treatment));
  const relative = vector.relTolShifted ?? file.relTol;
  const largest = Math.max(...arms.flatMap(({ values = [] }) => values.map(Math.abs)));
  const near = { relative, absolute: 1e-12 * largest };
  const all = [
    ['theta', test.theta],
    ['controlAdjustedMean', test.control.mean + shiftY],
    ['treatmentAdjustedMean', test.treatment.mean + shiftY],
    ['controlAdjustedVariance', test.control.variance],
    ['treatmentAdjustedVariance', test.treatment.variance],
    ['diff', test.difference],
    ['se', test.standardError],
    ['unadjustedDiff', test.unadjustedDifference],
    ['unadjustedSe', test.unadjustedStandardError],
    ['varianceReduction', test.varianceReduction],
  ] as const;
  return {
    given: Object.fromEntries(all),
    tolerances: { ...Object.fromEntries(all.map(([name]) => [name, { relative }])), diff: near, unadjustedDiff: near },
  };
};
