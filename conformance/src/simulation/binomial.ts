/** How many of n independent trials succeed: exact, in a time that hardly depends on n and p. */
import { logGamma } from '@sluice/core/statistics';

/** Below so many expected successes the gaps between them are drawn; the rejection's hat is proven from 10 on. */
const FEW = 10;

/**
 * By the gaps between successes (Devroye 1986, ch. X.4.3), else by Hörmann's transformed rejection with squeeze (1993, J. Stat. Comput. Simul. 46,
 * algorithm BTRS). `uniform`: at least 0, below 1.
 */
export function drawBinomial(n: number, p: number, uniform: () => number): number {
  if (p > 0.5) return n - drawBinomial(n, 1 - p, uniform);
  return n * p < FEW ? byGaps(n, p, uniform) : byRejection(n, p, uniform);
}

function byGaps(n: number, p: number, uniform: () => number): number {
  if (p <= 0) return 0;
  const logMiss = Math.log1p(-p);
  let [successes, place] = [0, 0];
  for (;;) {
    place += Math.floor(Math.log(1 - uniform()) / logMiss) + 1;
    if (place > n) return successes;
    successes += 1;
  }
}

function byRejection(n: number, p: number, uniform: () => number): number {
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const accepted = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * spread;
  const logOdds = Math.log(p / (1 - p));
  const mode = Math.floor((n + 1) * p);
  for (;;) {
    const u = uniform() - 0.5;
    const v = uniform();
    const us = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / us + b) * u + n * p + 0.5);
    if (us >= 0.07 && v <= accepted) return count;
    if (count < 0 || count > n) continue;
    const logDensity =
      logGamma(mode + 1) - logGamma(count + 1) + logGamma(n - mode + 1) - logGamma(n - count + 1) + (count - mode) * logOdds;
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= logDensity) return count;
  }
}
