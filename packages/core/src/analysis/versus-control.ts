/**
 * Whether more units meet an error, or are slow, on the change than beside it, by the exact event test over all stages that had a control. It may be asked at every
 * look and at any number of errors. Units count once a stage, however often they met one, because the requests of one unit fail together. Where units are
 * not known, requests are counted by intervals, and a ratio is tolerated.
 */
import { isAnswer } from '../statistics/answer.ts';
import { gridEvidence } from '../statistics/event-grid.ts';
import { type EventCounts, toleratedShare } from '../statistics/event-test.ts';
import { stagedEventTest } from '../statistics/staged-event-test.ts';
import {
  COMPARISON_LEVEL,
  type Compared,
  type ComparedEvents,
  type Comparison,
  neededForHarm,
  oddsOf,
  REQUEST_RATIO,
  type StageEvents,
} from './comparison.ts';
import type { Criterion, Measurement } from './criterion.ts';
import { compareMeans } from './mean-versus-control.ts';
import { parseMetric } from './metric.ts';
import { type ComparedFigures, ratioBand, ratioWhere } from './ratio-band.ts';
import type { RequestCounts } from './request-counts.ts';

/** What both sides have, and among how many the chance of a false alarm is divided. */
export interface ComparedSides {
  readonly compared: Compared;
  /** Criteria of the stage that compare. */
  readonly comparisons: number;
  /** Stages of the plan that have a control; those of means are judged one by one. */
  readonly stages: number;
  /** Nobody will read the verdict: it is to decide, and not to show. */
  readonly isUnread?: boolean;
}

/** Null where the criterion compares nothing. `since` is the stage's entry. */
export function compareWithControl(
  criterion: Criterion,
  measurement: Measurement,
  sides: ComparedSides | undefined,
  since: number,
): Comparison | null {
  if (criterion.versusControl === undefined || sides === undefined) return null;
  const { compared, comparisons, stages } = sides;
  if (compared.kind === 'means') return compareMeans(criterion, measurement, compared, comparisons * Math.max(1, stages));
  return !compared.stages.some(isTold) && isMeasured(criterion, measurement, compared.requests)
    ? compareRequests(criterion, compared.requests, comparisons, since)
    : compareUnits(criterion, measurement, compared, comparisons);
}

/** Somebody is known to have met one, compared or not. */
function isTold({ canaryEvents, baselineEvents, canaryUndrawn = 0, baselineUndrawn = 0 }: StageEvents): boolean {
  return canaryEvents + baselineEvents + canaryUndrawn + baselineUndrawn > 0;
}

/** The metric of which units are counted that meet a value above `slowerThan`; null where errors are compared, or nothing. */
export function slowMetricOf({ metric, slowerThan }: Pick<Criterion, 'metric' | 'slowerThan'>): string | null {
  const query = slowerThan === undefined ? null : parseMetric(metric);
  return query !== null && 'kind' in query && query.kind === 'quantile' ? query.metric : null;
}

/** The metric whose means are compared; null where none are. */
export function comparedMeanOf({ metric, versusControl }: Criterion): string | null {
  const query = versusControl === undefined ? null : parseMetric(metric);
  return query !== null && 'kind' in query && query.kind === 'mean' ? query.metric : null;
}

/** How many times the control's rate is tolerated of raw requests. */
export function requestRatio({ versusControl = 1 }: Criterion): number {
  return Math.max(versusControl, REQUEST_RATIO);
}

/** Errors or slow values were met, though by no unit; or units are not asked about at all. */
function isMeasured({ source, slowerThan = 0 }: Criterion, measurement: Measurement, requests: RequestCounts | undefined) {
  const isMet = measurement.kind === 'value' && measurement.value > slowerThan;
  return source !== 'collector' || isMet || (requests !== undefined && requests.canaryEvents + requests.baselineEvents > 0);
}

function compareUnits(
  criterion: Criterion,
  measurement: Measurement,
  { stages }: ComparedEvents,
  comparisons: number,
): Comparison {
  const { versusControl = 1, slowerThan, nonInferiority = false } = criterion;
  const needed = neededForHarm(comparisons);
  const logE = worseThan(stages, versusControl);
  const logENotWorse = nonInferiority ? notWorseThan(stages, versusControl) : 0;
  const { canaryEvents = 1, canaryUndrawn = 0 } = stages.at(-1) ?? {};
  const isUntold = measurement.kind === 'value' && measurement.value > (slowerThan ?? 0) && canaryEvents + canaryUndrawn === 0;
  return {
    by: 'units',
    isWorse: logE >= Math.log(needed),
    isNotWorse: logENotWorse >= -Math.log(COMPARISON_LEVEL),
    logE,
    logENotWorse,
    figures: () => unitFigures(stages, versusControl, Math.log(needed)),
    message: `${unitsInWords(stages, slowerThan)}: ${evidenceInWords(criterion, versusControl, logE, needed)}`,
    waitsFor: null,
    problem: isUntold && stages.some(isTold) ? untold(slowerThan) : null,
  };
}

