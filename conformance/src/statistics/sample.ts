/** Samples of values, summed up as the engine does: relative to one shift for both arms. */
import { addValue, emptyMoments, type Moments, meanOf, varianceOf } from '@sluice/core';
import { addPair, covarianceOf, emptyCrossMoments, type PairedSummary, type SampleSummary } from '@sluice/core/statistics';

export function momentsOf(values: readonly number[], shift: number): Moments {
  return values.reduce(addValue, emptyMoments(shift));
}

/** The mean is relative to the shift. */
export function shiftedSummary({ n, mean, m2 }: Moments): SampleSummary {
  return { n, mean, variance: n < 2 ? 0 : m2 / (n - 1) };
}

export function summaryOf(moments: Moments): SampleSummary {
  return { n: moments.n, mean: meanOf(moments) ?? 0, variance: varianceOf(moments) ?? 0 };
}

/** Means are relative to the shifts. */
export function pairedSummary(x: readonly number[], y: readonly number[], shiftX: number, shiftY: number): PairedSummary {
  const moments = x.reduce((sum, value, index) => addPair(sum, value, y[index] ?? 0), emptyCrossMoments(shiftX, shiftY));
  return {
    n: moments.x.n,
    meanX: moments.x.mean,
    meanY: moments.y.mean,
    varianceX: varianceOf(moments.x) ?? 0,
    varianceY: varianceOf(moments.y) ?? 0,
    covariance: covarianceOf(moments) ?? 0,
  };
}
