/** An edit of a flag as a decision that is made of the records as they are when it is its turn. */
import { type FlagEdit, planFlagEdit, revisionRefusal } from '@sluice/core';
import { attributionOf, type EditOptions } from './mutation.ts';
import type { Decide } from './runtime.ts';

/** @throws SluiceError `invalid` when who or why is no text */
export function editDecision(name: string, edit: FlagEdit, options: EditOptions): Decide {
  const by = attributionOf(options);
  return (view, now) =>
    revisionRefusal(`flag "${name}"`, view.flag(name)?.revision, options.ifRevision) ??
    planFlagEdit(view.facts(name), edit, by, now);
}
