/** How many of many independent rare things happen: drawn exactly, from a generator that is passed in. */
import { logGamma } from '../statistics/log-gamma.ts';

/** The next number of a reproducible sequence: at least 0, below 1. */
export type Draw = () => number;

const FEW = 10;

/** By Knuth's product of uniforms for small means, else by Hörmann's transformed rejection (1993, algorithm PTRS). `mean` is finite, 0 or more. */
export function drawPoisson(mean: number, draw: Draw): number {
  return mean < FEW ? byProduct(mean, draw) : byRejection(mean, draw);
}

function byProduct(mean: number, draw: Draw): number {
  const least = Math.exp(-mean);
  let count = 0;
  for (let product = draw(); product > least; product *= draw()) count += 1;
  return count;
}

function byRejection(mean: number, draw: Draw): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const invAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const accepted = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = draw() - 0.5;
    const v = draw();
    const us = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= accepted) return count;
    if (count < 0 || (us < 0.013 && v > us)) continue;
    const logDensity = count * Math.log(mean) - mean - logGamma(count + 1);
    if (Math.log(v) + Math.log(invAlpha) - Math.log(a / (us * us) + b) <= logDensity) return count;
  }
}
