/** What values are drawn from. */
import type { Random } from './random.ts';

export type Draw = (random: Random) => number;

export function normal(mean = 0): Draw {
  return (random) => mean + random.normal();
}

export function binary(probability: number): Draw {
  return (random) => (random.uniform() < probability ? 1 : 0);
}

export function lognormal(sigma: number): Draw {
  return (random) => Math.exp(sigma * random.normal());
}
