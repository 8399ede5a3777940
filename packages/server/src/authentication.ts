/** Who calls, and whether they may: decided from the route table before a byte of the body is read. Without a word in the table, nobody may. */
import { actorOf, INSTALLATION_SCOPE, PERMISSIONS, type Principal, permits, projectScope } from '@sluice/core';
import type { Route } from '@sluice/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Scope, type Sluice, SluiceError, type Workspace } from 'sluice';
import { type ServedStore, unknownYet } from './break-glass/served-store.ts';
import { callerAddress } from './caller-address.ts';
import { HttpProblem, tooMany, unauthenticated } from './http-problem.ts';
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

export type Admit = (route: Route, request: FastifyRequest) => Promise<Admitted | null>;

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
  /** Whether this is the token of the machine; none is unless given. */
  readonly isBreakGlass?: (secret: string) => boolean;
}

/** Answers who may go on, null for a public route. @throws HttpProblem 401, 403, 404, 429 */
export function admission(app: FastifyInstance, parts: AdmissionParts): Admit {
  const { workspace, settings, ofGrant, store } = parts;
  const { requestsPerMinute, failedLoginsPerMinute } = settings;
  const byAddress = app.createRateLimit({
    max: failedLoginsPerMinute,
    timeWindow: 60_000,
    keyGenerator: ({ ip }) => `fail:${callerAddress(ip)}`,
  });
  const callers = new WeakMap<FastifyRequest, string>();
  const byCaller = app.createRateLimit({
    max: requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => `caller:${callers.get(request) ?? callerAddress(request.ip)}`,
  });
  const within = async (limit: typeof byCaller, request: FastifyRequest): Promise<void> => {
    const found = await limit(request);
    if (!found.isAllowed && found.isExceeded) throw tooMany(found.ttlInSeconds);
  };
  return async (route, request) => {
    if (route.permission === 'public') return null;
    const grant = route.takesGrant ? (request.query as { readonly token?: unknown }).token : undefined;
    const principal = typeof grant === 'string' ? granted(grant, ofGrant) : principalOf(route, request, parts);
    // Only what fails is counted: many share an address with whoever guesses, and a kill must not wait for them.
    if (typeof principal === 'string') {
      await within(byAddress, request);
      throw unknownYet(store) ?? unauthenticated(principal);
    }
    callers.set(request, actorOf(principal));
    // Whoever is called at night is never told to wait.
    if (principal.kind !== 'breakGlass') await within(byCaller, request);
    return admitted(route, request, principal, workspace);
  };
}

function granted(grant: string, ofGrant: AdmissionParts['ofGrant']): Principal | string {
  return ofGrant?.(grant) ?? 'what the URL grants is over, or was never granted';
}

/** Who it is, or why nobody. A token that was sent counts, and a cookie only where there is none. */
function principalOf(route: Route, request: FastifyRequest, parts: AdmissionParts): Principal | string {
  const { workspace, sessions, isBreakGlass } = parts;
  const secret = secretOf(request);
  if (secret !== null && route.permission === 'breakGlass.perform' && isBreakGlass?.(secret) === true)
    return { kind: 'breakGlass' };
  if (secret !== null) return workspace.access.authenticate(secret) ?? 'the token is not known, or not any more';
  const session = sessions.principalOf(request);
  if (session === null) return 'this needs a token: Authorization: Bearer …';
  // A page of somebody else may make a browser send the cookie, but not these headers.
  if (request.method !== 'GET' && request.method !== 'HEAD' && !isFromOwnPages(request))
    throw new HttpProblem(403, new SluiceError('unauthorized', 'a change by cookie must come from a page of this server'));
  return session;
}

function admitted(route: Route, request: FastifyRequest, principal: Principal, workspace: Workspace): Admitted {
  const scope = scopeOf(route, request, principal);
  const { permission } = route;
  if (permission === 'public' || permission === 'known' || permits(principal, permission, scope))
    return { principal, scope, sluice: sluiceOf(route, scope, workspace) };
  // Whoever may do nothing at all there is not told that it exists.
  const isSeen = route.reach === 'installation' || PERMISSIONS.some((other) => permits(principal, other, scope));
  if (!isSeen) throw unknownScope(scope);
  throw new HttpProblem(403, new SluiceError('unauthorized', `this needs the permission "${permission}"`));
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
function scopeOf({ reach, permission }: Route, request: FastifyRequest, principal: Principal): Scope {
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
function namedScope({ headers }: FastifyRequest): Scope | null {
  const parts = String(headers[NAMED_SCOPE] ?? '').split('/');
  const [project = '', environment = ''] = parts;
  return parts.length === 2 && project !== '' && environment !== '' ? { project, environment } : null;
}

function unknownScope({ project, environment }: Scope): SluiceError {
  const what = environment === '*' ? `a project "${project}"` : `an environment "${environment}" in a project "${project}"`;
  return new SluiceError('notFound', `there is not ${what}`);
}

/** The first that is there of a bearer token and an API key. */
function secretOf({ headers }: FastifyRequest): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const key = headers['x-api-key'];
  const secret = bearer ?? (typeof key === 'string' ? key : undefined);
  if (secret === undefined) return null;
  return secret.length > MAX_SECRET ? '' : secret;
}
