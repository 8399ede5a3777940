/**
 * A rollout whose latency is compared with the control by means, through `judge` itself: users who come back, whose share of the traffic rises from stage to
 * stage. How often is one that is no worse than tolerated taken back, and by how many of its users is a slower one found?
 */
import { addValue, type Criterion, emptyMoments, judge, type Moments, parseCriterion, removeValue } from '@sluice/core';
import { quantileOf } from './peeking.ts';
import { Random } from './random.ts';

const SHARES = [0.02, 0.05, 0.1, 0.25, 0.5] as const;
const LOOKS = 30;
const REQUESTS = 300;
const USERS = 20_000;
const MEAN_MS = 100;

export interface MeanCanaryCell {
  readonly name: string;
  /** Of the logarithm of a value; 0 is normal with a deviation of a fifth. */
  readonly sigma: number;
  /** The part of the variance that lies between users. */
  readonly correlation: number;
  readonly tolerated: number;
  /** How many times as slow the change truly is. */
  readonly slower: number;
  readonly by: 'units' | 'requests';
}

const USUAL = { sigma: 1, correlation: 0.5, tolerated: 1, slower: 1, by: 'units' } as const;
export const MEAN_CANARY_CELLS: readonly MeanCanaryCell[] = [
  { ...USUAL, name: 'normal, no worse', sigma: 0 },
  { ...USUAL, name: 'lognormal σ=1, no worse' },
  { ...USUAL, name: 'lognormal σ=1.5, no worse', sigma: 1.5 },
  { ...USUAL, name: 'lognormal σ=1, 1.1 times as slow, 1.1 tolerated', tolerated: 1.1, slower: 1.1 },
  { ...USUAL, name: 'raw values, lognormal σ=1, no worse', by: 'requests' },
  { ...USUAL, name: 'lognormal σ=1, 1.3 times as slow, 1.1 tolerated', tolerated: 1.1, slower: 1.3 },
  { ...USUAL, name: 'lognormal σ=1, twice as slow, 1.1 tolerated', tolerated: 1.1, slower: 2 },
];

export interface MeasuredMeanCanary {
  readonly takenBack: number;
  /** Users of the change by which half of all rollouts were taken back; null when fewer were. */
  readonly users: number | null;
}

export function measureMeanCanary(cell: MeanCanaryCell, replicates: number, seed: string): MeasuredMeanCanary {
  const random = new Random(`${seed}/mean canary ${cell.name}`);
  const parsed = parseCriterion({ metric: 'mean(latency)', versusControl: cell.tolerated }, '');
  if (!('criterion' in parsed)) throw new Error('the criterion was refused');
  const stops = Array.from({ length: replicates }, () => oneRollout(cell, parsed.criterion, random));
  return { takenBack: stops.filter((users) => users !== null).length / replicates, users: quantileOf(stops, 0.5) };
}

/** How many users had met the change when it was taken back; null when it never was. */
function oneRollout(cell: MeanCanaryCell, criterion: Criterion, random: Random): number | null {
  const levels = Float64Array.from({ length: USERS }, () => random.normal());
  const met = new Set<number>();
  for (const share of SHARES) {
    const stage = new StageMeans(cell.by);
    for (let look = 1; look <= LOOKS; look++) {
      for (let request = 0; request < REQUESTS; request++) {
        const user = Math.floor(random.uniform() * USERS);
        const isChange = user < share * USERS;
        if (isChange) met.add(user);
        stage.add(user, isChange, timeOf(cell, levels[user] ?? 0, random) * (isChange ? cell.slower : 1));
      }
      if (stage.isWorse(criterion, look)) return met.size;
    }
  }
  return null;
}

function timeOf({ sigma, correlation }: MeanCanaryCell, level: number, random: Random): number {
  const z = Math.sqrt(correlation) * level + Math.sqrt(1 - correlation) * random.normal();
  return MEAN_MS * (sigma === 0 ? 1 + z / 5 : Math.exp(sigma * z));
}

/** What the ledger keeps of a stage: the mean of each user, or each value. */
class StageMeans {
  readonly #by: MeanCanaryCell['by'];
  readonly #counts = new Float64Array(USERS);
  readonly #sums = new Float64Array(USERS);
  #control: Moments = emptyMoments(MEAN_MS);
  #change: Moments = emptyMoments(MEAN_MS);

  constructor(by: MeanCanaryCell['by']) {
    this.#by = by;
  }

  add(user: number, isChange: boolean, value: number): void {
    const [count, sum] = [this.#counts[user] ?? 0, this.#sums[user] ?? 0];
    const before = isChange ? this.#change : this.#control;
    const left = this.#by === 'units' && count > 0 ? removeValue(before, sum / count) : before;
    const after = addValue(left, this.#by === 'units' ? (sum + value) / (count + 1) : value);
    this.#counts[user] = count + 1;
    this.#sums[user] = sum + value;
    if (isChange) this.#change = after;
    else this.#control = after;
  }

  isWorse(criterion: Criterion, now: number): boolean {
    const compared = { kind: 'means', by: this.#by, control: this.#control, change: this.#change } as const;
    const measured = { kind: 'value', value: 0, samples: REQUESTS, at: now } as const;
    return judge(criterion, measured, 0, now, { compared, comparisons: 1, stages: SHARES.length }).verdict === 'fail';
  }
}
