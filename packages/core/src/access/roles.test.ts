import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVERY, INSTALLATION_SCOPE, projectScope, type Scope } from '../scope.ts';
import { PERMISSIONS, type Principal, permits, ROLES, type Role, type Roles, roleIn, TOKEN_PERMISSIONS } from './roles.ts';

const person = (roles: Roles, token: string | null = null): Principal => ({
  kind: 'person',
  key: 'ann@example.com',
  roles,
  token,
});
const granted = (principal: Principal, scope: Scope): string[] =>
  PERMISSIONS.filter((permission) => permits(principal, permission, scope)).sort();

const projects = fc.constantFrom('shop', 'toys', 'constructor', '__proto__', EVERY);
const environments = fc.constantFrom('development', 'production', 'toString', EVERY);
const scopes = fc.record({ project: projects, environment: environments });
const rolesArb: fc.Arbitrary<Roles> = fc
  .array(fc.tuple(projects, fc.constantFrom(...ROLES)), { maxLength: 4 })
  .map((entries) => Object.fromEntries(entries));

describe('what roles may do', () => {
  it('is this table, and no other', () => {
    const byRole = ROLES.map((role, index) => {
      const before = ROLES[index - 1];
      const own = granted(person({ shop: role }), { project: 'shop', environment: 'production' });
      const lower = before === undefined ? [] : granted(person({ shop: before }), { project: 'shop', environment: 'production' });
      return [role, own.filter((permission) => !lower.includes(permission))];
    });
    expect(Object.fromEntries(byRole)).toEqual({
      viewer: ['account.manage', 'evaluate', 'flags.read', 'history.read', 'snapshot.read'],
      editor: [
        'components.write',
        'experiments.write',
        'facts.write',
        'flags.write',
        'metrics.write',
        'rollbacks.perform',
        'rollouts.operate',
        'segments.write',
        'transfer.export',
      ],
      approver: ['breakGlass.perform', 'rollouts.approve'],
      admin: ['access.manage', 'notifications.manage', 'operations.read', 'project.manage', 'transfer.import'],
    });
    expect(TOKEN_PERMISSIONS).toEqual({
      server: ['snapshot.read', 'evaluate', 'metrics.write', 'facts.write'],
      client: ['evaluate', 'metrics.write'],
    });
  });

  it('grows with the role: each may do what the one before it may', () => {
    for (const [index, role] of ROLES.slice(1).entries()) {
      const lower = ROLES[index] as Role;
      const [more, less] = [role, lower].map((each) => granted(person({ shop: each }), projectScope('shop')));
      expect(more).toEqual(expect.arrayContaining(less as string[]));
    }
  });

  it('is nothing in a project where somebody has no role, nor for the whole installation', () => {
    fc.assert(
      fc.property(rolesArb, scopes, (roles, scope) => {
        const has = Object.hasOwn(roles, scope.project) || Object.hasOwn(roles, EVERY);
        const allowed = granted(person(roles), scope);
        return has ? allowed.includes('flags.read') : allowed.join() === 'account.manage';
      }),
    );
  });

  it('is none where a project is called like what every object has', () => {
    for (const project of ['constructor', 'toString', '__proto__']) expect(roleIn({ shop: 'admin' }, project)).toBeNull();
    expect(roleIn({ shop: 'viewer', '*': 'editor' }, 'shop')).toBe('editor');
    expect(roleIn({ shop: 'admin', '*': 'editor' }, 'shop')).toBe('admin');
  });

  it('is for the SDK of an environment what its kind may there, and nothing anywhere else', () => {
    fc.assert(
      fc.property(scopes, scopes, fc.constantFrom('server' as const, 'client' as const), (boundTo, scope, tokenKind) => {
        const isThere = boundTo.project === scope.project && boundTo.environment === scope.environment;
        const allowed = granted({ kind: 'token', id: 't', tokenKind, boundTo }, scope);
        expect(allowed).toEqual(isThere ? [...TOKEN_PERMISSIONS[tokenKind]].sort() : []);
      }),
    );
  });

  it('is for a personal token what its person may, but for the account', () => {
    fc.assert(
      fc.property(rolesArb, scopes, (roles, scope) => {
        const own = granted(person(roles), scope).filter((permission) => permission !== 'account.manage');
        expect(granted(person(roles, 'token'), scope)).toEqual(own);
      }),
    );
  });

  it('is for whoever has the break-glass token the kill switch everywhere, and nothing else', () => {
    fc.assert(
      fc.property(scopes, (scope) => {
        expect(granted({ kind: 'breakGlass' }, scope)).toEqual(['breakGlass.perform']);
      }),
    );
  });

  it('is everything for the installation itself', () => {
    expect(granted({ kind: 'system' }, INSTALLATION_SCOPE)).toEqual([...PERMISSIONS].sort());
  });
});
