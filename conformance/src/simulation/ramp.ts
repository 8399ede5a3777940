/**
 * Harmless rollouts whose share rises while traffic and errors follow the day, with restarts and minutes that nobody measured: how often does the event
 * test on a grid stop one?
 */
import { addInterval, EMPTY_EVENT_GRID, type EventGrid, gridEvidence } from '@sluice/core/statistics';
import { Random } from './random.ts';

const LOOKS = 200;
const SHARES = [0.01, 0.05, 0.1, 0.25, 0.5] as const;
/** How often a minute is missed, and how often the test lives on from what was written down. */
const MISSED = 0.02;
const RESTARTED = 0.02;
const LEVELS = [0.05, 0.01, 0.001] as const;

export interface RampCell {
  readonly requestsPerSecond: number;
  readonly errorRate: number;
  /** Tolerated, and the true one. */
  readonly ratio: number;
}

export const RAMP_CELLS: readonly RampCell[] = [
  { requestsPerSecond: 5, errorRate: 0.01, ratio: 1 },
  { requestsPerSecond: 50, errorRate: 0.01, ratio: 1 },
  { requestsPerSecond: 50, errorRate: 0.01, ratio: 1.2 },
  { requestsPerSecond: 50, errorRate: 0.3, ratio: 1 },
  { requestsPerSecond: 50, errorRate: 0.3, ratio: 1.5 },
];

/** False alarms at 5, 1 and 0.1 %, one look a minute. */
export function measureRamp({ requestsPerSecond, errorRate, ratio }: RampCell, replicates: number, seed: string): number[] {
  const random = new Random(`${seed}/ramp ${requestsPerSecond} ${errorRate} ${ratio}`);
  const alarms = LEVELS.map(() => 0);
  for (let replicate = 0; replicate < replicates; replicate++) {
    let grid = EMPTY_EVENT_GRID;
    let most = 0;
    for (let look = 0; look < LOOKS; look++) {
      const day = 1 + 0.5 * Math.sin((2 * Math.PI * look) / LOOKS);
      const share = SHARES[Math.floor((look * SHARES.length) / LOOKS)] ?? 0.5;
      const total = Math.round(requestsPerSecond * 60 * day);
      const canaryN = random.binomial(total, share);
      const rate = errorRate * day;
      const canaryEvents = random.binomial(canaryN, Math.min(1, ratio * rate));
      const baselineEvents = random.binomial(total - canaryN, rate);
      if (random.uniform() < MISSED) continue;
      if (random.uniform() < RESTARTED) grid = JSON.parse(JSON.stringify(grid)) as EventGrid;
      grid = addInterval(grid, { canaryN, baselineN: total - canaryN, canaryEvents, baselineEvents }, ratio);
      most = Math.max(most, gridEvidence(grid).logE);
    }
    for (const [index, level] of LEVELS.entries()) alarms[index] = (alarms[index] ?? 0) + Number(most >= Math.log(1 / level));
  }
  return alarms.map((count) => count / replicates);
}
