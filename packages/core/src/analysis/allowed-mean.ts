/** How far the mean of a change may lie from the control's: by a margin in the bad direction, without a division. */
import type { SampleSummary } from '../statistics/sample-summary.ts';
import { type Moments, summaryIn } from './moments.ts';

export interface AllowedMean {
  /** 1 where larger is worse, −1 where smaller is. */
  readonly sign: 1 | -1;
  /** As a part of the control's mean, 0 or more. */
  readonly margin: number;
}

/** The control as the margin allows it to be, and the change, both turned so that larger is worse: mC + margin |mC|. */
export function againstAllowed(
  control: Moments,
  change: Moments,
  { sign, margin }: AllowedMean,
): readonly [allowed: SampleSummary, change: SampleSummary] {
  // Without a margin in the common shift, so that means near 1e9 keep their digits; a margin is a part of the mean itself.
  const shift = margin === 0 ? control.shift : 0;
  const [beside, on] = [summaryIn(shift, control), summaryIn(shift, change)];
  const factor = 1 + sign * Math.sign(beside.mean) * margin;
  const allowed = { n: beside.n, mean: beside.mean * factor, variance: beside.variance * factor * factor };
  return [flipped(allowed, sign), flipped(on, sign)];
}

function flipped({ n, mean, variance }: SampleSummary, sign: number): SampleSummary {
  return { n, mean: sign * mean, variance };
}
