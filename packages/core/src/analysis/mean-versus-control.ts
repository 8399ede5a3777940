/**
 * Whether the mean of what units meet is worse on the change than beside it, by the one-sided confidence sequence over the means of units in this stage
 * (arXiv 2103.06476, eq. 134). A unit that is slow by nature is so in every stage, so the stages are no independent evidence: each is judged by itself, and
 * the chance of a false alarm is divided among them.
 */
import { type Answer, finiteAnswer, isAnswer, noAnswer } from '../statistics/answer.ts';
import { DEFAULT_OPTIMAL_N, type SequenceTuning } from '../statistics/confidence-sequence.ts';
import { oneSidedLogP } from '../statistics/one-sided-p.ts';
import { standardError } from '../statistics/sample-summary.ts';
import { type AllowedMean, againstAllowed } from './allowed-mean.ts';
import {
  COMPARISON_LEVEL,
  type ComparedMeans,
  type Comparison,
  neededForHarm,
  oddsOf,
  REQUEST_RATIO,
  shownApart,
  shownFigure,
} from './comparison.ts';
import type { Criterion, Measurement } from './criterion.ts';
import { meanOf } from './moments.ts';
import { type ComparedFigures, ratioBand } from './ratio-band.ts';

/** The sequence holds in the limit; below so many units a side it is not to be trusted. */
const MIN_UNITS = 100;

/** As a part of the mean: what varies by less may be the last digits of equal values. */
const ROUNDING = 1e-14;

const NO_UNITS =
  'values of the change are recorded without their unit, so that their mean cannot be compared with that of the units beside it; pass { unit } to observe';

/** `comparisons`: how many times the chance of a false alarm is divided: by the criteria of the stage that compare, and by the stages. */
export function compareMeans(
  { versusControl = 1, minSamples, metric }: Criterion,
  measurement: Measurement,
  compared: ComparedMeans,
  comparisons: number,
): Comparison {
  const { control, change, changeUndrawn = 0, by } = compared;
  const ratio = by === 'units' ? versusControl : looser(versusControl);
  const needed = neededForHarm(comparisons);
  const excess = excessOf(compared, ratio);
  const worse = evidenceOf(excess, { alpha: 1 / needed, optimalN: DEFAULT_OPTIMAL_N }, 1);
  const notWorse = evidenceOf(excess, { alpha: COMPARISON_LEVEL, optimalN: DEFAULT_OPTIMAL_N }, -1);
  const isEnough = Math.min(control.n, change.n) >= MIN_UNITS;
  const isUntold =
    control.n > 0 && change.n + changeUndrawn === 0 && measurement.kind === 'value' && measurement.samples >= minSamples;
  return {
    by,
    isWorse: isEnough && worse >= Math.log(needed),
    isNotWorse: isEnough && notWorse >= -Math.log(COMPARISON_LEVEL),
    logE: isEnough ? worse : 0,
    logENotWorse: isEnough ? notWorse : 0,
    figures: () => figuresIn(compared, ratio, Math.log(needed), isEnough),
    message: `${figuresOf(metric, compared)}: evidence ${oddsOf(worse)} that it is ${boundText(ratio, versusControl)}; harm from ${oddsOf(Math.log(needed))}`,
    waitsFor: isEnough ? undecided(excess, compared, ratio) : tooFew(metric, compared),
    problem: isUntold ? NO_UNITS : null,
  };
}

/** In the direction of the bound, and no tighter than raw requests allow. */
function looser(ratio: number): number {
  return ratio >= 1 ? Math.max(ratio, REQUEST_RATIO) : Math.min(ratio, 1 / REQUEST_RATIO);
}

/** From 1 on larger is worse, below smaller. */
function allowedBy(ratio: number): AllowedMean {
  return ratio >= 1 ? { sign: 1, margin: ratio - 1 } : { sign: -1, margin: 1 - ratio };
}

interface Excess {
  /** By how many standard errors the change is worse than allowed. */
  readonly z: number;
  readonly total: number;
}

function excessOf(compared: ComparedMeans, ratio: number): Answer<Excess> {
  return excessBeyond(compared, allowedBy(ratio));
}

function excessBeyond({ control, change }: ComparedMeans, by: AllowedMean): Answer<Excess> {
  const [allowed, harm] = againstAllowed(control, change, by);
  const error = standardError(allowed, harm);
  if (!isAnswer(error)) return error;
  const isRounding = error.robust <= ROUNDING * Math.max(Math.abs(meanOf(control) ?? 0), Math.abs(meanOf(change) ?? 0));
  if (isRounding) return noAnswer('zero-variance');
  return finiteAnswer({ z: (harm.mean - allowed.mean) / error.robust, total: allowed.n + harm.n });
}

function evidenceOf(excess: Answer<Excess>, tuning: SequenceTuning, side: 1 | -1): number {
  // Minus 0 would be written as another number than 0.
  return isAnswer(excess) ? Math.abs(oneSidedLogP(side * excess.z, excess.total, tuning)) : 0;
}

function figuresIn(compared: ComparedMeans, tolerated: number, neededLogE: number, isEnough: boolean): ComparedFigures {
  const [control, change] = [finiteOr0(meanOf(compared.control)), finiteOr0(meanOf(compared.change))];
  const hasRatio = control > 0 && compared.change.n > 0;
  const tuning = (logE: number): SequenceTuning => ({ alpha: Math.exp(-logE), optimalN: DEFAULT_OPTIMAL_N });
  const usual = -Math.log(COMPARISON_LEVEL);
  // The side on which it is worse is as far as its evidence of harm reaches.
  const needed = tolerated >= 1 ? { above: neededLogE, below: usual } : { above: usual, below: neededLogE };
  const evidence = (side: 1 | -1, logE: number) => (ratio: number) =>
    evidenceOf(excessBeyond(compared, { sign: 1, margin: ratio - 1 }), tuning(logE), side);
  const band =
    hasRatio && isEnough
      ? ratioBand(evidence(1, needed.above), evidence(-1, needed.below), needed)
      : { lower: null, upper: null };
  return { of: 'mean', change, control, ratio: hasRatio ? change / control : null, ...band, tolerated, neededLogE };
}

function finiteOr0(value: number | null): number {
  return value !== null && Number.isFinite(value) ? value : 0;
}

/** Where nothing varies, chance cannot be judged; what does not differ needs no judging. */
function undecided(excess: Answer<Excess>, { control, change }: ComparedMeans, ratio: number): string | null {
  if (isAnswer(excess)) return null;
  const [allowed, harm] = againstAllowed(control, change, allowedBy(ratio));
  return harm.mean <= allowed.mean ? null : `its mean cannot be compared with the control's (${excess.reason})`;
}

function tooFew(metric: string, { control, change, by }: ComparedMeans): string {
  return `${metric} was met by ${change.n} ${nounOf(by)} of the change and ${control.n} beside it; ${MIN_UNITS} of each are compared`;
}

function figuresOf(metric: string, { control, change, by }: ComparedMeans): string {
  const label = by === 'units' ? '' : 'raw requests, not units: ';
  const [on, beside] = shownApart(meanOf(change) ?? 0, meanOf(control) ?? 0);
  return `${label}${metric} is ${on} over ${change.n} ${nounOf(by)} on the change and ${beside} over ${control.n} beside it`;
}

/** What was declared is said as it was declared. */
function boundText(ratio: number, declared: number): string {
  return `${ratio >= 1 ? 'more' : 'less'} than ${ratio === declared ? ratio : shownFigure(ratio)} times the control's`;
}

function nounOf(by: ComparedMeans['by']): string {
  return by === 'units' ? 'units' : 'values';
}
