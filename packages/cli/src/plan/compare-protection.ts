/** What a protected environment would refuse of a plan, foretold by core's own rules. */
import { type Flag, protectionRefusal, type Scope } from '@sluice/core';
import { inCommands } from '../library-words.ts';
import { foretoldEdits, type WaitingEdit } from './foretold-edits.ts';
import type { PlannedFlag } from './plan.ts';

/** The environment that is protected, and where in the file the share of a flag, or of an edit of it, stands. */
export interface Protection {
  readonly scope: Scope;
  placeOf(flag: Pick<PlannedFlag, 'path' | 'settings'>): string;
}

/** Why the share would not be taken, with its place in the file, or null. A reason is always given: the plan's path at the least. */
export function shareRefusal(
  planned: Pick<PlannedFlag, 'path' | 'settings'>,
  { before, after }: { readonly before: Flag | undefined; readonly after: Flag },
  { scope, placeOf }: Protection,
): string | null {
  const refusal = protectionRefusal({ records: [{ ...after, scope }], events: [] }, () => before);
  return refusal === null ? null : `${placeOf(planned)}: ${inCommands(refusal.refused)}; in a plan, give it a rollout`;
}

/**
 * Why the first edit that would be refused at its instant would be, with its place in the file, or null. `edits` are in the order in which
 * they are due, and `flag` is as it is before the first. What others will have done by then is not known, and not asked for.
 */
export function editRefusal(flag: Flag, edits: readonly WaitingEdit[], { scope, placeOf }: Protection): string | null {
  const foretold = foretoldEdits({ ...flag, scope }, edits, (change, before) => protectionRefusal(change, () => before));
  const refused = foretold.find(({ isForbidden }) => isForbidden);
  if (refused === undefined) return null;
  const { edit, refusal } = refused;
  return `${placeOf(edit.planned)}: at its instant, ${inCommands(refusal ?? '')}; ${adviceOn(edit)}`;
}

function adviceOn({ kept }: WaitingEdit): string {
  return kept === null || kept.by.reason.trim() !== ''
    ? 'in a plan, give the flag a rollout, which may say start_at'
    : `it was scheduled without one: \`sluice flag schedule cancel ${kept.id}\`, and apply again`;
}
