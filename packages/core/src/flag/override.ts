/** A flag that one process serves otherwise than it is kept: for tests, and for one developer's machine. */
import type { Scope } from '../scope.ts';
import { WHOLE_SHARE } from '../share.ts';
import { newFlag } from './edit.ts';
import { BOOLEAN_VARIANTS, type Flag } from './flag.ts';

/** A variant's name; true is the on variant and false the off variant. */
export type Override = string | boolean;

/** The flag that serves everybody this, whatever else it says; null when it has no such variant. */
export function overriddenFlag(flag: Flag, override: Override): Flag | null {
  const variant = override === true ? flag.onVariant : override === false ? flag.offVariant : override;
  if (!Object.hasOwn(flag.variants, variant)) return null;
  return {
    ...flag,
    status: 'enabled',
    share: WHOLE_SHARE,
    onVariant: variant,
    split: [],
    stageGroups: [],
    ...{ enabledUsers: [], enabledGroups: [], disabledUsers: [], disabledGroups: [] },
    conditions: {},
    slots: null,
    rules: [],
    prerequisites: [],
    archivedAt: null,
  };
}

/** Stands in for a flag that nobody has set, so that it can be overridden; its revision is 0. */
export function placeholderFlag(key: string, scope: Scope, override: Override): Flag {
  const flag = newFlag(key, scope, 0);
  if (typeof override === 'boolean' || Object.hasOwn(BOOLEAN_VARIANTS, override)) return flag;
  return { ...flag, variants: { off: false, [override]: override }, onVariant: override };
}
