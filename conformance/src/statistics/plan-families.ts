/** Planning: sizes, power and smallest effects. */
import {
  detectableDifference,
  type PlanLevels,
  powerForMeans,
  sampleSizeForMeans,
  sampleSizeForProportions,
  sequentialSampleSize,
} from '@sluice/core/statistics';
import { settled } from './settled.ts';
import type { Family, Given, VectorInput } from './vector.ts';

interface Plan {
  readonly sd: number;
  readonly delta: number;
  readonly p1: number;
  readonly p2: number;
  readonly standardizedEffect: number;
  readonly nOpt: number;
  readonly alpha: number;
  readonly power: number;
  readonly twoSided: boolean;
  readonly ratioTreatmentToControl: number;
}

function means(plan: Plan, levels: PlanLevels): Given {
  const size = settled(sampleSizeForMeans(plan.sd, plan.delta, levels));
  return {
    given: {
      nControlExact: size.exactControl,
      nControl: size.control,
      nTreatment: size.treatment,
      powerAtNControl1000: powerForMeans(plan.sd, plan.delta, 1000, levels),
      mdeAtNControl1000: detectableDifference(plan.sd, 1000, levels),
    },
  };
}

function proportions({ p1, p2 }: Plan, levels: PlanLevels): Given {
  const unpooled = settled(sampleSizeForProportions(p1, p2, levels, 'unpooled'));
  const pooled = settled(sampleSizeForProportions(p1, p2, levels, 'pooled'));
  return {
    given: {
      nControlUnpooledExact: unpooled.exactControl,
      nControlUnpooled: unpooled.control,
      nControlPooledExact: pooled.exactControl,
      nControlPooled: pooled.control,
    },
  };
}

function sequential({ standardizedEffect, power, alpha, nOpt }: Plan): Given {
  const size = settled(sequentialSampleSize(standardizedEffect, power, { alpha, optimalN: nOpt }));
  const fixed = settled(sampleSizeForMeans(1, standardizedEffect, { alpha, power }));
  return {
    given: { nTotalExact: size.exactTotal, nTotal: size.total, fixedHorizonNTotalExact: 2 * fixed.exactControl },
  };
}

export const power: Family = ({ input }: { readonly input: VectorInput }) => {
  const plan = input as unknown as Plan;
  const { alpha, power: wanted, twoSided, ratioTreatmentToControl: ratio } = plan;
  const levels = { alpha, power: wanted, twoSided, ratio };
  if (input.kind === 'mean') return means(plan, levels);
  return input.kind === 'proportion' ? proportions(plan, levels) : sequential(plan);
};
