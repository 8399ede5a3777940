/** Methods that compare means. */
import {
  confidenceSequence,
  liftInterval,
  liftSequence,
  mixtureRho,
  oneSidedBounds,
  relativeLift,
  runningP,
  type SampleSummary,
  type SequenceTuning,
  standardError,
  type WelchTest,
  welchTest,
} from '@sluice/core/statistics';
import { momentsOf, shiftedSummary } from './sample.ts';
import { settled } from './settled.ts';
import type { Expected, Family, Given, Tolerance } from './vector.ts';

interface Arms {
  readonly control: SampleSummary;
  readonly treatment: SampleSummary;
  readonly alpha: number;
  readonly nOpt: number;
}

export function welchFields(test: WelchTest): Record<string, Expected> {
  return {
    diff: test.difference,
    se: test.standardError,
    t: test.t,
    df: test.degreesOfFreedom,
    pTwoSided: test.pTwoSided,
    pGreater: test.pGreater,
    pLess: test.pLess,
    ciLower: test.interval[0],
    ciUpper: test.interval[1],
    lnPTwoSided: test.logPTwoSided,
  };
}

/** A difference near 0 may be off by 1e-12 of a unit or standard error, and what is made of it by as much. */
export function welchTolerances({ standardError: error }: WelchTest, relative: number): Record<string, Tolerance> {
  const absolute = 1e-12 * Math.max(1, error);
  const near = { relative, absolute };
  const ofError = { relative, absolute: absolute / error };
  const ofP = { relative: Math.max(relative, 1e-10), absolute: 0 };
  return {
    diff: near,
    t: ofError,
    se: { relative },
    df: { relative },
    ciLower: near,
    ciUpper: near,
    pTwoSided: ofP,
    pGreater: ofP,
    pLess: ofP,
    lnPTwoSided: { relative, absolute: 1e-9 },
  };
}

export const welch: Family = (vector, file) => {
  const input = vector.input as Partial<Arms> & { controlValues?: number[]; treatmentValues?: number[] };
  const shift = input.controlValues?.[0] ?? 0;
  const summary = (values: number[] | undefined): SampleSummary => shiftedSummary(momentsOf(values ?? [], shift));
  const control = input.control ?? summary(input.controlValues);
  const treatment = input.treatment ?? summary(input.treatmentValues);
  const { confidence = 0.95, nullDifference = 0 } = vector.input as { confidence?: number; nullDifference?: number };
  const test = settled(welchTest(control, treatment, confidence, nullDifference));
  return { given: welchFields(test), tolerances: welchTolerances(test, vector.relTolShifted ?? file.relTol) };
};

export const asymptoticSequence: Family = (vector, file) => {
  const { path, minPerVariant } = vector.input as { path?: [SampleSummary, SampleSummary][]; minPerVariant: number };
  const { control, treatment, alpha, nOpt } = vector.input as unknown as Arms;
  const tuning = { alpha, optimalN: nOpt };
  if (path !== undefined) return runningMinimum(path, minPerVariant, tuning);
  const error = settled(standardError(control, treatment));
  const [plain, robust] = (['plain', 'robust'] as const).map((kind) =>
    settled(confidenceSequence(control, treatment, tuning, kind)),
  ) as [ReturnType<typeof settled<SequenceOf>>, ReturnType<typeof settled<SequenceOf>>];
  const oneSided = settled(oneSidedBounds(control, treatment, tuning));
  const significant = ({ difference, radius }: SequenceOf): boolean => Math.abs(difference) >= radius;
  const near = { relative: file.relTol, absolute: 1e-10 };
  return {
    given: {
      rho: mixtureRho(tuning),
      se: plain.standardError,
      diff: plain.difference,
      radius: plain.radius,
      lower: plain.lower,
      upper: plain.upper,
      lnE: plain.logE,
      p: plain.p,
      significant: significant(plain),
      // The engine gives the bound with the robust error.
      radiusOneSidedAtSameRho: ((oneSided.upper - plain.difference) * plain.standardError) / robust.standardError,
      sePooled: error.pooled,
      seRobust: robust.standardError,
      radiusRobust: robust.radius,
      lnERobust: robust.logE,
      pRobust: robust.p,
      significantRobust: significant(robust),
    },
    tolerances: { lnE: near, lnERobust: near },
  };
};

type SequenceOf = Exclude<ReturnType<typeof confidenceSequence>, { reason: unknown }>;

function runningMinimum(path: [SampleSummary, SampleSummary][], minUnits: number, tuning: SequenceTuning): Given {
  let p = 1;
  const looks = path.map(([control, treatment]) => {
    const now = settled(confidenceSequence(control, treatment, tuning)).p;
    p = runningP(p, now, Math.min(control.n, treatment.n), minUnits);
    return p;
  });
  return { given: { runningMinP: looks, significant: looks.map((one) => one <= tuning.alpha) } };
}

export const lift: Family = ({ input }) => {
  const { control, treatment, alpha, nOpt } = input as unknown as Arms;
  const relative = settled(relativeLift(control, treatment));
  const [ciLower, ciUpper] = liftInterval(relative, alpha);
  const [csLower, csUpper] = liftSequence(relative, control.n + treatment.n, { alpha, optimalN: nOpt });
  const given = { lift: relative.lift, se: relative.standardError, ciLower, ciUpper, csLower, csUpper };
  return { given: { ...given, csRadius: (csUpper - csLower) / 2 } };
};
