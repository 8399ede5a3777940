/** Random people do random things to each other: what must hold after each. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../change.ts';
import { isRefusal, type Refusal } from '../error.ts';
import { planCreateProject } from '../project/plan-project.ts';
import type { Project } from '../project/project.ts';
import { parseProjectSettings } from '../project/settings.ts';
import { EVERY, INSTALLATION_SCOPE, projectScope } from '../scope.ts';
import { type Person, principalOf } from './person.ts';
import {
  isAdministrator,
  type PersonFacts,
  planCreatePerson,
  planDisablePerson,
  planEndSessions,
  planSetPassword,
  planSetRole,
} from './plan-person.ts';
import { planCreateToken, planRevokeToken } from './plan-token.ts';
import { actorOf, PERMISSIONS, type Principal, permits, ROLES, type Role, rankOf, roleIn } from './roles.ts';
import { parsePersonSettings, parseTokenSettings } from './settings.ts';
import type { Token } from './token.ts';

const BY = { actor: 'test', reason: 'why' };
const NAMES = ['ann', 'bob', 'cid', 'dot'];
const PROJECTS = ['shop', 'toys', EVERY];
const keyOf = (name: string): string => `${name}@example.com`;

interface World {
  people: Map<string, Person>;
  tokens: Map<string, Token>;
  now: number;
}

type Act =
  | { type: 'create'; name: string; project: string; role: Role }
  | { type: 'role'; name: string; project: string; role: Role | null }
  | { type: 'disable'; name: string; isDisabled: boolean }
  | { type: 'password' | 'sessions'; name: string }
  | { type: 'token'; kind: 'server' | 'client' | 'personal'; project: string }
  | { type: 'revoke'; index: number };

const names = fc.constantFrom(...NAMES);
const projects = fc.constantFrom(...PROJECTS);
const roles = fc.constantFrom(...ROLES);
const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ type: fc.constant('create' as const), name: names, project: projects, role: roles }),
  fc.record({ type: fc.constant('role' as const), name: names, project: projects, role: fc.option(roles) }),
  fc.record({ type: fc.constant('role' as const), name: names, project: fc.constant(EVERY), role: fc.option(roles) }),
  fc.record({ type: fc.constant('disable' as const), name: names, isDisabled: fc.boolean() }),
  fc.record({ type: fc.constantFrom('password' as const, 'sessions' as const), name: names }),
  fc.record({
    type: fc.constant('token' as const),
    kind: fc.constantFrom('server' as const, 'client' as const, 'personal' as const),
    project: fc.constantFrom('shop', 'toys'),
  }),
  fc.record({ type: fc.constant('revoke' as const), index: fc.nat(5) }),
);
const steps = fc.array(fc.tuple(names, fc.boolean(), acts), { minLength: 20, maxLength: 60 });

const project = (key: string): Project => {
  const made = planCreateProject(undefined, parseProjectSettings({ key }), [], BY, 0);
  if (isRefusal(made) || made.records[0]?.kind !== 'project') throw new Error('no project');
  return made.records[0];
};
const SHOPS = new Map(['shop', 'toys'].map((key) => [key, project(key)]));

function decide(world: World, granter: Principal, act: Act): Change | Refusal | null {
  const factsOf = (name: string): PersonFacts => ({
    person: world.people.get(keyOf(name)),
    people: world.people.values(),
    granter,
  });
  switch (act.type) {
    case 'create': {
      const settings = parsePersonSettings({ email: keyOf(act.name), roles: { [act.project]: act.role } });
      return planCreatePerson(factsOf(act.name), settings, BY, world.now);
    }
    case 'role':
      return planSetRole(factsOf(act.name), act.project, act.role, BY, world.now);
    case 'disable':
      return planDisablePerson(factsOf(act.name), act.isDisabled, BY, world.now);
    case 'password':
      return planSetPassword(factsOf(act.name), 'hash', BY, world.now);
    case 'sessions':
      return planEndSessions(factsOf(act.name), BY, world.now);
    case 'token': {
      const boundTo = act.kind === 'personal' ? {} : { boundTo: { project: act.project, environment: 'production' } };
      const parsed = parseTokenSettings({ kind: act.kind, label: 'a token', ...boundTo });
      const secret = { id: `token-${world.now}`, hash: 'hash' };
      return planCreateToken({ granter, project: SHOPS.get(act.project) }, parsed, secret, BY, world.now);
    }
    case 'revoke':
      return planRevokeToken([...world.tokens.values()][act.index], granter, BY, world.now);
  }
}

/** Everything that anybody can do, by person, project and permission. */
function powers(people: ReadonlyMap<string, Person>): Map<string, number> {
  return new Map(
    [...people.values()].flatMap((person) =>
      PROJECTS.map((key): [string, number] => [
        `${person.key} ${key}`,
        person.isDisabled ? 0 : rankOf(roleIn(person.roles, key)),
      ]),
    ),
  );
}