function compareRequests(
  criterion: Criterion,
  requests: RequestCounts | undefined,
  comparisons: number,
  since: number,
): Comparison {
  const needed = neededForHarm(comparisons);
  const [logE, logENotWorse] = requests === undefined ? [0, 0] : [requests.worse, requests.notWorse].map(logEOf);
  return {
    by: 'requests',
    isWorse: (logE ?? 0) >= Math.log(needed),
    isNotWorse: (logENotWorse ?? 0) >= -Math.log(COMPARISON_LEVEL),
    logE: logE ?? 0,
    logENotWorse: logENotWorse ?? 0,
    figures: () => requestFigures(requests, requestRatio(criterion), Math.log(needed)),
    message: `${requestsInWords(requests, criterion.slowerThan)}: ${evidenceInWords(criterion, requestRatio(criterion), logE ?? 0, needed)}`,
    waitsFor:
      requests === undefined || requests.until <= since
        ? `units are not known, and the requests of both sides have not been counted in this stage yet`
        : null,
    problem: null,
  };
}

function logEOf(grid: RequestCounts['worse']): number {
  return gridEvidence(grid).logE;
}

function worseThan(stages: readonly EventCounts[], ratio: number): number {
  const test = stagedEventTest(stages, { toleratedRatio: ratio });
  return isAnswer(test) ? test.logE : 0;
}

function unitFigures(stages: readonly StageEvents[], tolerated: number, neededLogE: number): ComparedFigures {
  const [change, control] = [sumOf(stages, 'canaryEvents'), sumOf(stages, 'baselineEvents')];
  const band = ratioBand(
    (ratio) => worseThan(stages, ratio),
    (ratio) => notWorseThan(stages, ratio),
    { above: neededLogE, below: -Math.log(COMPARISON_LEVEL) },
  );
  // The ratio at which as many as were met on the change are expected there, over all stages.
  const excess = (ratio: number): number =>
    stages.reduce(
      (sum, { canaryEvents, baselineEvents, canaryShare }) =>
        sum + canaryEvents - (canaryEvents + baselineEvents) * toleratedShare(canaryShare, ratio),
      0,
    );
  const ratio = control === 0 ? null : change === 0 ? 0 : ratioWhere(excess);
  return { of: 'events', change, control, ratio, ...band, tolerated, neededLogE };
}

/** Requests of one unit come together, so that their rates have no band of their own. */
function requestFigures(requests: RequestCounts | undefined, tolerated: number, neededLogE: number): ComparedFigures {
  const { canaryN = 0, canaryEvents = 0, baselineN = 0, baselineEvents = 0 } = requests ?? {};
  const [change, control] = [canaryEvents / Math.max(1, canaryN), baselineEvents / Math.max(1, baselineN)];
  const ratio = control > 0 && canaryN > 0 ? change / control : null;
  return { of: 'rate', change, control, ratio, lower: null, upper: null, tolerated, neededLogE };
}

function sumOf(stages: readonly StageEvents[], count: 'canaryEvents' | 'baselineEvents'): number {
  return stages.reduce((total, stage) => total + stage[count], 0);
}

function notWorseThan(stages: readonly EventCounts[], ratio: number): number {
  const test = stagedEventTest(stages.map(mirrored), { toleratedRatio: 1 / ratio });
  return isAnswer(test) ? test.logE : 0;
}

/** The control as the canary: whether its part of all errors is larger than a change that is too bad would leave it. */
function mirrored({ canaryEvents, baselineEvents, canaryShare }: EventCounts): EventCounts {
  return { canaryEvents: baselineEvents, baselineEvents: canaryEvents, canaryShare: 1 - canaryShare };
}

function untold(slowerThan: number | undefined): string {
  return slowerThan === undefined
    ? 'errors of the change are counted without their unit and those beside it with theirs, so that they cannot be compared; pass { unit } to count'
    : 'slow values of the change are recorded without their unit and those beside it with theirs, so that they cannot be compared; pass { unit } to observe';
}

function evidenceInWords({ slowerThan }: Criterion, ratio: number, logE: number, needed: number): string {
  const rate = slowerThan === undefined ? 'error rate' : 'rate of slow units';
  return `evidence ${oddsOf(logE)} that its ${rate} is more than ${ratio} times the control's; harm from ${oddsOf(Math.log(needed))}`;
}

/** Stage by stage where several have counted: the evidence depends on the share at which each was met. */
function unitsInWords(stages: readonly EventCounts[], slowerThan: number | undefined): string {
  const last = stages.at(-1);
  const told = stages.filter((stage) => stage === last || stage.canaryEvents + stage.baselineEvents > 0);
  const [first, ...later] = told.map(({ canaryEvents, baselineEvents, canaryShare }, index) => {
    const share = `${Number((canaryShare * 100).toPrecision(3))} %`;
    return index > 0
      ? `${canaryEvents} and ${baselineEvents} at ${share}`
      : `${canaryEvents} units met ${metInWords(slowerThan)} on the change and ${baselineEvents} beside it, where it ${told.length > 1 ? 'had' : 'has'} ${share} of the traffic`;
  });
  return [first, ...later].join(', ');
}

function requestsInWords(requests: RequestCounts | undefined, slowerThan: number | undefined): string {
  const { canaryN = 0, canaryEvents = 0, baselineN = 0, baselineEvents = 0 } = requests ?? {};
  return `raw requests, not units: ${canaryEvents} of ${canaryN} met ${metInWords(slowerThan)} on the change and ${baselineEvents} of ${baselineN} beside it`;
}

function metInWords(slowerThan: number | undefined): string {
  return slowerThan === undefined ? 'an error' : `more than ${slowerThan}`;
}
