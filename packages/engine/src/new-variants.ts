/** What a rollout brings: the variants that units which are in are served. */
import { type Flag, splitWeights } from '@sluice/core';

/** Every variant of a split, else the on variant. */
export function newVariants(flag: Flag | null | undefined): readonly (string | undefined)[] {
  if (flag === null || flag === undefined || flag.split.length === 0) return [flag?.onVariant];
  const served = splitWeights(flag.split).filter(({ variant, share }) => share > 0 && variant !== flag.offVariant);
  return served.length === 0 ? [flag.onVariant] : served.map(({ variant }) => variant);
}
