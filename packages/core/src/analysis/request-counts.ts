/**
 * Requests of both sides and the errors among them, interval by interval: what a comparison goes by where units are not known. Its state is of one size
 * however long it lasts, and an interval that was missed changes nothing.
 */
import { addInterval, EMPTY_EVENT_GRID, type EventGrid, type EventInterval } from '../statistics/event-grid.ts';

/** What was counted from `from` up to `to`, instants in milliseconds. */
export interface RequestInterval extends EventInterval {
  readonly from: number;
  readonly to: number;
}

export interface RequestCounts extends EventInterval {
  /** The end of the last interval; none is counted twice. */
  readonly until: number;
  /** The evidence that the change is worse than tolerated, and that it is not. */
  readonly worse: EventGrid;
  readonly notWorse: EventGrid;
}

const NONE: Omit<RequestCounts, 'until'> = {
  canaryN: 0,
  baselineN: 0,
  canaryEvents: 0,
  baselineEvents: 0,
  worse: EMPTY_EVENT_GRID,
  notWorse: EMPTY_EVENT_GRID,
};

/** An interval that begins before the last one ended is left out. `toleratedRatio`: how many times the control's rate. */
export function countRequests(
  before: RequestCounts | undefined,
  interval: RequestInterval,
  toleratedRatio: number,
): RequestCounts {
  if (before !== undefined && interval.from < before.until) return before;
  const { worse, notWorse, ...sums } = before ?? NONE;
  const { canaryN, baselineN, canaryEvents, baselineEvents } = interval;
  const mirrored = { canaryN: baselineN, baselineN: canaryN, canaryEvents: baselineEvents, baselineEvents: canaryEvents };
  return {
    until: interval.to,
    canaryN: sums.canaryN + canaryN,
    baselineN: sums.baselineN + baselineN,
    canaryEvents: sums.canaryEvents + canaryEvents,
    baselineEvents: sums.baselineEvents + baselineEvents,
    worse: addInterval(worse, { canaryN, baselineN, canaryEvents, baselineEvents }, toleratedRatio),
    notWorse: addInterval(notWorse, mirrored, 1 / toleratedRatio),
  };
}
