/** What may be done to people, as whole changes: nobody grants more than they have, and an installation keeps an administrator. */
import type { Change } from '../change.ts';
import { type Refusal, refuse } from '../error.ts';
import { type Attribution, eventOf } from '../event.ts';
import type { EventType } from '../event-type.ts';
import type { JsonObject } from '../json.ts';
import { EVERY, INSTALLATION_SCOPE, projectScope } from '../scope.ts';
import type { Person } from './person.ts';
import { type Principal, permits, type Role } from './roles.ts';
import { type ParsedPerson, roleProblem } from './settings.ts';

/** What a decision about somebody is made on. */
export interface PersonFacts {
  /** Undefined when nobody has this key. */
  readonly person: Person | undefined;
  readonly people: Iterable<Person>;
  readonly granter: Principal;
}

export function planCreatePerson(facts: PersonFacts, parsed: ParsedPerson, by: Attribution, now: number): Change | Refusal {
  const { granter, person: kept } = facts;
  const { email, name, passwordHash, roles } = parsed;
  if (Object.keys(roles).length === 0 && !permits(granter, 'access.manage', INSTALLATION_SCOPE))
    return unauthorized('who has no role in any project is added by an administrator of the installation only');
  for (const project of Object.keys(roles)) {
    const refusal = grantRefusal(granter, project);
    if (refusal !== null) return refusal;
  }
  if (kept !== undefined) return refuse(`"${email}" is there already`, 'conflict');
  const person: Person = {
    kind: 'person',
    scope: INSTALLATION_SCOPE,
    key: email,
    revision: 1,
    name,
    passwordHash,
    roles,
    isDisabled: false,
    sessionsValidFrom: now,
    createdAt: now,
    updatedAt: now,
  };
  return { records: [person], events: [eventOf('person.created', person, by, now, { roles })], seesAll: true };
}

/** Null takes the role away; the answer is null when it is so already. `project` may be `*`. */
export function planSetRole(
  facts: PersonFacts,
  project: string,
  role: Role | null,
  by: Attribution,
  now: number,
): Change | Refusal | null {
  const { person, granter } = facts;
  if (person === undefined) return nobody();
  const problem = roleProblem(project, role);
  if (problem !== null) return problem;
  const before = Object.hasOwn(person.roles, project) ? (person.roles[project] ?? null) : null;
  const refusal = grantRefusal(granter, project);
  if (refusal !== null) return refusal;
  if (before === role) return null;
  const rest = Object.entries(person.roles).filter(([key]) => key !== project);
  const roles = Object.fromEntries(role === null ? rest : [...rest, [project, role]]);
  return changed(facts, { ...person, roles }, 'person.roleChanged', by, now, { project, from: before, to: role });
}

export function planRenamePerson(facts: PersonFacts, name: string, by: Attribution, now: number): Change | Refusal | null {
  const { person } = facts;
  if (person === undefined) return nobody();
  const refusal = ownRefusal(facts, person);
  if (refusal !== null) return refusal;
  return name === person.name ? null : changed(facts, { ...person, name }, 'person.updated', by, now, {});
}

/** A new password ends every session that there is. */
export function planSetPassword(facts: PersonFacts, passwordHash: string | null, by: Attribution, now: number): Change | Refusal {
  const { person } = facts;
  if (person === undefined) return nobody();
  const refusal = ownRefusal(facts, person);
  if (refusal !== null) return refusal;
  return changed(facts, { ...person, passwordHash, sessionsValidFrom: now }, 'person.passwordChanged', by, now, {});
}

export function planEndSessions(facts: PersonFacts, by: Attribution, now: number): Change | Refusal {
  const { person } = facts;
  if (person === undefined) return nobody();
  const refusal = ownRefusal(facts, person);
  if (refusal !== null) return refusal;
  return changed(facts, { ...person, sessionsValidFrom: now }, 'person.sessionsEnded', by, now, {});
}

/** Somebody who is disabled cannot log in, their sessions are over, and their personal tokens are refused. */
export function planDisablePerson(
  facts: PersonFacts,
  isDisabled: boolean,
  by: Attribution,
  now: number,
): Change | Refusal | null {
  const { person, granter } = facts;
  if (person === undefined) return nobody();
  if (!permits(granter, 'access.manage', INSTALLATION_SCOPE))
    return unauthorized('only an administrator of the installation disables or enables people');
  if (person.isDisabled === isDisabled) return null;
  const sessionsValidFrom = isDisabled ? now : person.sessionsValidFrom;
  const type = isDisabled ? 'person.disabled' : 'person.enabled';
  return changed(facts, { ...person, isDisabled, sessionsValidFrom }, type, by, now, {});
}

/**
 * Why `granter` may not change roles in this project, or null. Who may is an admin there, and has every role that there is to give or to take:
 * so nobody grants more than they have.
 */
function grantRefusal(granter: Principal, project: string): Refusal | null {
  if (permits(granter, 'access.manage', projectScope(project))) return null;
  const where = project === EVERY ? 'the installation' : `"${project}"`;
  return unauthorized(`only an administrator of ${where} changes roles there`);
}

/** One's own account is one's own, and an administrator's of the installation. */
function ownRefusal({ granter }: PersonFacts, person: Person): Refusal | null {
  const isSelf = granter.kind === 'person' && granter.key === person.key && granter.token === null;
  if (isSelf || permits(granter, 'access.manage', INSTALLATION_SCOPE)) return null;
  return unauthorized(`the account of "${person.key}" is changed by themselves, or by an administrator of the installation`);
}

function changed(
  { person, people }: PersonFacts,
  fields: Person,
  type: EventType,
  by: Attribution,
  now: number,
  detail: JsonObject,
): Change | Refusal {
  const after: Person = { ...fields, revision: fields.revision + 1, updatedAt: now };
  if (person !== undefined && isAdministrator(person) && !isAdministrator(after)) {
    const others = [...people].filter(({ key }) => key !== after.key);
    if (!others.some(isAdministrator))
      return refuse(`"${after.key}" is the last administrator of the installation; make another one first`);
  }
  // Two administrators who take the role from each other at once must not both succeed.
  return { records: [after], events: [eventOf(type, after, by, now, detail)], seesAll: true };
}

/** Of the installation. */
export function isAdministrator({ roles, isDisabled }: Person): boolean {
  return !isDisabled && Object.hasOwn(roles, EVERY) && roles[EVERY] === 'admin';
}

function nobody(): Refusal {
  return refuse('there is nobody of this e-mail address', 'notFound');
}

function unauthorized(message: string): Refusal {
  return refuse(message, 'unauthorized');
}
