/** Who calls, and whether they may: decided from the route table before a byte of the body is read. Without a word in the table, nobody may. */
import {
  actorOf,
  EVERY,
  INSTALLATION_SCOPE,
  PERMISSIONS,
  type Permission,
  type Principal,
  permits,
  projectScope,
  ROLES,
} from '@sluice/core';
import type { Route } from '@sluice/protocol';
import type { FastifyRequest } from 'fastify';
import { type Scope, type Sluice, SluiceError, type Workspace } from 'sluice';
import { type ServedStore, unknownYet } from './break-glass/served-store.ts';
import { callerAddress } from './caller-address.ts';
import { HttpProblem, unauthenticated } from './http-problem.ts';
import { RateLimit } from './rate-limit.ts';
import type { SecondLook } from './second-look.ts';
import { isFromOwnPages, type Sessions } from './sessions.ts';
import type { Settings } from './settings.ts';

/** A request that may go on. */
export interface Admitted {
  readonly principal: Principal;
  /** What the route is about: `*` stands for a whole project, and for the installation. */
  readonly scope: Scope;
  /** Null where the route is not about one environment. */
  readonly sluice: Sluice | null;
}

/** What is asked of a request by whoever admits it, of the framework's or not. */
export type Asked = Pick<FastifyRequest, 'method' | 'headers' | 'query' | 'params' | 'host' | 'ip'>;

/** A promise only where whoever calls is not known, and is looked for. @throws HttpProblem 401, 403, 404, 429 */
export type Admit = (route: Route, request: Asked) => Admitted | null | Promise<Admitted>;

export interface Admission {
  /** Whom it lets in is counted; null on a public route. */
  readonly admit: Admit;
  /**
   * Whom `admit` would let in by a token in a header, without counting anything; null where there is none that is known. Whoever uses it reads nothing
   * of whom `hasRoom` has none for, and calls `count` before the answer. @throws what `admit` throws
   */
  readonly byToken: (route: Route, request: Pick<Asked, 'headers' | 'params'>) => Admitted | null;
  readonly hasRoom: (principal: Principal) => boolean;
  readonly count: (principal: Principal) => void;
}

/** Names the environment where neither the path nor the token does. */
const NAMED_SCOPE = 'x-sluice-environment';

/** Longest secret that is looked up, in characters. */
const MAX_SECRET = 512;

export interface AdmissionParts {
  readonly workspace: Workspace;
  readonly sessions: Sessions;
  readonly settings: Settings;
  /** Who a right that stands in a URL is of; nobody unless given. */
  readonly ofGrant?: (grant: string) => Principal | null;
  readonly store: ServedStore;
  /** For whoever is not known here. */
  readonly secondLook: SecondLook;
  /** Whether this is the token of the machine; none is unless given. */
  readonly isBreakGlass?: (secret: string) => boolean;
}

export function admission(parts: AdmissionParts): Admission {
  const { workspace, settings, store, secondLook } = parts;
  const { requestsPerMinute, failedLoginsPerMinute } = settings;
  const failures = new RateLimit({ max: failedLoginsPerMinute });
  const byCaller = new RateLimit({ max: requestsPerMinute });
  const count = (principal: Principal): void => {
    // Whoever is called at night is never told to wait.
    if (principal.kind !== 'breakGlass') byCaller.count(actorOf(principal));
  };
  const letIn = (route: Route, request: Asked, principal: Principal | string): Admitted => {
    if (typeof principal === 'string') throw unknownYet(store) ?? unauthenticated(principal);
    count(principal);
    return admitted(route, request, principal, workspace);
  };
  const admit: Admit = (route, request) => {
    if (route.permission === 'public') return null;
    const principal = whoCalls(route, request, parts);
    if (typeof principal !== 'string') return letIn(route, request, principal);
    // Only what fails is counted: many share an address with whoever guesses, and a kill must not wait for them.
    failures.count(callerAddress(request.ip));
    const whom = unknownCaller(route, request, parts);
    if (whom === null) return letIn(route, request, principal);
    return secondLook.at(whom).then((isFresh) => letIn(route, request, isFresh ? whoCalls(route, request, parts) : principal));
  };
  const byToken: Admission['byToken'] = (route, request) => {
    const principal = ofToken(route, request, parts);
    return principal === null || typeof principal === 'string' ? null : admitted(route, request, principal, workspace);
  };
  const hasRoom = (principal: Principal): boolean => principal.kind === 'breakGlass' || byCaller.hasRoom(actorOf(principal));
  return { admit, byToken, hasRoom, count };
}

/** Who it is, or why nobody. */
function whoCalls(route: Route, request: Asked, parts: AdmissionParts): Principal | string {
  return ofQuery(route, request, parts) ?? principalOf(route, request, parts);
}

/** Whom of those that are not known here another replica may know already; null where nobody can be meant. */
function unknownCaller({ isBeacon }: Route, request: Asked, { workspace, sessions }: AdmissionParts): string | null {
  const { token } = request.query as { readonly token?: unknown };
  const secret = isBeacon && typeof token === 'string' ? token : secretOf(request);
  if (secret === null) return sessions.unknownPersonOf(request);
  return secret.length > MAX_SECRET ? null : workspace.access.unknownTokenOf(secret);
}

