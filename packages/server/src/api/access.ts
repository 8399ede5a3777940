/** People and tokens over HTTP. */
import { actorOf, type PublicPerson, type PublicToken } from '@sluice/core';
import { SluiceError } from 'sluice';
import { invalid } from '../http-problem.ts';
import { hashPassword, isPassword } from '../passwords.ts';
import type { HandlersOf } from './handler.ts';

export const ACCESS_HANDLERS: HandlersOf<'access'> = {
  'access.me': ({ principal }) => ({
    kind: principal.kind,
    actor: actorOf(principal),
    roles: principal.kind === 'person' ? principal.roles : null,
    tokenKind: principal.kind === 'token' ? principal.tokenKind : null,
    boundTo: principal.kind === 'token' ? principal.boundTo : null,
  }),
};

export const PEOPLE_HANDLERS: HandlersOf<'people'> = {
  'people.list': ({ workspace }) => ({ people: workspace.access.listPeople().map(shownPerson) }),
  'people.get': ({ workspace, params }) => shownPerson(workspace.access.person(params.email)),
  'people.create': async ({ workspace, body, by, principal }) => {
    const { email, name, password, roles } = body;
    const settings = {
      email,
      ...(name === undefined ? {} : { name }),
      ...(roles === undefined ? {} : { roles }),
      ...(password === undefined ? {} : { passwordHash: await hashPassword(password) }),
    };
    return shownPerson(await workspace.access.createPerson(settings, { ...by, principal }));
  },
  'people.rename': async ({ workspace, params, body, by, principal }) =>
    shownPerson(await workspace.access.renamePerson(params.email, body.name, { ...by, principal })),
  'people.setRole': async ({ workspace, params, body, by, principal }) =>
    shownPerson(await workspace.access.setRole(params.email, params.in, body.role, { ...by, principal })),
  'people.disable': async ({ workspace, params, by, principal }) =>
    shownPerson(await workspace.access.disablePerson(params.email, { ...by, principal })),
  'people.enable': async ({ workspace, params, by, principal }) =>
    shownPerson(await workspace.access.enablePerson(params.email, { ...by, principal })),
  'people.setPassword': async ({ workspace, params, body, by, principal }) => {
    const hash = await hashPassword(body.password);
    return shownPerson(await workspace.access.setPassword(params.email, hash, { ...by, principal }));
  },
};

export const TOKEN_HANDLERS: HandlersOf<'tokens'> = {
  'tokens.list': ({ workspace, params, query }) => {
    const tokens = workspace.access.listTokens(params.project);
    const asked = tokens.filter(({ revokedAt }) => query.revoked === undefined || query.revoked === (revokedAt !== null));
    return { tokens: asked.map(shownToken) };
  },
  'tokens.create': async ({ workspace, params, body, by, principal }) => {
    const { kind, label, boundTo, expiresAt = null } = body;
    const settings = { kind, label, expiresAt, boundTo: { project: params.project, environment: boundTo } };
    const { token, secret } = await workspace.access.createToken(settings, { ...by, principal });
    return { token: shownToken(token), secret };
  },
  'tokens.revoke': async ({ workspace, params, by, principal }) => {
    // An id alone says nothing of whose it is: the path's project must have it.
    if (!workspace.access.listTokens(params.project).some(({ key }) => key === params.id)) throw noToken(params.id);
    await workspace.access.revokeToken(params.id, { ...by, principal });
    return undefined;
  },
};

export const ACCOUNT_HANDLERS: HandlersOf<'account'> = {
  'account.tokens': ({ workspace, principal }) => ({
    tokens: workspace.access.listPersonalTokens(actorOf(principal)).map(shownToken),
  }),
  'account.createToken': async ({ workspace, body, by, principal }) => {
    const { label, expiresAt = null } = body;
    const { token, secret } = await workspace.access.createToken({ kind: 'personal', label, expiresAt }, { ...by, principal });
    return { token: shownToken(token), secret };
  },
  'account.revokeToken': async ({ workspace, params, by, principal }) => {
    if (!workspace.access.listPersonalTokens(actorOf(principal)).some(({ key }) => key === params.id)) throw noToken(params.id);
    await workspace.access.revokeToken(params.id, { ...by, principal });
    return undefined;
  },
  'account.setPassword': async ({ workspace, body, by, principal }) => {
    const email = actorOf(principal);
    if (!(await isPassword(body.current, workspace.access.credentialsOf(email)?.passwordHash)))
      throw invalid('the present password is another', [{ path: '/current', message: 'must be the present password' }]);
    await workspace.access.setPassword(email, await hashPassword(body.password), { ...by, principal });
    return undefined;
  },
};

function noToken(id: string): SluiceError {
  return new SluiceError('notFound', `there is no token "${id}"`);
}

export function shownPerson({ key, name, roles, hasPassword, isDisabled, revision, createdAt }: PublicPerson) {
  return { email: key, name, roles, hasPassword, isDisabled, revision, createdAt };
}

function shownToken({ key, tokenKind, label, boundTo, person, createdBy, createdAt, expiresAt, revokedAt }: PublicToken) {
  return { id: key, kind: tokenKind, label, boundTo, person, createdBy, createdAt, expiresAt, revokedAt };
}
