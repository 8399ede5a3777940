/**
 * The relative change of a mean by the delta method (Deng, Knoblich, Lu 2018, eq. 4): (mT − mC)/|mC|. It is for showing; whether there is an
 * effect is decided on the difference, which needs no division.
 */
import { type Answer, finiteAnswer, noAnswer } from './answer.ts';
import { type SequenceTuning, sequenceMultiplier } from './confidence-sequence.ts';
import { requireProbability } from './domain.ts';
import { normalUpperQuantile } from './normal.ts';
import type { SampleSummary } from './sample-summary.ts';

/** The control's mean must be this many standard errors from 0: nearer, the ratio has no useful distribution. */
export const MIN_ERRORS_FROM_ZERO = 5;

export interface RelativeLift {
  /** A fraction of the control's mean. */
  readonly lift: number;
  readonly standardError: number;
}

/** Without a guard against a control near 0. Refused with `insufficient-data`, `control-mean-near-zero` for a control of 0, `out-of-range`. */
export function relativeLift(control: SampleSummary, treatment: SampleSummary): Answer<RelativeLift> {
  if (!(control.n >= 1 && treatment.n >= 1)) return noAnswer('insufficient-data');
  if (control.mean === 0) return noAnswer('control-mean-near-zero');
  const size = Math.abs(control.mean);
  // As ratios: the fourth power of a mean leaves the range of a double long before the mean does.
  const ofTreatment = treatment.variance / treatment.n / size / size;
  const ofControl = (control.variance / control.n / size / size) * (treatment.mean / size) ** 2;
  return finiteAnswer({
    lift: (treatment.mean - control.mean) / size,
    standardError: Math.sqrt(ofTreatment + ofControl),
  });
}

/** Whether the control's mean is too near to 0 for a relative change. */
export function isNearZero(control: SampleSummary): boolean {
  return !(Math.abs(control.mean) >= MIN_ERRORS_FROM_ZERO * Math.sqrt(control.variance / control.n)) || control.mean === 0;
}

/** For one look at a size fixed before. @throws SluiceError `invalid` */
export function liftInterval({ lift, standardError }: RelativeLift, alpha: number): readonly [lower: number, upper: number] {
  requireProbability('alpha', alpha);
  const radius = normalUpperQuantile(alpha / 2) * standardError;
  return [lift - radius, lift + radius];
}

/** Valid at every look; `total` is the number of units in both arms. */
export function liftSequence(
  { lift, standardError }: RelativeLift,
  total: number,
  tuning: SequenceTuning,
): readonly [lower: number, upper: number] {
  const radius = sequenceMultiplier(total, tuning) * standardError;
  return [lift - radius, lift + radius];
}
