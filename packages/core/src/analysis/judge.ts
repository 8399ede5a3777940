/** Compares what was measured with what a criterion allows. Nothing measured is never good news. */
import { totalBreakage } from './breakage.ts';
import { type Criterion, type ErrorCause, type Measurement, VERDICTS, type Verdict, type VerdictName } from './criterion.ts';
import { compareWithControl, type ErrorUnits } from './versus-control.ts';

/**
 * `since` is the instant from which data counts: the stage's entry. Until `staleAfterMs` of silence have passed, no data is `wait`. A comparison with
 * the control needs no least number of samples; where it shows no harm, the bounds decide.
 */
export function judge(
  criterion: Criterion,
  measurement: Measurement,
  since: number,
  now: number,
  errorUnits?: ErrorUnits,
): Verdict {
  const compared = compareWithControl(criterion, errorUnits);
  const bounds = judgeBounds(criterion, measurement, since, now);
  if (compared === null) return bounds;
  const { logE, message } = compared;
  if (compared.isWorse) return { ...bounds, verdict: 'fail', cause: 'comparison', message, logE };
  if (bounds.verdict !== 'fail' && isBlind(criterion, measurement, errorUnits))
    return {
      ...failed(criterion, 'badQuery', criterion.slowerThan === undefined ? NO_UNITS : NO_SLOW_UNITS, now),
      value: bounds.value,
      samples: bounds.samples,
      logE,
    };
  return { ...bounds, logE };
}

const NO_UNITS =
  'errors of the change are counted without their unit, so that it cannot be compared with the control; pass { unit } to count';

const NO_SLOW_UNITS =
  'slow values of the change are recorded without their unit, so that it cannot be compared with the control; pass { unit } to observe';

/** Errors or slow values were measured and no unit met one. */
function isBlind({ slowerThan = 0 }: Criterion, measurement: Measurement, errorUnits: ErrorUnits | undefined): boolean {
  return measurement.kind === 'value' && measurement.value > slowerThan && errorUnits?.stages.at(-1)?.canaryEvents === 0;
}

function judgeBounds(criterion: Criterion, measurement: Measurement, since: number, now: number): Verdict {
  if (measurement.kind === 'error') return failed(criterion, measurement.cause, measurement.message, now);
  const newest = measurement.at ?? since;
  // Asked this way round, an instant that is NaN counts as stale.
  if (!(now - Math.max(newest, since) <= criterion.staleAfterMs)) {
    return failed(criterion, 'noData', `no sample of ${criterion.metric} for ${seconds(now - newest)}`, now);
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
  const figures = `${criterion.metric} is ${shown(value)} over ${samples} samples`;
  if (criterion.max !== null && value > criterion.max)
    return verdictOf(criterion, 'fail', `${figures}, above ${shown(criterion.max)}`, value, samples, now);
  if (criterion.min !== null && value < criterion.min)
    return verdictOf(criterion, 'fail', `${figures}, below ${shown(criterion.min)}`, value, samples, now);
  return verdictOf(
    criterion,
    'pass',
    `${figures}, ${criterion.max === null && criterion.min === null ? 'no worse than tolerated so far' : 'within its bound'}`,
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
  const message = `all of the first ${samples} requests failed; at the tolerated ${criterion.metric} of ${shown(criterion.max ?? 0)} that happens once in ${shown(1 / chance)} times`;
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

function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
