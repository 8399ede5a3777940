/**
 * The event test for shares that change with every interval: a product of likelihood ratios for each of eight harmful ratios, averaged (Robbins 1970, the
 * method of mixtures over a finite grid). Its state is eight logarithms, so it lives through restarts; an interval that was missed changes nothing.
 */
import { pOfLogE } from './answer.ts';
import { requireCount, requirePositive } from './domain.ts';
import { toleratedShare } from './event-test.ts';

/** How many times the tolerated ratio the canary may be worse. */
const GRID = [1.25, 1.5, 2, 3, 5, 10, 30, 100] as const;

/** One interval: requests and errors of both sides. */
export interface EventInterval {
  readonly canaryN: number;
  readonly baselineN: number;
  readonly canaryEvents: number;
  readonly baselineEvents: number;
}

/** ln of the likelihood ratio for each ratio of the grid. */
export type EventGrid = readonly number[];

export const EMPTY_EVENT_GRID: EventGrid = Object.freeze(GRID.map(() => 0));

/** An interval in which one side had no traffic says nothing and is left out. @throws SluiceError `invalid` */
export function addInterval(grid: EventGrid, interval: EventInterval, toleratedRatio = 1): EventGrid {
  for (const [name, count] of Object.entries(interval)) requireCount(name, count);
  requirePositive('toleratedRatio', toleratedRatio);
  const { canaryN, baselineN, canaryEvents, baselineEvents } = interval;
  if (canaryN === 0 || baselineN === 0) return grid;
  const share = canaryN / (canaryN + baselineN);
  const tolerated = toleratedShare(share, toleratedRatio);
  return grid.map((logE, index) => {
    const harmful = toleratedShare(share, toleratedRatio * (GRID[index] ?? 1));
    return (
      logE +
      canaryEvents * (Math.log(harmful) - Math.log(tolerated)) +
      baselineEvents * (Math.log1p(-harmful) - Math.log1p(-tolerated))
    );
  });
}

/** ln of the evidence that the canary's rate is above the tolerated ratio, and its p. */
export function gridEvidence(grid: EventGrid): { readonly logE: number; readonly p: number } {
  const largest = Math.max(...grid);
  const logE = largest + Math.log(grid.reduce((sum, one) => sum + Math.exp(one - largest), 0) / grid.length);
  return { logE, p: pOfLogE(logE) };
}
