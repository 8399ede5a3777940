/** One arm better: how soon is it found? */
import { sequence } from './decision.ts';
import { meanStop, type PeekingCell, quantileOf, rateOf, simulatePeeking } from './peeking.ts';
import { normal } from './population.ts';

/** Found by a fixed test of 10,000 units with a power of 80 %. */
const EFFECT = 0.056;

export interface PowerCell {
  /** Times the effect that a fixed test of 10,000 finds. */
  readonly times: number;
  readonly optimalN: number;
}

export const POWER_CELLS: readonly PowerCell[] = [
  { times: 1, optimalN: 5000 },
  { times: 1, optimalN: 10_000 },
  { times: 1.5, optimalN: 5000 },
  { times: 2, optimalN: 5000 },
  { times: 2, optimalN: 1000 },
  { times: 2, optimalN: 50_000 },
  { times: 3, optimalN: 5000 },
];

export interface MeasuredPower {
  /** The part found by 10,000 units. */
  readonly by10000: number;
  /** Units by which 80 % were found. */
  readonly units80: number | null;
  /** The mean number of units when it ended, at the latest at `cap`. */
  readonly meanStop: number;
  readonly cap: number;
}

export function measurePower({ times, optimalN }: PowerCell, replicates: number, seed: string): MeasuredPower {
  const last = 40_000;
  const cell: PeekingCell = {
    name: `power ${times} ${optimalN}`,
    control: normal(),
    treatment: normal(EFFECT * times),
    split: 0.5,
    last,
    every: 100,
    minUnits: 100,
    decisions: { robust: sequence(optimalN) },
  };
  const stops = simulatePeeking(cell, replicates, seed).robust ?? [];
  const units80 = quantileOf(stops, 0.8);
  const cap = Math.min(last, units80 ?? last);
  const capped = stops.map((stop) => (stop === null || stop > cap ? null : stop));
  return { by10000: rateOf(stops, 10_000), units80, meanStop: meanStop(capped, cap), cap };
}
