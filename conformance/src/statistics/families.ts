/** Every family of vectors, by the name in its file, and how a file is checked. */
import { differences } from './compare-given.ts';
import { canaryEvents, mannWhitney, sampleRatio, sequentialRatio, stagedCanary, twoProportion } from './count-families.ts';
import { distributions, multipleTesting } from './distribution-families.ts';
import { asymptoticSequence, lift, welch } from './mean-families.ts';
import { covariateAdjustment, ratioMetric } from './pair-families.ts';
import { power } from './plan-families.ts';
import { streamingMoments, userAggregation } from './unit-families.ts';
import type { Family, Vector, VectorFile } from './vector.ts';

const FAMILIES: Readonly<Record<string, Family>> = {
  asymptotic_cs: asymptoticSequence,
  canary_event_test: canaryEvents,
  cuped: covariateAdjustment,
  distributions,
  mann_whitney: mannWhitney,
  multiple_testing: multipleTesting,
  power,
  ratio_metric: ratioMetric,
  relative_lift: lift,
  sequential_srm: sequentialRatio,
  srm_chisq: sampleRatio,
  staged_canary: stagedCanary,
  streaming_moments: streamingMoments,
  two_proportion: twoProportion,
  user_aggregation: userAggregation,
  welch,
};

export interface CheckedFile {
  readonly family: string;
  readonly passed: number;
  /** One line a case that fails. */
  readonly failures: readonly string[];
}

/** Null for a file that is no file of vectors of a known family. */
export function checkVectorFile(content: unknown): CheckedFile | null {
  const file = content as Partial<VectorFile> | null;
  const family = typeof file?.family === 'string' && Object.hasOwn(FAMILIES, file.family) ? FAMILIES[file.family] : undefined;
  if (family === undefined || !Array.isArray(file?.cases)) return null;
  const whole = file as VectorFile;
  const failures = whole.cases.flatMap((vector) => failureOf(family, vector, whole));
  return { family: whole.family, passed: whole.cases.length - failures.length, failures };
}

function failureOf(family: Family, vector: Vector, file: VectorFile): string[] {
  try {
    const differing = differences(vector, family(vector, file), file.relTol);
    return differing.length === 0 ? [] : [`${vector.id}: ${differing.join('; ')}`];
  } catch (error) {
    return [`${vector.id}: ${error instanceof Error ? error.message : String(error)}`];
  }
}
