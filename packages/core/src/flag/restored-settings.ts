/** The settings that make a flag again what it was. */
import { shareToPercentage } from '../share.ts';
import type { Flag, Rule } from './flag.ts';
import { prerequisitesOf } from './prerequisite.ts';
import type { FlagSettings } from './settings.ts';

/**
 * Set on any later revision of the same flag, these give back everything that people set of `flag`. What a rollout or test owns of it (its groups,
 * its slots) is theirs and does not come back.
 */
export function restoredSettings(flag: Flag): FlagSettings {
  const { status, share, description, variants, offVariant, onVariant, split, conditions, rules } = flag;
  const { enabledUsers, enabledGroups, disabledUsers, disabledGroups, bucketBy, salt, owner, tags, expiresAt } = flag;
  return {
    status,
    // Of an enabled flag it says 100 already.
    ...(status === 'enabled' ? {} : { rolloutPercentage: shareToPercentage(share) }),
    description,
    ...(flag.isComponent ? {} : { variants }),
    offVariant,
    onVariant,
    split:
      split.length === 0 ? {} : split.map((range) => ({ variant: range.variant, percentage: shareToPercentage(range.share) })),
    enabledUsers,
    enabledGroups,
    disabledUsers,
    disabledGroups,
    conditions,
    rules: rules.map(ruleSetting),
    prerequisites: prerequisitesOf(flag),
    bucketBy,
    salt,
    owner,
    tags,
    expires: expiresAt === null ? null : new Date(expiresAt).toISOString(),
  };
}

function ruleSetting(rule: Rule) {
  return 'variant' in rule ? rule : { if: rule.if, rolloutPercentage: shareToPercentage(rule.share) };
}
