/** Settings while they are edited, beside those that the edit began from: what is sent is what differs. */
import { type FlagSettings, jsonEqual, TARGETING_FIELDS } from '@sluice/core';
import { changedFields } from '../differences/settings-words.ts';

export type Draft = FlagSettings;
export type ChangeDraft = (changed: Partial<Draft>) => void;

/** The settings that differ, as they are sent: whatever somebody else changes in others meanwhile stays. */
export function patchOf(base: Draft, draft: Draft): Draft {
  return Object.fromEntries(
    changedFields(base, draft)
      .filter((field) => draft[field] !== undefined)
      .map((field) => [field, draft[field]]),
  ) as Draft;
}

/** The fields that both changed since `base`, and not to the same. */
export function contestedFields(base: Draft, theirs: Draft, mine: Draft): (keyof Draft)[] {
  const changedByThem = new Set(changedFields(base, theirs));
  return changedFields(base, mine).filter((field) => changedByThem.has(field) && !jsonEqual(theirs[field], mine[field]));
}

/** With what is targeting of the other, as of another environment. */
export function withTargetingOf(draft: Draft, other: Draft): Draft {
  return { ...draft, ...Object.fromEntries(TARGETING_FIELDS.map((field) => [field, other[field]])) };
}
