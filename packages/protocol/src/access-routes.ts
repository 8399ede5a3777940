/** Who may come in: people, their roles, tokens, and who the caller is. */
import { type InstantSetting, ROLES, type Roles, TOKEN_KINDS } from '@sluice/core';
import { z } from 'zod';
import { defineRoute } from './route.ts';
import { count, flagQuery, instant, name, reason, revision, settableInstant } from './schema-parts.ts';

const scope = z.object({ project: z.string(), environment: z.string() });
const roles = z.record(z.string(), z.enum(ROLES)) as unknown as z.ZodType<Roles>;
const person = z
  .object({
    email: z.string(),
    name: z.string(),
    roles: roles.describe('By project; `*` is every project'),
    hasPassword: z.boolean(),
    isDisabled: z.boolean(),
    revision,
    createdAt: count.describe('Milliseconds since 1970'),
  })
  .meta({ id: 'Person' });
const token = z
  .object({
    id: z.string(),
    kind: z.enum(TOKEN_KINDS),
    label: z.string(),
    boundTo: scope.nullable(),
    person: z.string().nullable(),
    createdBy: z.string(),
    createdAt: count,
    expiresAt: count.nullable(),
    revokedAt: count.nullable(),
  })
  .meta({ id: 'Token' });
const newToken = z.object({ token, secret: z.string().describe('Told here and never again') });
const expiresAt = settableInstant.nullable().optional() as unknown as z.ZodOptional<
  z.ZodNullable<z.ZodType<InstantSetting, InstantSetting>>
>;
const email = z.string().min(3).max(128);
const password = z.string().min(12).max(1024).meta({ writeOnly: true });
const secret = z.string().max(1024).meta({ writeOnly: true });
const manage = { permission: 'access.manage', answers: { 200: person } } as const;

export const ACCESS_ROUTES = {
  'access.me': defineRoute({
    method: 'GET',
    path: '/api/v1/me',
    permission: 'known',
    summary: 'Who the caller is, and in which environment a token may do anything',
    answers: {
      200: z.object({
        kind: z.enum(['person', 'token', 'system', 'breakGlass']),
        actor: z.string(),
        roles: roles.nullable(),
        tokenKind: z.string().nullable(),
        boundTo: scope.nullable(),
      }),
    },
  }),
  'people.list': defineRoute({
    method: 'GET',
    path: '/api/v1/people',
    permission: 'access.manage',
    summary: 'Everybody who may log in, by address',
    answers: { 200: z.object({ people: z.array(person) }) },
  }),
  'people.get': defineRoute({ ...manage, method: 'GET', path: '/api/v1/people/:email', summary: 'One person' }),
  'people.create': defineRoute({
    method: 'POST',
    path: '/api/v1/people',
    permission: 'access.manage',
    summary: 'Lets somebody in; nobody grants more than they have',
    body: { email, name: name.optional(), password: password.optional(), roles: roles.optional(), reason },
    answers: { 201: person },
  }),
  'people.rename': defineRoute({
    ...manage,
    method: 'PATCH',
    path: '/api/v1/people/:email',
    summary: 'Changes the name that people read',
    body: { name, reason },
  }),
  'people.setRole': defineRoute({
    ...manage,
    method: 'PUT',
    path: '/api/v1/people/:email/roles/:in',
    summary: 'Gives a role in a project, or in every one (`*`); null takes it away',
    body: { role: z.enum(ROLES).nullable(), reason },
  }),
  'people.disable': defineRoute({
    ...manage,
    method: 'POST',
    path: '/api/v1/people/:email/disable',
    summary: 'Ends their sessions, and refuses their tokens',
    body: { reason },
  }),
  'people.enable': defineRoute({
    ...manage,
    method: 'POST',
    path: '/api/v1/people/:email/enable',
    summary: 'Lets somebody in again',
    body: { reason },
  }),
  'people.setPassword': defineRoute({
    ...manage,
    method: 'PUT',
    path: '/api/v1/people/:email/password',
    summary: 'Sets a password, and ends every session that there is',
    body: { password, reason },
  }),
  'tokens.list': defineRoute({
    method: 'GET',
    path: '/api/v1/projects/:project/tokens',
    permission: 'access.manage',
    summary: "Tokens of the project's SDKs, the newest first; taken back ones too",
    query: { revoked: flagQuery },
    answers: { 200: z.object({ tokens: z.array(token) }) },
  }),
  'tokens.create': defineRoute({
    method: 'POST',
    path: '/api/v1/projects/:project/tokens',
    permission: 'access.manage',
    summary: 'Makes a token of a server or client SDK, bound to one environment',
    body: {
      kind: z.enum(['server', 'client']),
      label: name,
      boundTo: name.describe('Key of the environment'),
      expiresAt,
      reason,
    },
    answers: { 201: newToken },
  }),
  'tokens.revoke': defineRoute({
    method: 'DELETE',
    path: '/api/v1/projects/:project/tokens/:id',
    permission: 'access.manage',
    summary: 'Refuses the token from now on',
    query: { reason },
    answers: { 204: null },
  }),
  'account.tokens': defineRoute({
    method: 'GET',
    path: '/api/v1/me/tokens',
    permission: 'account.manage',
    summary: "The caller's personal tokens",
    answers: { 200: z.object({ tokens: z.array(token) }) },
  }),
  'account.createToken': defineRoute({
    method: 'POST',
    path: '/api/v1/me/tokens',
    permission: 'account.manage',
    summary: 'Makes a personal token, which may do what its person may',
    body: { label: name, expiresAt, reason },
    answers: { 201: newToken },
  }),
  'account.revokeToken': defineRoute({
    method: 'DELETE',
    path: '/api/v1/me/tokens/:id',
    permission: 'account.manage',
    summary: 'Refuses a personal token from now on',
    query: { reason },
    answers: { 204: null },
  }),
  'account.setPassword': defineRoute({
    method: 'PUT',
    path: '/api/v1/me/password',
    permission: 'account.manage',
    summary: "Sets the caller's password, and ends every session that there is",
    body: { current: secret, password },
    answers: { 204: null },
  }),
  'session.login': defineRoute({
    method: 'POST',
    path: '/api/v1/session',
    permission: 'public',
    summary: 'Begins a session of a person, kept in a cookie that no page can read',
    body: { email: z.string().max(128), password: secret },
    changes: false,
    answers: { 200: z.object({ email: z.string(), expiresAt: instant }) },
  }),
  'session.setUp': defineRoute({
    method: 'POST',
    path: '/api/v1/setup',
    permission: 'public',
    summary: 'Makes the first administrator, with the one-time secret that the server printed when it started without any',
    body: { secret, email, password },
    changes: false,
    answers: { 201: person },
  }),
  'session.logout': defineRoute({
    method: 'DELETE',
    path: '/api/v1/session',
    permission: 'known',
    summary: 'Takes the cookie away, and ends every session of its person; with a token it ends none',
    changes: false,
    answers: { 204: null },
  }),
} as const;
