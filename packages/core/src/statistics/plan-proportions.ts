/** Sample size for two proportions at a size fixed before (Fleiss, Levin, Paik 2003, eq. 4.14 pooled; unpooled: Chow, Shao, Wang 2008, eq. 4.2.2). */
import type { Answer } from './answer.ts';
import { requirePositive, requireProbability } from './domain.ts';
import { type PlanLevels, planQuantiles, type SampleSize, wholeUnits } from './plan-means.ts';

/** By the error as measured (`unpooled`), or as it is if both are equal (`pooled`, as the pooled z-test uses it). @throws SluiceError `invalid` */
export function sampleSizeForProportions(
  p1: number,
  p2: number,
  levels: PlanLevels,
  kind: 'pooled' | 'unpooled' = 'unpooled',
): Answer<SampleSize> {
  requireProbability('p1', p1);
  requireProbability('p2', p2);
  requirePositive('|p2 - p1|', Math.abs(p2 - p1));
  const { zAlpha, zPower, ratio } = planQuantiles(levels);
  const measured = p1 * (1 - p1) + (p2 * (1 - p2)) / ratio;
  if (kind === 'unpooled') return wholeUnits(((zAlpha + zPower) ** 2 * measured) / (p2 - p1) ** 2, ratio);
  const both = (p1 + ratio * p2) / (1 + ratio);
  const equal = both * (1 - both) * (1 + 1 / ratio);
  return wholeUnits(((zAlpha * Math.sqrt(equal) + zPower * Math.sqrt(measured)) / (p2 - p1)) ** 2, ratio);
}
