/** Methods on counts and ranks. */
import {
  eventTest,
  mannWhitneyTest,
  runningP,
  SAMPLE_RATIO_LEVEL,
  type StageCounts,
  sampleRatioTest,
  sequentialSampleRatio,
  stagedEventTest,
  stratifiedDifference,
  twoProportionTest,
} from '@sluice/core/statistics';
import { settled } from './settled.ts';
import type { Family } from './vector.ts';

interface Successes {
  readonly n: number;
  readonly successes: number;
}

export const twoProportion: Family = ({ input }) => {
  const { control, treatment, confidence } = input as unknown as {
    control: Successes;
    treatment: Successes;
    confidence: number;
  };
  const test = settled(twoProportionTest(control, treatment, confidence));
  return {
    given: {
      diff: test.difference,
      sePooled: test.pooled.standardError,
      seUnpooled: test.unpooled.standardError,
      zPooled: test.pooled.z,
      pTwoSidedPooled: test.pooled.pTwoSided,
      zUnpooled: test.unpooled.z,
      pTwoSidedUnpooled: test.unpooled.pTwoSided,
      ciLowerUnpooled: test.interval[0],
      ciUpperUnpooled: test.interval[1],
      chi2: test.chiSquare,
    },
  };
};

export const sampleRatio: Family = ({ input }) => {
  const test = settled(sampleRatioTest(input.observed as number[], input.weights as number[]));
  return {
    given: {
      chi2: test.chiSquare,
      df: test.degreesOfFreedom,
      p: test.p,
      lnP: test.logP,
      mismatchAt0_001: test.p < SAMPLE_RATIO_LEVEL,
    },
  };
};

export const sequentialRatio: Family = ({ input }) => {
  const { observed, observedPath, weights, concentration } = input as {
    observed?: number[];
    observedPath?: number[][];
    weights: number[];
    concentration: number;
  };
  const ofP = { relative: 1e-6 };
  let p = 1;
  const runningMinP = (observedPath ?? []).map((counts) => {
    const now = settled(sequentialSampleRatio(counts, weights, concentration)).p;
    p = runningP(p, now, 0, 0);
    return p;
  });
  if (observed === undefined) return { given: { runningMinP }, tolerances: { runningMinP: ofP } };
  const test = settled(sequentialSampleRatio(observed, weights, concentration));
  return {
    given: { lnBayesFactor: test.logE, pSequential: test.p },
    tolerances: { lnBayesFactor: { relative: 1e-9, absolute: 1e-7 }, pSequential: ofP },
  };
};

export const canaryEvents: Family = ({ input }, { relTol }) => {
  const { concentration, ...counts } = input as unknown as Parameters<typeof eventTest>[0] & { concentration: number };
  const test = settled(eventTest(counts, { concentration }));
  const near = { relative: relTol, absolute: 1e-9 };
  return {
    given: { lnETwoSided: test.logETwoSided, lnEOneSided: test.logE, pTwoSided: test.pTwoSided, pOneSided: test.p },
    tolerances: { lnETwoSided: near, lnEOneSided: near },
  };
};

/** What adding all stages up would say; the engine does not: only to compare with. */
function pooledDifference(stages: readonly StageCounts[]): number {
  const sum = (read: (stage: StageCounts) => number): number => stages.reduce((total, stage) => total + read(stage), 0);
  return sum((s) => s.canaryEvents) / sum((s) => s.canaryN) - sum((s) => s.baselineEvents) / sum((s) => s.baselineN);
}

export const stagedCanary: Family = ({ input }, { relTol }) => {
  const { stages, concentration } = input as unknown as { stages: StageCounts[]; concentration: number };
  const test = settled(stagedEventTest(stages, { concentration }));
  const stratified = settled(stratifiedDifference(stages));
  const near = { relative: relTol, absolute: 1e-8 };
  return {
    given: {
      lnETwoSided: test.logETwoSided,
      lnEOneSided: test.logE,
      pOneSided: test.p,
      stratifiedDiff: stratified.difference,
      stratifiedSe: stratified.standardError,
      naivePooledDiff: pooledDifference(stages),
    },
    tolerances: { lnETwoSided: near, lnEOneSided: near },
  };
};

export const mannWhitney: Family = ({ input }) => {
  const test = settled(mannWhitneyTest(input.control as number[], input.treatment as number[]));
  return {
    given: {
      uTreatment: test.u,
      sigma: test.sigma,
      pAsymptotic: test.pTwoSided,
      pAsymptoticContinuity: test.pTwoSidedWithContinuity,
      probSuperiority: test.probabilityOfSuperiority,
    },
  };
};
