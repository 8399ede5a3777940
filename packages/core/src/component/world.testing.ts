/** A component and its flag moved by the real plans, for tests that tell a story step by step. */
import type { Change } from '../change.ts';
import { isRefusal, type Refusal } from '../error.ts';
import type { Attribution } from '../event.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { type ComponentFacts, planRegisterVersion } from './register.ts';

export const NOW = 1_700_000_000_000;
export const BY: Attribution = { actor: 'ada', reason: 'because' };
export const NOTHING: ComponentFacts = {
  scope: DEFAULT_SCOPE,
  key: 'ner_model',
  flag: undefined,
  rollout: undefined,
  experiment: undefined,
  component: undefined,
};

/** The facts after a change; a refusal is a fault of the test. */
export function after(facts: ComponentFacts, change: Change | Refusal | null): ComponentFacts {
  if (change === null) return facts;
  if (isRefusal(change)) throw new Error(change.refused);
  let next = facts;
  for (const record of change.records) {
    const { kind } = record;
    if (kind !== 'flag' && kind !== 'rollout' && kind !== 'experiment' && kind !== 'component')
      throw new Error(`a component changes no ${kind}`);
    const before = facts[kind]?.revision ?? 0;
    if (record.revision !== before + 1) throw new Error(`${kind} goes from revision ${before} to ${record.revision}`);
    next = { ...next, [kind]: record };
  }
  return next;
}

export function registered(...versions: readonly string[]): ComponentFacts {
  return versions.reduce((facts, version) => after(facts, planRegisterVersion(facts, version, true, BY, NOW)), NOTHING);
}
