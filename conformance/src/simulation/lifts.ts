/** A rate whose relative change is looked at all the time: how often does its interval ever leave out the true change? */
import {
  isAnswer,
  isNearZero,
  liftSequence,
  liftSet,
  relativeLift,
  type SampleSummary,
  sequenceMultiplier,
} from '@sluice/core/statistics';
import { ALPHA } from './decision.ts';
import { Random } from './random.ts';

const LOOKS = 150;
/** Units of both arms from look to look. */
const EVERY = 1000;
const MIN_UNITS = 100;
const TUNING = { alpha: ALPHA, optimalN: 5000 };

export interface LiftCell {
  /** The treatment's part. */
  readonly share: number;
  readonly rate: number;
  /** The true relative change. */
  readonly change: number;
}

export const LIFT_CELLS: readonly LiftCell[] = [
  { share: 0.5, rate: 0.01, change: 0 },
  { share: 0.5, rate: 0.01, change: 1 },
  { share: 0.1, rate: 0.01, change: 0 },
  { share: 0.01, rate: 0.01, change: 0 },
  { share: 0.01, rate: 0.01, change: 1 },
  { share: 0.01, rate: 0.1, change: 0 },
];

export interface MissedChanges {
  /** Of the interval that results show: what the comparison does not speak against. */
  readonly set: number;
  /** Of the delta method's error with the same multiplier, where the treatment has met something. */
  readonly delta: number;
  /** The same with the looks at which it has met nothing: there that error is 0, and the interval the single point of −100 %. */
  readonly deltaAtNone: number;
}

export function measureLifts(cell: LiftCell, replicates: number, seed: string): MissedChanges {
  const random = new Random(`${seed}/lift ${cell.share} ${cell.rate} ${cell.change}`);
  let [set, delta, deltaAtNone] = [0, 0, 0];
  for (let replicate = 0; replicate < replicates; replicate++) {
    const missed = everMissed(cell, random);
    set += Number(missed.bySet);
    delta += Number(missed.byDelta);
    deltaAtNone += Number(missed.byDelta || missed.byPoint);
  }
  return { set: set / replicates, delta: delta / replicates, deltaAtNone: deltaAtNone / replicates };
}

interface Missed {
  readonly bySet: boolean;
  readonly byDelta: boolean;
  readonly byPoint: boolean;
}

function everMissed({ share, rate, change }: LiftCell, random: Random): Missed {
  const met = { control: 0, treatment: 0 };
  let [bySet, byDelta, byPoint] = [false, false, false];
  for (let look = 1; look <= LOOKS; look++) {
    met.control += random.binomial(EVERY * (1 - share), rate);
    met.treatment += random.binomial(EVERY * share, rate * (1 + change));
    const control = summaryOf(EVERY * (1 - share) * look, met.control);
    const treatment = summaryOf(EVERY * share * look, met.treatment);
    const relative = relativeLift(control, treatment);
    if (treatment.n < MIN_UNITS || isNearZero(control) || !isAnswer(relative)) continue;
    const allowed = liftSet(control, treatment, sequenceMultiplier(EVERY * look, TUNING));
    bySet ||= isAnswer(allowed) && leavesOut([allowed.lower, allowed.upper], change);
    if (relative.standardError === 0) byPoint ||= relative.lift !== change;
    else byDelta ||= leavesOut(liftSequence(relative, EVERY * look, TUNING), change);
  }
  return { bySet, byDelta, byPoint };
}

function leavesOut([lower, upper]: readonly [number, number], change: number): boolean {
  return lower > change || upper < change;
}

function summaryOf(n: number, met: number): SampleSummary {
  const mean = met / n;
  return { n, mean, variance: (mean * (1 - mean) * n) / (n - 1) };
}