/** Who stands in the URL, or why nobody does; null where the route has nobody there. */
function ofQuery(
  { takesGrant, isBeacon }: Route,
  { query }: Asked,
  { ofGrant, workspace }: AdmissionParts,
): Principal | string | null {
  const { token } = query as { readonly token?: unknown };
  if (typeof token !== 'string') return null;
  if (takesGrant) return ofGrant?.(token) ?? 'what the URL grants is over, or was never granted';
  if (!isBeacon) return null;
  const principal = token.length > MAX_SECRET ? null : workspace.access.authenticate(token);
  // URLs are written down on their way; only a client token is no secret.
  return principal?.kind === 'token' && principal.tokenKind === 'client'
    ? principal
    : 'only a client token that is known may stand in the URL';
}

/** By a header or a cookie. A token that was sent counts, and a cookie only where there is none. */
function principalOf(route: Route, request: Asked, parts: AdmissionParts): Principal | string {
  const principal = ofToken(route, request, parts);
  if (principal !== null) return principal;
  const session = parts.sessions.principalOf(request);
  if (session === null)
    return isFromOwnPages(request)
      ? 'nobody is logged in here, or not any more: log in, and do it again'
      : 'this needs a token: Authorization: Bearer …';
  // A page of somebody else may make a browser send the cookie, but not these headers.
  if (request.method !== 'GET' && request.method !== 'HEAD' && !isFromOwnPages(request))
    throw new HttpProblem(403, new SluiceError('unauthorized', 'a change by cookie must come from a page of this server'));
  return session;
}

/** By a token in a header; null where there is none. */
function ofToken(
  { permission }: Route,
  request: Pick<Asked, 'headers'>,
  { workspace, isBreakGlass }: AdmissionParts,
): Principal | string | null {
  const secret = secretOf(request);
  if (secret === null) return null;
  if (permission === 'breakGlass.perform' && isBreakGlass?.(secret) === true) return { kind: 'breakGlass' };
  return workspace.access.authenticate(secret) ?? 'the token is not known, or not any more';
}

function admitted(
  route: Route,
  request: Pick<Asked, 'headers' | 'params'>,
  principal: Principal,
  workspace: Workspace,
): Admitted {
  const scope = scopeOf(route, request, principal);
  const { permission } = route;
  if (permission === 'public' || permission === 'known' || permits(principal, permission, scope))
    return { principal, scope, sluice: sluiceOf(route, scope, workspace) };
  // Whoever may do nothing at all there is not told that it exists.
  const isSeen = route.reach === 'installation' || PERMISSIONS.some((other) => permits(principal, other, scope));
  if (!isSeen) throw unknownScope(scope);
  throw new HttpProblem(403, new SluiceError('unauthorized', needed(permission, principal)));
}

/** Of a person it is said by which role they would have it. */
function needed(permission: Permission, principal: Principal): string {
  const least = ROLES.find(
    (role) => principal.kind === 'person' && permits({ ...principal, roles: { [EVERY]: role } }, permission, INSTALLATION_SCOPE),
  );
  return `this needs the permission "${permission}"${least === undefined ? '' : `, which comes with the role ${least}`}`;
}

function sluiceOf({ reach }: Route, scope: Scope, workspace: Workspace): Sluice | null {
  if (reach === 'installation') return null;
  try {
    if (reach !== 'project') return workspace.environment(scope.project, scope.environment);
    workspace.projects.get(scope.project);
    return null;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'notFound') throw unknownScope(scope);
    throw error;
  }
}

/** From the path; a route without an environment in it, such as OFREP's, is about the one that the token is bound to. */
function scopeOf({ reach, permission }: Route, request: Pick<Asked, 'headers' | 'params'>, principal: Principal): Scope {
  const { project, environment } = request.params as { readonly project: string; readonly environment: string };
  if (reach === 'installation') return INSTALLATION_SCOPE;
  if (reach === 'project') return projectScope(project);
  if (reach === 'environment') return { project, environment };
  if (principal.kind === 'token') return principal.boundTo;
  const named = principal.kind === 'person' && permission === 'evaluate' ? namedScope(request) : null;
  if (named !== null) return named;
  throw new HttpProblem(
    403,
    new SluiceError(
      'unauthorized',
      `there is no environment in this path: it takes the token of one, or a person's and the header ${NAMED_SCOPE}: project/environment`,
    ),
  );
}

/** A person may evaluate in many environments, and says in which. */
function namedScope({ headers }: Pick<Asked, 'headers'>): Scope | null {
  const parts = String(headers[NAMED_SCOPE] ?? '').split('/');
  const [project = '', environment = ''] = parts;
  return parts.length === 2 && project !== '' && environment !== '' ? { project, environment } : null;
}

function unknownScope({ project, environment }: Scope): SluiceError {
  const what = environment === '*' ? `a project "${project}"` : `an environment "${environment}" in a project "${project}"`;
  return new SluiceError('notFound', `there is not ${what}`);
}

/** The first that is there of a bearer token and an API key. */
function secretOf({ headers }: Pick<Asked, 'headers'>): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const key = headers['x-api-key'];
  const secret = bearer ?? (typeof key === 'string' ? key : undefined);
  if (secret === undefined) return null;
  return secret.length > MAX_SECRET ? '' : secret;
}