function judge(before: World, after: World, granter: Principal): void {
  expect([...after.people.values()].some(isAdministrator), 'an administrator stays').toBe(true);
  const earlier = powers(before.people);
  for (const [key, rank] of powers(after.people)) {
    const where = key.split(' ')[1] ?? '';
    const own = granter.kind === 'person' ? rankOf(roleIn(granter.roles, where)) : 0;
    const from = earlier.get(key) ?? 0;
    if (rank > from) expect(own, `${key} was raised to ${rank}`).toBeGreaterThanOrEqual(rank);
    if (rank < from) expect(own, `${key} was taken from ${from}`).toBeGreaterThanOrEqual(from);
    if (rank !== from) expect(permits(granter, 'access.manage', projectScope(where))).toBe(true);
  }
  for (const [id, token] of after.tokens) {
    if (before.tokens.has(id)) continue;
    if (token.boundTo === null) {
      expect([token.person, granter.kind === 'person' && granter.token]).toEqual([actorOf(granter), null]);
      continue;
    }
    expect(permits(granter, 'access.manage', projectScope(token.boundTo.project)), 'who makes tokens').toBe(true);
    const sdk: Principal = { kind: 'token', id, tokenKind: token.tokenKind as 'server', boundTo: token.boundTo };
    for (const permission of PERMISSIONS)
      if (permits(sdk, permission, token.boundTo)) expect(permits(granter, permission, token.boundTo)).toBe(true);
  }
  for (const person of after.people.values()) {
    const earlierPerson = before.people.get(person.key);
    if (earlierPerson === undefined || earlierPerson.passwordHash === person.passwordHash) continue;
    expect(
      granter.kind === 'person' && (granter.key === person.key || permits(granter, 'access.manage', INSTALLATION_SCOPE)),
    ).toBe(true);
    expect(person.sessionsValidFrom).toBe(after.now);
  }
}

describe('random people who change each other', () => {
  it('never gain more than whoever gave it, and never leave an installation without an administrator', () => {
    let changes = 0;
    fc.assert(
      fc.property(steps, (script) => {
        const first = planCreatePerson(
          { person: undefined, people: [], granter: { kind: 'system' } },
          parsePersonSettings({ email: keyOf('ann'), roles: { [EVERY]: 'admin' } }),
          BY,
          0,
        ) as Change;
        let world: World = { people: new Map([[keyOf('ann'), first.records[0] as Person]]), tokens: new Map(), now: 0 };
        for (const [name, isByToken, act] of script) {
          const person = world.people.get(keyOf(name));
          if (person === undefined || person.isDisabled) continue;
          const granter = principalOf(person, isByToken ? 'a-token' : null);
          const next: World = { people: new Map(world.people), tokens: new Map(world.tokens), now: world.now + 1 };
          const change = decide(next, granter, act);
          if (change === null || isRefusal(change)) continue;
          for (const record of change.records) {
            const kept = record.kind === 'person' ? next.people.get(record.key) : next.tokens.get(record.key);
            expect(record.revision).toBe((kept?.revision ?? 0) + 1);
            if (record.kind === 'person') next.people.set(record.key, record);
            if (record.kind === 'token') next.tokens.set(record.key, record);
          }
          changes += 1;
          judge(world, next, granter);
          world = next;
        }
      }),
      { numRuns: 200 },
    );
    expect(changes).toBeGreaterThan(500);
  });

  it('refuse to lose the last administrator by role and by disabling, and let one of two go', () => {
    const admin = (name: string): Person =>
      (
        planCreatePerson(
          { person: undefined, people: [], granter: { kind: 'system' } },
          parsePersonSettings({ email: keyOf(name), roles: { [EVERY]: 'admin' } }),
          BY,
          0,
        ) as Change
      ).records[0] as Person;
    const [ann, bob] = [admin('ann'), admin('bob')];
    const alone: PersonFacts = { person: ann, people: [ann], granter: principalOf(ann, null) };
    const last = { code: 'refused', refused: expect.stringContaining('the last administrator') };
    expect(planSetRole(alone, EVERY, 'editor', BY, 1)).toMatchObject(last);
    expect(planSetRole(alone, EVERY, null, BY, 1)).toMatchObject(last);
    expect(planDisablePerson(alone, true, BY, 1)).toMatchObject(last);
    const disabled = { ...bob, isDisabled: true };
    expect(planSetRole({ ...alone, people: [ann, disabled] }, EVERY, null, BY, 1)).toMatchObject(last);
    const change = planSetRole({ ...alone, people: [ann, bob] }, EVERY, null, BY, 1);
    expect(change).toMatchObject({ seesAll: true, records: [{ key: keyOf('ann'), roles: {} }] });
  });
});
