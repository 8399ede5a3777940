/** Changes of a flag's definition: in all environments of its project in one change, or in none. */
import type { Change } from '../change.ts';
import { isRefusal, type Refusal, refuse } from '../error.ts';
import { type Attribution, eventOf } from '../event.ts';
import { newFlag } from '../flag/edit.ts';
import type { Flag } from '../flag/flag.ts';
import type { FlagFacts } from '../flag/flag-facts.ts';
import { planFlagEdit } from '../flag/plan-edit.ts';
import type { ParsedSettings } from '../flag/settings.ts';
import type { SluiceRecord } from '../record.ts';
import { sameScope } from '../scope.ts';
import { beginningOf, changedDefinition } from './definition.ts';
import { protectionRefusal } from './protection.ts';

/** One environment of the project, as far as one flag is concerned. */
export interface EnvironmentFacts extends FlagFacts {
  readonly isProtected: boolean;
}

/**
 * The settings come from `parseDefinition`. Null when no environment has to change; a refusal names the environment. Where the flag is
 * archived it stays what it was.
 */
export function planDefinition(
  environments: readonly EnvironmentFacts[],
  settings: ParsedSettings,
  by: Attribution,
  now: number,
): Change | Refusal | null {
  const living = environments.filter(isLiving);
  if (living.length === 0) return archivedRefusal(environments);
  const model = living.find(({ flag }) => flag !== undefined)?.flag;
  return inEach(living, (facts) => {
    const beginning = facts.flag === undefined && model !== undefined ? beginningOf(model) : {};
    return planIn(facts, { ...settings, fields: { ...beginning, ...settings.fields } }, by, now);
  });
}

/** Takes the flag out of use for good, in all environments or in none. Null when it is so already. */
export function planArchiveEverywhere(
  environments: readonly EnvironmentFacts[],
  by: Attribution,
  now: number,
): Change | Refusal | null {
  return inEach(environments.filter(isLiving), (facts) => {
    const planned = planFlagEdit(facts, { type: 'archive' }, by, now);
    return checkedIn(facts, planned);
  });
}

function isLiving({ flag }: EnvironmentFacts): boolean {
  return flag === undefined || flag.archivedAt === null;
}

function archivedRefusal([facts]: readonly EnvironmentFacts[]): Refusal {
  return refuse(`flag "${facts?.key ?? ''}" is archived; an archived key is not used again`);
}

function inEach(
  environments: readonly EnvironmentFacts[],
  plan: (facts: EnvironmentFacts) => Change | Refusal | null,
): Change | Refusal | null {
  const changes: Change[] = [];
  for (const facts of environments) {
    const planned = plan(facts);
    if (planned !== null && isRefusal(planned)) return planned;
    if (planned !== null) changes.push(planned);
  }
  return changes.length === 0 ? null : joined(changes);
}

function planIn(facts: EnvironmentFacts, settings: ParsedSettings, by: Attribution, now: number): Change | Refusal | null {
  return checkedIn(facts, planFlagEdit(facts, { type: 'set', settings, force: false }, by, now));
}

/** A refusal with the name of the environment. */
function checkedIn(facts: EnvironmentFacts, planned: Change | Refusal | null): Change | Refusal | null {
  // A flag that comes to be here is disabled, and changes nothing that is served: it asks for no reason.
  const isChecked = facts.isProtected && facts.flag !== undefined;
  const refusal = planned === null || isRefusal(planned) || !isChecked ? planned : protectionRefusal(planned, () => facts.flag);
  if (refusal === null || !isRefusal(refusal)) return planned;
  return { ...refusal, refused: `nothing was changed: in "${facts.scope.environment}", ${refusal.refused}` };
}

function joined(changes: readonly Change[]): Change {
  return {
    records: changes.flatMap(({ records }) => records),
    events: changes.flatMap(({ events }) => events),
    seesAll: changes.some(({ seesAll }) => seesAll === true),
  };
}

/** The other environments of the project, for the flag of this key. */
export type Siblings = (key: string) => readonly EnvironmentFacts[];

/**
 * A change of one environment with what it means to the others: a flag that it makes is made there too, disabled, and a definition that
 * it changes is changed there. Components and the flags of tests are each environment's own. `before` is the flag as the environment has it.
 */
export function spreadDefinitions(
  change: Change,
  before: (key: string) => Flag | undefined,
  siblings: Siblings,
  now: number,
): Change | Refusal {
  const spread: Change[] = [change];
  for (const flag of change.records) {
    if (flag.kind !== 'flag' || isItsOwn(flag, change.records)) continue;
    const known = before(flag.key);
    const fields = changedDefinition(known, flag);
    if (Object.keys(fields).length === 0) continue;
    const told = change.events.find((event) => event.record === flag);
    const by = { actor: told?.actor ?? 'sluice', reason: told?.reason ?? '' };
    for (const facts of siblings(flag.key).filter(isLiving)) {
      const settings = facts.flag === undefined ? beginningOf(flag) : fields;
      const planned = planIn(facts, settingsOf(settings), by, now);
      if (planned !== null && isRefusal(planned)) return planned;
      if (planned !== null) spread.push(planned);
    }
  }
  return spread.length === 1 ? change : { ...change, ...joined(spread) };
}

function isItsOwn(flag: Flag, records: readonly SluiceRecord[]): boolean {
  return flag.isComponent || records.some((record) => record.kind === 'experiment' && record.key === flag.key);
}

function settingsOf(fields: Partial<Flag>): ParsedSettings {
  return { fields, enabled: null, status: null, share: null, isSplitExact: false, movesShare: fields.variants !== undefined };
}

/** The flags of one environment. */
export interface EnvironmentFlags {
  readonly scope: Flag['scope'];
  /** Every flag that is kept, archived ones too. */
  readonly flags: readonly Flag[];
  /** Keys of flags that belong to a test. */
  readonly testKeys: ReadonlySet<string>;
}

/** What every environment lacks of the flags of the others, made there, disabled. */
export function levelDefinitions(environments: readonly EnvironmentFlags[], by: Attribution, now: number): Change {
  const models = new Map<string, Flag>();
  for (const { flags, testKeys } of environments)
    for (const flag of flags)
      if (flag.archivedAt === null && !flag.isComponent && !testKeys.has(flag.key) && !models.has(flag.key))
        models.set(flag.key, flag);
  const made = environments.flatMap(({ scope, flags }) => {
    const kept = new Set(flags.map(({ key }) => key));
    const lacking = [...models.values()].filter((model) => !kept.has(model.key) && !sameScope(model.scope, scope));
    return lacking.map((model): Flag => ({ ...newFlag(model.key, scope, now), ...beginningOf(model), revision: 1 }));
  });
  return { records: made, events: made.map((flag) => eventOf('flag.created', flag, by, now)) };
}
