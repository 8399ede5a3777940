/** Merges settings into a flag, and says when the result does not fit together. */
import { type Issue, type Refusal, refuse, refuseIssues } from '../error.ts';
import { WHOLE_SHARE } from '../share.ts';
import type { Flag, FlagStatus } from './flag.ts';
import { pointerPart } from './parse-condition.ts';
import { splitAfter } from './rebalance.ts';
import type { ParsedSettings } from './settings.ts';

/** `flag` with the settings merged in, or why they do not fit together. */
export function applySettings(flag: Flag, settings: ParsedSettings): Flag | Refusal {
  if (flag.isComponent && settings.fields.variants !== undefined)
    return refuse(`component "${flag.key}": its variants are its versions; use registerVersion and retireVersion`);
  const given = settings.fields.split;
  const split = given === undefined ? flag.split : splitAfter(flag, given, settings.isSplitExact);
  const merged: Flag = { ...flag, ...settings.fields, split, ...mergedStatus(flag, settings) };
  const problem = variantProblem(merged);
  return problem === null ? merged : refuseIssues(`flag "${flag.key}"`, [problem]);
}

/**
 * `enabled: false` kills. `enabled: true` brings a killed flag back as it was, leaves a live one as it is, and opens a flag that
 * was never live to all. A percentage alone changes the number, never the kill.
 */
function mergedStatus(flag: Flag, settings: ParsedSettings): Pick<Flag, 'status' | 'share' | 'statusBeforeKill'> {
  const share = settings.share ?? flag.share;
  const live = liveStatus(flag, settings);
  const wantsKill =
    settings.status === 'disabled' ||
    settings.enabled === false ||
    (settings.enabled === null && settings.status === null && flag.status === 'disabled');
  if (wantsKill) {
    const neverLive = settings.share === null && flag.status === 'disabled' && flag.statusBeforeKill === null;
    return { status: 'disabled', share, statusBeforeKill: neverLive ? null : live };
  }
  return { status: live, share: live === 'enabled' ? WHOLE_SHARE : share, statusBeforeKill: null };
}

function liveStatus(flag: Flag, settings: ParsedSettings): FlagStatus {
  if (settings.status !== null && settings.status !== 'disabled') return settings.status;
  if (settings.share !== null) return 'percentage';
  const before = flag.status === 'disabled' ? flag.statusBeforeKill : flag.status;
  return before ?? 'enabled';
}

/** What of a flag's variants does not fit together, or null. */
export function variantProblem(flag: Flag): Issue | null {
  const has = (variant: string): boolean => Object.hasOwn(flag.variants, variant);
  const names = Object.keys(flag.variants).join(', ');
  const served = [
    { variant: flag.offVariant, path: '/offVariant' },
    { variant: flag.onVariant, path: '/onVariant' },
    ...flag.split.map(({ variant }) => ({ variant, path: `/split/${pointerPart(variant)}` })),
    ...flag.rules.flatMap((rule, index) =>
      'variant' in rule ? [{ variant: rule.variant, path: `/rules/${index}/variant` }] : [],
    ),
  ];
  const stranger = served.find(({ variant }) => !has(variant));
  if (stranger !== undefined)
    return { path: stranger.path, message: `"${stranger.variant}" is not one of its variants (${names})` };
  if (flag.offVariant === flag.onVariant && !flag.isComponent)
    return { path: '/onVariant', message: `and offVariant are both "${flag.onVariant}"; they must differ` };
  const total = flag.split.reduce((sum, part) => sum + part.share, 0);
  return flag.split.length > 0 && total !== WHOLE_SHARE
    ? { path: '/split', message: `adds up to ${total / 1000} %; it must be 100 %` }
    : null;
}
