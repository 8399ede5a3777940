/**
 * Harmless rollouts whose requests are counted without their users, and each user who meets an error meets several: what it costs that requests are no
 * units, and what tolerating a ratio gives back.
 */
import { addInterval, EMPTY_EVENT_GRID, gridEvidence } from '@sluice/core/statistics';
import { ALPHA } from './decision.ts';
import { Random } from './random.ts';

const LOOKS = 200;
const SHARES = [0.01, 0.05, 0.1, 0.25, 0.5] as const;
const REQUESTS_A_LOOK = 3000;
const ERROR_RATE = 0.01;
export const REQUESTS_THAT_FAIL_TOGETHER = [1, 2, 5] as const;
export const TOLERATED_RATIOS = [1, 1.2, 1.5] as const;

/** For each tolerated ratio, the part of rollouts that were ever called worse; `together`: errors that one user meets at once. */
export function measureRawRequests(together: number, replicates: number, seed: string): readonly number[] {
  const random = new Random(`${seed}/raw requests ${together}`);
  const alarms = TOLERATED_RATIOS.map(() => 0);
  for (let replicate = 0; replicate < replicates; replicate++) {
    const most = TOLERATED_RATIOS.map(() => 0);
    let grids = TOLERATED_RATIOS.map(() => EMPTY_EVENT_GRID);
    for (let look = 0; look < LOOKS; look++) {
      const share = SHARES[Math.floor((look * SHARES.length) / LOOKS)] ?? 0.5;
      const canaryN = random.binomial(REQUESTS_A_LOOK, share);
      const baselineN = REQUESTS_A_LOOK - canaryN;
      const met = (requests: number): number => together * random.binomial(Math.floor(requests / together), ERROR_RATE);
      const interval = { canaryN, baselineN, canaryEvents: met(canaryN), baselineEvents: met(baselineN) };
      grids = grids.map((grid, index) => addInterval(grid, interval, TOLERATED_RATIOS[index]));
      for (const [index, grid] of grids.entries()) most[index] = Math.max(most[index] ?? 0, gridEvidence(grid).logE);
    }
    for (const [index, logE] of most.entries()) alarms[index] = (alarms[index] ?? 0) + Number(logE >= Math.log(1 / ALPHA));
  }
  return alarms.map((count) => count / replicates);
}
