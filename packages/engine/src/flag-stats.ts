/** What a flag's tally says, in words. */
import { estimateDistinct, type Flag, type Tally } from '@sluice/core';

export interface FlagStats {
  readonly name: string;
  readonly evaluations: number;
  /** Evaluations by the variant that was served; those answered by a caller's fallback are under `fallback`. */
  readonly byVariant: Readonly<Record<string, number>>;
  /** Evaluations by OpenFeature reason or error code. */
  readonly byReason: Readonly<Record<string, number>>;
  /** Distinct units per variant, estimated with a standard error of 1.6 %. */
  readonly exposedUnits: Readonly<Record<string, number>>;
  /** To the second; null before the first evaluation. */
  readonly firstEvaluatedAt: Date | null;
  readonly lastEvaluatedAt: Date | null;
  readonly lastChangedAt: Date;
  readonly revision: number;
}

export function flagStats(flag: Flag, tally: Tally): FlagStats {
  const byVariant = new Map<string, number>();
  const byReason = new Map<string, number>();
  let evaluations = 0;
  for (const [outcome, count] of Object.entries(tally.counts)) {
    const cut = outcome.lastIndexOf('/');
    const variant = outcome.slice(0, cut) || 'fallback';
    const reason = outcome.slice(cut + 1);
    evaluations += count;
    byVariant.set(variant, (byVariant.get(variant) ?? 0) + count);
    byReason.set(reason, (byReason.get(reason) ?? 0) + count);
  }
  return {
    name: flag.key,
    evaluations,
    byVariant: Object.fromEntries(byVariant),
    byReason: Object.fromEntries(byReason),
    exposedUnits: Object.fromEntries(
      Object.entries(tally.distinct).map(([variant, count]) => [variant, Math.round(estimateDistinct(count))]),
    ),
    firstEvaluatedAt: tally.firstAt === null ? null : new Date(tally.firstAt),
    lastEvaluatedAt: tally.lastAt === null ? null : new Date(tally.lastAt),
    lastChangedAt: new Date(flag.updatedAt),
    revision: flag.revision,
  };
}
