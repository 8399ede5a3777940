/** Whether units fell into the arms as the test configured it. Where they did not, something loses or moves units, and the arms are unlike. */
import { isAnswer } from '../statistics/answer.ts';
import { runningP } from '../statistics/running-p.ts';
import { SAMPLE_RATIO_LEVEL, sampleRatioTest } from '../statistics/sample-ratio.ts';
import { sequentialSampleRatio } from '../statistics/sequential-sample-ratio.ts';
import type { Experiment } from './experiment.ts';
import { armTotals, type SubjectTotals } from './ledger.ts';

export interface SampleRatio {
  /** Distinct exposed users by arm, and how many the weights would have given. */
  readonly observed: Readonly<Record<string, number>>;
  readonly expected: Readonly<Record<string, number>>;
  /** Of the sequential test, the smallest of all looks; below 0.001 nothing is called significant. */
  readonly pValue: number;
  /** Of the chi-square test at this look alone: only to compare with other tools. */
  readonly chiSquarePValue: number;
  readonly isMismatch: boolean;
}

/** Null without exposed users: observations without a user tell of no assignment. */
export function sampleRatioOf({ arms }: Experiment, totals: SubjectTotals): SampleRatio | null {
  const observed = arms.map(({ variant }) => armTotals(totals, variant).exposed);
  const weights = arms.map(({ weight }) => weight);
  const total = observed.reduce((sum, count) => sum + count, 0);
  const [sequential, chiSquare] = [sequentialSampleRatio(observed, weights), sampleRatioTest(observed, weights)];
  if (total === 0 || !isAnswer(sequential) || !isAnswer(chiSquare)) return null;
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const byArm = (values: readonly number[]): Record<string, number> =>
    Object.fromEntries(arms.map(({ variant }, index) => [variant, values[index] ?? 0]));
  const pValue = runningP(totals.looks.sampleRatioP, sequential.p, 0, 0);
  return {
    observed: byArm(observed),
    expected: byArm(weights.map((weight) => (total * weight) / whole)),
    pValue,
    chiSquarePValue: chiSquare.p,
    isMismatch: pValue < SAMPLE_RATIO_LEVEL,
  };
}
