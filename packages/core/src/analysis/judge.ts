/** Compares what was measured with what a criterion allows. Nothing measured is never good news. */
import { durationInWords } from '../rollout/duration.ts';
import { totalBreakage } from './breakage.ts';
import { COMPARISON_LEVEL, type Comparison, oddsOf, rarityOf, shownFigure as shown, shownApart } from './comparison.ts';
import { type Criterion, type ErrorCause, type Measurement, VERDICTS, type Verdict, type VerdictName } from './criterion.ts';
import { type ComparedSides, compareWithControl } from './versus-control.ts';

/**
 * `since` is the instant from which data counts: the stage's entry. Until `staleAfterMs` of silence have passed, no data is `wait`. A comparison with
 * the control needs no least number of samples to fail; where it shows no harm, the bounds decide, and what it waits for itself.
 */
export function judge(
  criterion: Criterion,
  measurement: Measurement,
  since: number,
  now: number,
  sides?: ComparedSides,
): Verdict {
  const bounds = judgeBounds(criterion, measurement, since, now);
  const compared = compareWithControl(criterion, measurement, sides, since);
  if (compared === null) return criterion.versusControl === undefined ? bounds : uncompared(criterion, bounds);
  return { ...withComparison(criterion, bounds, compared), ...evidenceOf(criterion, compared, sides?.isUnread) };
}

/** Where everybody is served the change, or whom groups let in, nobody was drawn beside them. */
function uncompared(criterion: Criterion, bounds: Verdict): Verdict {
  if (bounds.verdict !== 'pass') return bounds;
  const left = hasBound(criterion) ? ', within its bound; it' : '; it';
  return {
    ...bounds,
    message: `${figuresOf(criterion, bounds)}${left} is not compared, since nobody is drawn beside the change in this stage`,
  };
}

function hasBound({ max, min }: Criterion): boolean {
  return max !== null || min !== null;
}

function figuresOf({ metric }: Criterion, { value, samples }: Pick<Verdict, 'value' | 'samples'>): string {
  return `${metric} is ${shown(value ?? 0)} over ${samples} samples`;
}

/** The bound as it was declared, and the value with the digits that tell it from the bound. */
function beyond({ metric }: Criterion, value: number, samples: number, bound: number): string {
  return `${metric} is ${shownApart(value, bound)[0]} over ${samples} samples, ${value > bound ? 'above' : 'below'} ${bound}`;
}

function evidenceOf(
  { nonInferiority }: Criterion,
  { logE, logENotWorse, by, figures }: Comparison,
  isUnread = false,
): Partial<Verdict> {
  return {
    ...{ logE, comparedBy: by },
    ...(isUnread ? {} : { compared: figures() }),
    ...(nonInferiority === true ? { logENotWorse } : {}),
  };
}

function withComparison(criterion: Criterion, bounds: Verdict, compared: Comparison): Verdict {
  const { message, waitsFor, problem } = compared;
  if (compared.isWorse) return { ...bounds, verdict: 'fail', cause: 'comparison', message };
  if (bounds.verdict === 'fail') return bounds;
  if (problem !== null) return { ...bounds, verdict: 'error', cause: 'badQuery', message: problem };
  if (bounds.verdict !== 'pass') return bounds;
  if (waitsFor !== null) return { ...bounds, verdict: 'wait', message: waitsFor };
  if (criterion.nonInferiority === true && !compared.isNotWorse)
    return { ...bounds, verdict: 'wait', message: `${message}; ${notShown(compared)}` };
  return compared.by === 'requests' ? { ...bounds, message: `${bounds.message}; ${message}` } : bounds;
}

function notShown({ logENotWorse }: Comparison): string {
  return `not shown to be no worse yet: evidence ${oddsOf(logENotWorse)} of ${oddsOf(-Math.log(COMPARISON_LEVEL))}`;
}

function judgeBounds(criterion: Criterion, measurement: Measurement, since: number, now: number): Verdict {
  if (measurement.kind === 'error') return failed(criterion, measurement.cause, measurement.message, now);
  const newest = measurement.at ?? since;
  // Asked this way round, an instant that is NaN counts as stale.
  if (!(now - Math.max(newest, since) <= criterion.staleAfterMs)) {
    return failed(criterion, 'noData', `no sample of ${criterion.metric} for ${inWholeSeconds(now - newest)}`, now);
  }
  if (measurement.kind === 'noData' || newest < since)
    return verdictOf(criterion, 'wait', `no sample of ${criterion.metric} yet`, null, 0, now);
  const { value, samples } = measurement;
  if (!Number.isFinite(value))
    return failed(criterion, 'noData', `${criterion.metric} is ${String(value)}, which says nothing`, now);
  if (!(samples >= criterion.minSamples)) {
    const chance = totalBreakage(criterion, measurement, now - since <= criterion.windowMs);
    if (chance !== null) return { ...broken(criterion, chance, measurement, now), cause: 'breakage' };
    return verdictOf(
      criterion,
      'wait',
      `${samples} of ${criterion.minSamples} samples of ${criterion.metric}`,
      value,
      samples,
      now,
    );
  }
  const figures = figuresOf(criterion, { value, samples });
  const { max, min } = criterion;
  if (max !== null && value > max)
    return verdictOf(criterion, 'fail', beyond(criterion, value, samples, max), value, samples, now);
  if (min !== null && value < min)
    return verdictOf(criterion, 'fail', beyond(criterion, value, samples, min), value, samples, now);
  return verdictOf(
    criterion,
    'pass',
    `${figures}, ${hasBound(criterion) ? 'within its bound' : 'no worse than tolerated so far'}`,
    value,
    samples,
    now,
  );
}

/** The worst of what must be obeyed; `pass` when there is nothing. Dry-run verdicts are left out. */
export function worstVerdict(verdicts: readonly Verdict[]): VerdictName {
  return VERDICTS.find((name) => verdicts.some((verdict) => !verdict.dryRun && verdict.verdict === name)) ?? 'pass';
}

function broken(
  criterion: Criterion,
  chance: number,
  { value, samples }: { value: number; samples: number },
  now: number,
): Verdict {
  const message = `all of the first ${samples} requests failed; at the tolerated ${criterion.metric} of ${criterion.max ?? 0} that happens ${rarityOf(Math.log(chance))}`;
  return verdictOf(criterion, 'fail', message, value, samples, now);
}

function verdictOf(
  criterion: Criterion,
  verdict: VerdictName,
  message: string,
  value: number | null,
  samples: number,
  now: number,
): Verdict {
  return { criterion: criterion.name, verdict, cause: null, message, value, samples, dryRun: criterion.dryRun, at: now };
}

function failed(criterion: Criterion, cause: ErrorCause, message: string, now: number): Verdict {
  return { ...verdictOf(criterion, 'error', message, null, 0, now), cause };
}

function inWholeSeconds(ms: number): string {
  return Number.isFinite(ms) ? durationInWords(Math.max(1, Math.round(ms / 1000)) * 1000) : 'an unknown time';
}
