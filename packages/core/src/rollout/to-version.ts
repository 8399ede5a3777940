/** A rollout of a component goes to a version: which one, and what is wrong with what was asked for. */
import type { Component } from '../component/component.ts';
import { parseVersion } from '../component/version.ts';
import { type Issue, isRefusal } from '../error.ts';
import type { Flag } from '../flag/flag.ts';

/** `toVersion` is `toVariant` by another name, for components only. */
export function versionIssues(
  input: { readonly toVariant?: unknown; readonly toVersion?: unknown },
  flag: Flag,
  component: Component | undefined,
): Issue[] {
  const path = '/toVersion';
  if (input.toVersion === undefined)
    return flag.isComponent && input.toVariant === undefined && flag.offVariant === flag.onVariant
      ? [
          {
            path,
            message: `is missing: every unit has ${flag.onVariant}; give toVersion, one of ${Object.keys(flag.variants).join(', ')}`,
          },
        ]
      : [];
  if (input.toVariant !== undefined) return [{ path, message: 'says the same as toVariant; give one of them' }];
  if (!flag.isComponent)
    return [{ path, message: `is for components, and "${flag.key}" is a flag whose variants are no versions; use toVariant` }];
  const parsed = parseVersion(flag.key, input.toVersion);
  if (isRefusal(parsed)) return [{ path, message: parsed.refused }];
  if (Object.hasOwn(flag.variants, parsed.version)) return [];
  const isRetired = component?.versions.some((known) => known.version === parsed.version && known.retiredAt !== null) ?? false;
  const what = isRetired ? 'was retired and is never used again' : 'is not registered';
  return [{ path, message: `version ${parsed.version} ${what}; there are ${Object.keys(flag.variants).join(', ')}` }];
}

/** Where a rollout goes, by either name. */
export interface TargetSettings {
  readonly toVariant?: string;
  readonly toVersion?: string;
}

/** The variant that the share moves to, by either name; null keeps the flag's. The options have been found good. */
export function targetVariant(settings: TargetSettings, flag: Flag): string | null {
  if (settings.toVersion === undefined) return settings.toVariant ?? null;
  const parsed = parseVersion(flag.key, settings.toVersion);
  return isRefusal(parsed) ? null : parsed.version;
}
