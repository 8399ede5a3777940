/** Sample size, power and smallest effect for a difference of means at a size fixed before (Student 1908; normal approximation, Chow, Shao, Wang 2008, eq. 3.2.2). */
import { type Answer, noAnswer } from './answer.ts';
import { requireFinite, requirePositive, requireProbability } from './domain.ts';
import { normalTail, normalUpperQuantile } from './normal.ts';

/** `ratio`: treatment units per control unit. */
export interface PlanLevels {
  readonly alpha: number;
  readonly power: number;
  readonly twoSided?: boolean;
  readonly ratio?: number;
}

/** Whole units, and the exact number they were rounded up from. */
export interface SampleSize {
  readonly control: number;
  readonly treatment: number;
  readonly exactControl: number;
}

/** The quantiles that a plan is made of. @throws SluiceError `invalid` */
export function planQuantiles({ alpha, power, twoSided = true, ratio = 1 }: PlanLevels): {
  zAlpha: number;
  zPower: number;
  ratio: number;
} {
  requireProbability('alpha', alpha);
  requireProbability('power', power);
  requirePositive('ratio', ratio);
  return { zAlpha: normalUpperQuantile(twoSided ? alpha / 2 : alpha), zPower: normalUpperQuantile(1 - power), ratio };
}

/** Refused with `out-of-range` beyond 2^53, where a count is no whole number any more. */
export function wholeUnits(exactControl: number, ratio: number): Answer<SampleSize> {
  const size = { control: Math.ceil(exactControl), treatment: Math.ceil(ratio * exactControl), exactControl };
  return size.control + size.treatment <= Number.MAX_SAFE_INTEGER ? size : noAnswer('out-of-range');
}

/** Units to find a difference of `delta` where values have the standard deviation `sd`. @throws SluiceError `invalid` */
export function sampleSizeForMeans(sd: number, delta: number, levels: PlanLevels): Answer<SampleSize> {
  requirePositive('sd', sd);
  requirePositive('delta', Math.abs(delta));
  const { zAlpha, zPower, ratio } = planQuantiles(levels);
  return wholeUnits((1 + 1 / ratio) * ((zAlpha + zPower) * (sd / delta)) ** 2, ratio);
}

/** The smallest difference found with this power by so many units of control. @throws SluiceError `invalid` */
export function detectableDifference(sd: number, control: number, levels: PlanLevels): number {
  requirePositive('sd', sd);
  requirePositive('control', control);
  const { zAlpha, zPower, ratio } = planQuantiles(levels);
  return (zAlpha + zPower) * sd * Math.sqrt((1 + 1 / ratio) / control);
}

/** The chance to find a difference of `delta` by so many units of control, in its own direction. @throws SluiceError `invalid` */
export function powerForMeans(sd: number, delta: number, control: number, levels: Omit<PlanLevels, 'power'>): number {
  requirePositive('sd', sd);
  requireFinite('delta', delta);
  requirePositive('control', control);
  const { zAlpha, ratio } = planQuantiles({ ...levels, power: 0.5 });
  return normalTail(zAlpha - Math.abs(delta) / (sd * Math.sqrt((1 + 1 / ratio) / control)));
}
