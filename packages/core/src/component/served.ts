/** Which versions of a component its flag gives to units now, and which it may still give. */
import { type Flag, servedShare } from '../flag/flag.ts';
import { splitWeights } from '../flag/rebalance.ts';
import { isEnded, type Rollout } from '../rollout/rollout.ts';
import { type Share, WHOLE_SHARE } from '../share.ts';

/** The part of eligible units that the allocation gives each version; rules and names come besides. Versions that get nobody are left out. */
export function versionShares(flag: Flag): ReadonlyMap<string, Share> {
  const inShare = flag.archivedAt === null ? servedShare(flag) : 0;
  const parts = flag.split.length === 0 ? [{ variant: flag.onVariant, share: WHOLE_SHARE }] : splitWeights(flag.split);
  const shares = new Map<string, Share>();
  const add = (version: string, share: Share): void => {
    if (share > 0) shares.set(version, (shares.get(version) ?? 0) + share);
  };
  add(flag.offVariant, WHOLE_SHARE - inShare);
  for (const part of parts) add(part.variant, Math.round((inShare * part.share) / WHOLE_SHARE));
  return shares;
}

/**
 * Every version that the flag names, or that the rollout under way comes from or goes to: what a restored kill, a rolled back
 * rollout or the next stage may give to units at any moment. The others can be let go of.
 */
export function versionsInUse(flag: Flag, rollout: Rollout | undefined): ReadonlySet<string> {
  if (flag.archivedAt !== null) return new Set([flag.offVariant]);
  const moving = rollout === undefined || isEnded(rollout.phase) ? [] : [rollout.before];
  const named = [flag, ...moving].flatMap(({ offVariant, onVariant, split }) => [
    offVariant,
    onVariant,
    ...split.map((part) => part.variant),
  ]);
  const ruled = flag.rules.flatMap((rule) => ('variant' in rule ? [rule.variant] : []));
  const target = moving.length === 0 ? null : (rollout?.plan.toVariant ?? null);
  return new Set([...named, ...ruled, ...(target === null ? [] : [target])]);
}
