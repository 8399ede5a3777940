/** What a protected environment refuses: changes without a reason, and shares that rise otherwise than by a rollout. */
import type { Change } from '../change.ts';
import { type Refusal, refuse } from '../error.ts';
import type { SluiceEvent } from '../event.ts';
import { type Flag, servedShare } from '../flag/flag.ts';
import { type Share, shareToPercentage, WHOLE_SHARE } from '../share.ts';

/** The first stage of a canary: up to it, a share may be raised by hand. */
export const FIRST_STAGE_SHARE: Share = 1_000;

/** Whoever says nothing of why because nobody asked: the controller, and an edit of the flag file. */
const WITHOUT_REASON: ReadonlySet<string> = new Set(['sluice', 'file']);

/**
 * Why a protected environment does not take the change, or null. Kills, rollbacks, lowering and edits of who is named are taken; so is what
 * a rollout or a test does. `before` is the flag of this key as it is kept.
 */
export function protectionRefusal(change: Change, before: (key: string) => Flag | undefined): Refusal | null {
  const told = new Set(change.events.flatMap(({ actor, reason }) => (reason.trim() === '' ? [] : [actor])));
  const silent = change.events.find(({ actor }) => !told.has(actor) && !WITHOUT_REASON.has(actor));
  if (silent !== undefined) return reasonRefusal(`${silent.kind} "${silent.key}"`, silent.scope.environment);
  for (const record of change.records) {
    if (record.kind !== 'flag' || isMovedByRight(record.key, change.events)) continue;
    const risen = risenVariant(before(record.key), record);
    if (risen !== null) return riseRefusal(record, risen);
  }
  return null;
}

/** For what must have a reason before it is even tried. */
export function reasonRefusal(what: string, environment: string): Refusal {
  return refuse(`${what}: "${environment}" is a protected environment, where every change needs a reason`, 'invalid', [
    { path: '/reason', message: 'must say why' },
  ]);
}

/** An import names rollouts and tests too, and moves nothing by them. */
function isMovedByRight(key: string, events: readonly SluiceEvent[]): boolean {
  return events.some(
    ({ type, key: about }) =>
      about === key &&
      /^(?:rollout|experiment|rollback)\./.test(type) &&
      !type.endsWith('.imported') &&
      !type.endsWith('.archived'),
  );
}

interface Risen {
  readonly variant: string;
  readonly from: Share;
  readonly to: Share;
}

/** The first variant that more units get than before, and more than by hand they may. The off variant is where everybody may go. */
function risenVariant(before: Flag | undefined, after: Flag): Risen | null {
  const off = before?.offVariant ?? after.offVariant;
  const earlier = before === undefined ? new Map<string, Share>() : sharesOf(before);
  for (const [variant, to] of sharesOf(after)) {
    const from = earlier.get(variant) ?? 0;
    if (variant !== off && to > Math.max(from, FIRST_STAGE_SHARE)) return { variant, from, to };
  }
  return null;
}

/** The part of all units that gets each variant, by share alone: rules and named units are not counted. */
function sharesOf(flag: Flag): Map<string, Share> {
  const isOff = flag.archivedAt !== null || flag.status === 'disabled';
  const served = isOff ? 0 : servedShare(flag);
  const split = flag.split.length === 0 ? [{ variant: flag.onVariant, share: WHOLE_SHARE }] : flag.split;
  const shares = new Map<string, Share>([[flag.offVariant, WHOLE_SHARE - served]]);
  for (const { variant, share } of split)
    shares.set(variant, (shares.get(variant) ?? 0) + Math.round((served * share) / WHOLE_SHARE));
  return shares;
}

function riseRefusal(flag: Flag, { variant, from, to }: Risen): Refusal {
  const [before, after, most] = [from, to, FIRST_STAGE_SHARE].map(shareToPercentage);
  return refuse(
    `flag "${flag.key}": "${flag.scope.environment}" is a protected environment, where a share rises past ${most} % only by a rollout; ` +
      `"${variant}" would rise from ${before} % to ${after} %: set at most ${most} %, and use startRollout`,
  );
}
