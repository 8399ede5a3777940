/** What many simulated rollouts of one plan came to. */
import type { Phase } from '../rollout/rollout.ts';

/** The end of one simulated rollout. */
export interface SimulatedEnd {
  readonly phase: Phase['name'];
  /** After the start. */
  readonly endedMs: number;
  /** Units that were served the change, and those of them that met an error. */
  readonly exposed: number;
  readonly harmed: number;
}

/** So many of 100 rollouts were at or below. Null: fewer than that had it at all. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
}

/** Parts of all rollouts, 0 to 1, and percentiles. */
export interface SimulatedOutcomes {
  readonly completed: number;
  readonly rolledBack: number;
  /** Stopped where it was, until a person resumes it. */
  readonly held: number;
  /** Still under way after five times its bakes, and an hour at the least. */
  readonly unfinished: number;
  /** From the start to the rollback, milliseconds; over all rollouts, those not rolled back as never. */
  readonly detectionMs: Percentiles;
  /** Distinct units that were served the change until the end. */
  readonly exposedUnits: Percentiles;
  /** Those of them that met an error. */
  readonly errorUnits: Percentiles;
}

export interface RolloutForecast {
  /** The chance that a change that is as good as what it replaces is rolled back. */
  readonly falseRollback: number;
  /** With a change that errs as often as what is beside it. */
  readonly harmless: SimulatedOutcomes;
  /** With the change as assumed. */
  readonly assumed: SimulatedOutcomes;
  /** Criteria that are not simulated and were taken as good. */
  readonly takenAsGood: readonly string[];
}

export function summaryOf(ends: readonly SimulatedEnd[]): SimulatedOutcomes {
  const part = (phase: Phase['name']): number => ends.filter((end) => end.phase === phase).length / ends.length;
  const [completed, rolledBack, held] = [part('completed'), part('rolledBack'), part('held')];
  const ended = ends.filter(({ phase }) => phase === 'completed' || phase === 'rolledBack' || phase === 'held').length;
  return {
    completed,
    rolledBack,
    held,
    unfinished: 1 - ended / ends.length,
    detectionMs: percentilesOf(ends.map((end) => (end.phase === 'rolledBack' ? end.endedMs : Number.POSITIVE_INFINITY))),
    exposedUnits: percentilesOf(ends.map(({ exposed }) => exposed)),
    errorUnits: percentilesOf(ends.map(({ harmed }) => harmed)),
  };
}

function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q: number): number | null => {
    const value = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
    return value === undefined || value === Number.POSITIVE_INFINITY ? null : value;
  };
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}
