/**
 * How many units an anytime-valid test needs: the smallest total with |delta|/se(N) ≥ multiplier(N) + z_power (from the radius of arXiv 2103.06476, eq. 9).
 * An upper bound, for one look at that size; who looks all along is done sooner, at about 1.7 times a fixed plan. 1.9 times one where `optimalN` is the size
 * itself, and up to 2.3 where it is far from it.
 */
import { type Answer, noAnswer } from './answer.ts';
import { type SequenceTuning, sequenceMultiplier } from './confidence-sequence.ts';
import { requirePositive, requireProbability } from './domain.ts';
import { normalTail, normalUpperQuantile } from './normal.ts';

export interface SequentialSize {
  /** Units of both arms. */
  readonly total: number;
  readonly exactTotal: number;
}

/** `effect` is the difference over the standard deviation; `ratio` treatment units per control unit. @throws SluiceError `invalid` */
export function sequentialSampleSize(effect: number, power: number, tuning: SequenceTuning, ratio = 1): Answer<SequentialSize> {
  requirePositive('|effect|', Math.abs(effect));
  requireProbability('power', power);
  requirePositive('ratio', ratio);
  const zPower = normalUpperQuantile(1 - power);
  // se = sd √(1/nC + 1/nT) = sd (1 + k)/√(k N).
  const isEnough = (total: number): boolean =>
    (Math.abs(effect) * Math.sqrt(ratio * total)) / (1 + ratio) >= sequenceMultiplier(total, tuning) + zPower;
  let [low, high] = [0, 1];
  while (!isEnough(high)) {
    if (high > Number.MAX_SAFE_INTEGER) return noAnswer('out-of-range');
    [low, high] = [high, high * 2];
  }
  for (let step = 0; step < 200; step++) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) break;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return { total: Math.ceil(high), exactTotal: high };
}

/** The smallest effect, in standard deviations, that is found with this power by `total` units. @throws SluiceError `invalid` */
export function sequentialDetectableEffect(total: number, power: number, tuning: SequenceTuning, ratio = 1): number {
  requirePositive('total', total);
  requireProbability('power', power);
  requirePositive('ratio', ratio);
  return ((sequenceMultiplier(total, tuning) + normalUpperQuantile(1 - power)) * (1 + ratio)) / Math.sqrt(ratio * total);
}

/** The chance to be significant at one look at `total` units, in the effect's own direction. */
export function sequentialPower(effect: number, total: number, tuning: SequenceTuning, ratio = 1): number {
  requirePositive('total', total);
  requirePositive('ratio', ratio);
  return normalTail(sequenceMultiplier(total, tuning) - (Math.abs(effect) * Math.sqrt(ratio * total)) / (1 + ratio));
}
