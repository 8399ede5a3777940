/** Who calls, and whether they may: decided from the route table before a byte of the body is read. Without a word in the table, nobody may. */
import { createHash } from 'node:crypto';
import { PERMISSIONS, type Route, reachOf } from '@sluice/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Scope, type Sluice, SluiceError } from 'sluice';
import { HttpProblem, tooMany, unauthenticated } from './http-problem.ts';
import type { Settings } from './settings.ts';
import type { Principal, Workspace } from './workspace.ts';

/** A request that may go on. */
export interface Admitted {
  readonly principal: Principal;
  /** Null where the route is about the installation. */
  readonly scope: Scope | null;
  readonly sluice: Sluice | null;
}

type Admit = (route: Route, request: FastifyRequest) => Promise<Admitted | null>;

/** Longest secret that is looked up, in characters. */
const MAX_SECRET = 512;

/** Answers who may go on, null for a public route. @throws HttpProblem 401, 403, 404, 429 */
export function admission(app: FastifyInstance, workspace: Workspace, settings: Settings): Admit {
  const { requestsPerMinute, failedLoginsPerMinute } = settings;
  const byAddress = app.createRateLimit({
    max: failedLoginsPerMinute,
    timeWindow: 60_000,
    keyGenerator: ({ ip }) => `fail:${ip}`,
  });
  const byCaller = app.createRateLimit({ max: requestsPerMinute, timeWindow: 60_000, keyGenerator: callerKey });
  const within = async (limit: typeof byCaller, request: FastifyRequest, increment = true): Promise<void> => {
    const found = await limit(request, { increment });
    if (!found.isAllowed && found.isExceeded) throw tooMany(found.ttlInSeconds);
  };
  return async (route, request) => {
    if (route.permission === 'public') return null;
    await within(byAddress, request, false);
    const secret = secretOf(request);
    const principal = secret === null ? null : await workspace.authenticate(secret);
    if (principal === null) {
      await within(byAddress, request);
      throw unauthenticated(
        secret === null ? 'this needs a token: Authorization: Bearer …' : 'the token is not known, or not any more',
      );
    }
    await within(byCaller, request);
    return admitted(route, request, principal, workspace);
  };
}

function admitted(route: Route, request: FastifyRequest, principal: Principal, workspace: Workspace): Admitted {
  const scope = scopeOf(route, request, principal);
  if (route.permission === 'public' || workspace.permits(principal, route.permission, scope)) {
    const sluice = scope === null ? null : workspace.environment(scope);
    if (sluice === undefined) throw unknownScope(scope);
    return { principal, scope, sluice };
  }
  // Whoever may do nothing at all there is not told that it exists.
  if (scope !== null && !PERMISSIONS.some((permission) => workspace.permits(principal, permission, scope)))
    throw unknownScope(scope);
  throw new HttpProblem(403, new SluiceError('unauthorized', `this needs the permission "${route.permission}"`));
}

/** From the path; a route without an environment in it, such as OFREP's, is about the one that the token is bound to. */
function scopeOf(route: Route, request: FastifyRequest, principal: Principal): Scope | null {
  if (reachOf(route) !== 'environment') return principal.scope;
  const { project, environment } = request.params as { readonly project: string; readonly environment: string };
  return { project, environment };
}

function unknownScope(scope: Scope | null): SluiceError {
  return new SluiceError('notFound', `there is no environment "${scope?.environment}" in a project "${scope?.project}"`);
}

/** The first that is there of a bearer token and an API key. */
function secretOf({ headers }: FastifyRequest): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const key = headers['x-api-key'];
  const secret = bearer ?? (typeof key === 'string' ? key : undefined);
  return secret === undefined || secret === '' || secret.length > MAX_SECRET ? null : secret;
}

function callerKey(request: FastifyRequest): string {
  return createHash('sha256')
    .update(secretOf(request) ?? request.ip)
    .digest('base64url');
}
