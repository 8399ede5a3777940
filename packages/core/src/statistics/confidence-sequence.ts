/**
 * The asymptotic confidence sequence of a difference of means (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2021, arXiv 2103.06476: eq. 9
 * two-sided, eq. 134 one-sided, eq. 161 the tuning), and its e-value. One may look at every moment and stop at any: over all looks together the
 * chance of ever missing the true difference stays near alpha, once an arm has about 100 units.
 *
 * The standard error is the larger of Welch's and the pooled one. With an unequal split and rare or skewed values the plain formula has seen too few
 * events in the small arm to know its variance, and is wrong far too often; the larger of the two is not.
 */
import { type Answer, finiteAnswer, isAnswer, pOfLogE } from './answer.ts';
import { requirePositive, requireProbability } from './domain.ts';
import { type SampleSummary, standardError } from './sample-summary.ts';

/** `optimalN`: the total number of units at which the sequence is tightest. Fixed before the start, never taken from the data. */
export interface SequenceTuning {
  readonly alpha: number;
  readonly optimalN: number;
}

export const DEFAULT_OPTIMAL_N = 5000;

export interface ConfidenceSequence {
  /** Treatment minus control. */
  readonly difference: number;
  readonly standardError: number;
  readonly radius: number;
  readonly lower: number;
  readonly upper: number;
  /** ln of the evidence against no difference. */
  readonly logE: number;
  /** Of this look alone; the running minimum over looks is valid too, see `runningP`. */
  readonly p: number;
}

/** ρ of the normal mixture: √((−2 ln α + ln(1 − 2 ln α)) / N) (eq. 161). @throws SluiceError `invalid` */
export function mixtureRho({ alpha, optimalN }: SequenceTuning): number {
  requireProbability('alpha', alpha);
  requirePositive('optimalN', optimalN);
  return Math.sqrt((-2 * Math.log(alpha) + Math.log(1 - 2 * Math.log(alpha))) / optimalN);
}

/** How many standard errors the interval reaches to each side after `total` units of both arms. */
export function sequenceMultiplier(total: number, tuning: SequenceTuning): number {
  const q = total * mixtureRho(tuning) ** 2;
  return Math.sqrt((1 + 1 / q) * (Math.log1p(q) + 2 * Math.log(1 / tuning.alpha)));
}

/** How many standard errors a bound to one side reaches; its level is alpha on that side. */
export function oneSidedMultiplier(total: number, tuning: SequenceTuning): number {
  const q = total * mixtureRho(tuning) ** 2;
  return Math.sqrt(2 * (1 + 1 / q) * Math.log1p(Math.sqrt(1 + q) / (2 * tuning.alpha)));
}

/** ln of the e-value of a difference that lies `z` standard errors from the null. Never overflows for a finite z. */
export function sequenceLogE(z: number, total: number, tuning: SequenceTuning): number {
  const q = total * mixtureRho(tuning) ** 2;
  return Math.min(Number.MAX_VALUE, ((q / (1 + q)) * z * z - Math.log1p(q)) / 2);
}

/**
 * Refused with `insufficient-data`, `zero-variance`, or `out-of-range`. `kind` chooses the standard error: `plain` is there to be compared
 * with, and fails on unequal splits.
 */
export function confidenceSequence(
  control: SampleSummary,
  treatment: SampleSummary,
  tuning: SequenceTuning,
  kind: 'robust' | 'plain' = 'robust',
): Answer<ConfidenceSequence> {
  const error = standardError(control, treatment);
  if (!isAnswer(error)) return error;
  const chosen = kind === 'robust' ? error.robust : error.unpooled;
  const total = control.n + treatment.n;
  const difference = treatment.mean - control.mean;
  const radius = chosen * sequenceMultiplier(total, tuning);
  const logE = sequenceLogE(difference / chosen, total, tuning);
  return finiteAnswer({
    difference,
    standardError: chosen,
    radius,
    lower: difference - radius,
    upper: difference + radius,
    logE,
    p: pOfLogE(logE),
  });
}

/** Bounds that each hold over all looks with 1 − alpha: the difference is below `upper`; it is above `lower`. */
export interface OneSidedBounds {
  readonly lower: number;
  readonly upper: number;
}

/** Refused as `confidenceSequence` is. */
export function oneSidedBounds(control: SampleSummary, treatment: SampleSummary, tuning: SequenceTuning): Answer<OneSidedBounds> {
  const error = standardError(control, treatment);
  if (!isAnswer(error)) return error;
  const radius = error.robust * oneSidedMultiplier(control.n + treatment.n, tuning);
  const difference = treatment.mean - control.mean;
  return finiteAnswer({ lower: difference - radius, upper: difference + radius });
}
