/**
 * The event test over a rollout's stages. Each stage has its own share, so its own e-value with a fresh prior; the product of e-values is one. Adding
 * the counts up instead would call a canary bad because it grew while errors rose for everybody (Simpson 1951).
 */
import { type Answer, finiteAnswer, isAnswer, noAnswer, pOfLogE } from './answer.ts';
import { type EventCounts, eventTest } from './event-test.ts';

export interface StageCounts extends EventCounts {
  /** Units or requests of each side; they matter for the difference, not for the evidence. */
  readonly canaryN: number;
  readonly baselineN: number;
}

export interface StagedEventTest {
  readonly logE: number;
  readonly p: number;
  readonly logETwoSided: number;
}

/** An empty list is evidence of nothing: p = 1. Refused as `eventTest` is. @throws SluiceError `invalid` */
export function stagedEventTest(
  stages: readonly EventCounts[],
  options: Parameters<typeof eventTest>[1] = {},
): Answer<StagedEventTest> {
  let [logE, logETwoSided] = [0, 0];
  for (const stage of stages) {
    const test = eventTest(stage, options);
    if (!isAnswer(test)) return test;
    logE += test.logE;
    logETwoSided += test.logETwoSided;
  }
  return finiteAnswer({ logE, p: pOfLogE(logE), logETwoSided });
}

export interface StratifiedDifference {
  /** Canary's rate minus baseline's, each stage weighed by its traffic. */
  readonly difference: number;
  readonly standardError: number;
}

/** Refused with `insufficient-data` where no stage has traffic on both sides; stages without are left out. */
export function stratifiedDifference(stages: readonly StageCounts[]): Answer<StratifiedDifference> {
  const whole = stages.filter((stage) => stage.canaryN > 0 && stage.baselineN > 0);
  const total = whole.reduce((sum, stage) => sum + stage.canaryN + stage.baselineN, 0);
  if (total === 0) return noAnswer('insufficient-data');
  let [difference, variance] = [0, 0];
  for (const { canaryN, baselineN, canaryEvents, baselineEvents } of whole) {
    const weight = (canaryN + baselineN) / total;
    const [p1, p0] = [canaryEvents / canaryN, baselineEvents / baselineN];
    difference += weight * (p1 - p0);
    variance += weight ** 2 * ((p1 * (1 - p1)) / canaryN + (p0 * (1 - p0)) / baselineN);
  }
  return finiteAnswer({ difference, standardError: Math.sqrt(variance) });
}
