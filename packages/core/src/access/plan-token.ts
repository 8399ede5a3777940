/** Making and taking back tokens, as whole changes: no token may do more than whoever made it. */
import type { Change } from '../change.ts';
import { type Refusal, refuse } from '../error.ts';
import { type Attribution, eventOf } from '../event.ts';
import { unknownEnvironment, unknownProject } from '../project/plan-project.ts';
import { environmentOf, type Project } from '../project/project.ts';
import { INSTALLATION_SCOPE, projectScope, type Scope } from '../scope.ts';
import { actorOf, type Principal, permits } from './roles.ts';
import type { ParsedToken } from './settings.ts';
import type { Token } from './token.ts';

export interface TokenFacts {
  readonly granter: Principal;
  /** That the token is to be bound to; undefined for a personal one, and when there is none. */
  readonly project: Project | undefined;
}

/** What the shell has made: the id, and the SHA-256 of the secret in hex. */
export interface TokenSecret {
  readonly id: string;
  readonly hash: string;
}

export function planCreateToken(
  { granter, project }: TokenFacts,
  { kind, label, boundTo, expiresAt }: ParsedToken,
  { id, hash }: TokenSecret,
  by: Attribution,
  now: number,
): Change | Refusal {
  if (expiresAt !== null && expiresAt <= now) {
    const message = `must lie ahead; it is ${new Date(expiresAt).toISOString()}, and now is ${new Date(now).toISOString()}`;
    return refuse(`the token would have expired already: /expiresAt ${message}`, 'invalid', [{ path: '/expiresAt', message }]);
  }
  const refusal = kind === 'personal' || boundTo === null ? personalRefusal(granter) : boundRefusal(granter, boundTo, project);
  if (refusal !== null) return refusal;
  const token: Token = {
    kind: 'token',
    scope: boundTo === null ? INSTALLATION_SCOPE : projectScope(boundTo.project),
    key: id,
    revision: 1,
    tokenKind: kind,
    label,
    hash,
    boundTo,
    person: granter.kind === 'person' && kind === 'personal' ? granter.key : null,
    createdBy: actorOf(granter),
    createdAt: now,
    expiresAt,
    revokedAt: null,
  };
  // What the maker may do must not have changed meanwhile.
  return { records: [token], events: [eventOf('token.created', token, by, now, { tokenKind: kind, label })], seesAll: true };
}

/** Null when it was taken back before. */
export function planRevokeToken(
  token: Token | undefined,
  granter: Principal,
  by: Attribution,
  now: number,
): Change | Refusal | null {
  if (token === undefined) return refuse('there is no such token', 'notFound');
  const isOwn = granter.kind === 'person' && token.person === granter.key;
  if (!isOwn && !permits(granter, 'access.manage', token.scope))
    return refuse('a token is taken back by its person, or by an administrator of what it is bound to', 'unauthorized');
  if (token.revokedAt !== null) return null;
  const revoked: Token = { ...token, revision: token.revision + 1, revokedAt: now };
  return { records: [revoked], events: [eventOf('token.revoked', revoked, by, now, { label: token.label })] };
}

function personalRefusal(granter: Principal): Refusal | null {
  return granter.kind === 'person' && permits(granter, 'account.manage', INSTALLATION_SCOPE)
    ? null
    : refuse('a personal token is made by its person, logged in', 'unauthorized');
}

function boundRefusal(granter: Principal, boundTo: Scope, project: Project | undefined): Refusal | null {
  // An administrator may do there whatever a token may. Nobody else is told even whether there is such a project.
  if (!permits(granter, 'access.manage', projectScope(boundTo.project)))
    return refuse(`only an administrator of "${boundTo.project}" makes tokens of its SDKs`, 'unauthorized');
  if (project === undefined) return unknownProject(boundTo.project);
  return environmentOf(project, boundTo.environment) === undefined ? unknownEnvironment(project, boundTo.environment) : null;
}
