/** Routes of the table, registered: who may call, then the body, then the envelope's schema, then the handler. */
import { type Answers, etagOfRevision, issuesOf, type Route, type RouteId, routeOf } from '@sluice/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SluiceError } from 'sluice';
import type { Call, Handler } from './api/handler.ts';
import { type Repeated, repeatOf } from './api/repeats.ts';
import { attributionOf } from './attribution.ts';
import type { Admit, Admitted } from './authentication.ts';
import { HttpProblem, invalid } from './http-problem.ts';
import { checkContentType } from './json-body.ts';
import { OFREP_PREFIX } from './ofrep/prefix.ts';
import { asPrecondition, expectedRevision } from './preconditions.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who was let in; null on a public route. */
    admitted: Admitted | null;
  }
  interface FastifyContextConfig {
    readonly routeId?: RouteId;
  }
}

export interface HandlerParts extends Pick<Call<RouteId>, 'workspace' | 'outbound' | 'notifier' | 'store'> {
  readonly admit: Admit;
}

type Respond = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** The one path that needs no word in the table: a browser asks there whether it may ask, and can prove nothing yet. */
const PREFLIGHT = `OPTIONS ${OFREP_PREFIX}*`;

/** Whatever is registered from now on has its id in the table, and so a permission. @throws TypeError, at the start, for what has not */
export function refuseUndeclaredRoutes(app: FastifyInstance): void {
  app.addHook('onRoute', ({ method, url, config }) => {
    const { routeId } = (config ?? {}) as { readonly routeId?: RouteId };
    const isDeclared = routeId !== undefined && routeOf(routeId).path === url;
    if (!isDeclared && `${String(method)} ${url}` !== PREFLIGHT)
      throw new TypeError(`${String(method)} ${url} is not in the route table, so nobody has said who may call it`);
  });
}

/** The only way to a path: without a permission in the table, there is none. */
export function registerRoute(app: FastifyInstance, id: RouteId, admit: Admit, respond: Respond): void {
  const route = routeOf(id);
  app.route({
    method: route.method,
    url: route.path.slice(app.prefix.length),
    config: { routeId: id },
    exposeHeadRoute: route.method === 'GET' && route.medium !== 'events',
    onRequest: async (request) => {
      request.admitted = await admit(route, request);
      checkContentType(request);
    },
    handler: respond as never,
  });
}

/** Answers what `handler` answers, as JSON, with the record's revision as its ETag. */
export function registerHandler<Id extends RouteId>(
  app: FastifyInstance,
  id: Id,
  parts: HandlerParts,
  handler: Handler<Id>,
): void {
  const route = routeOf(id);
  const status = successOf(route.answers);
  registerRoute(app, id, parts.admit, async (request, reply) => {
    const answer = await answered(id, parts, request, handler);
    const revision = route.isRecord ? (answer as { readonly revision?: number } | undefined)?.revision : undefined;
    if (revision !== undefined) void reply.header('etag', etagOfRevision(revision));
    return reply.code(status).send(answer);
  });
}

/** A request that was done before is answered as it would be now; a change of another revision is a failed precondition. */
async function answered<Id extends RouteId>(id: Id, parts: HandlerParts, request: FastifyRequest, handler: Handler<Id>) {
  const route = routeOf(id);
  const expected = expectedRevision(route, request);
  const call = callOf<Id>(route, request, parts, expected);
  try {
    return await handler(call);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'repeated') return await repeated(id, call as unknown as Repeated, error);
    throw asPrecondition(error, expected);
  }
}

async function repeated(id: RouteId, call: Repeated, error: SluiceError): Promise<unknown> {
  if (error.repeats?.fingerprint !== call.by.request?.fingerprint)
    throw new HttpProblem(422, new SluiceError('repeated', 'the idempotency key was used for another request; take a new one'));
  const again = repeatOf(id);
  if (again === undefined) throw new SluiceError('repeated', 'it was done already, and its secret is told only once');
  return await again(call);
}

function successOf(answers: Answers): number {
  const [status] = Object.keys(answers)
    .map(Number)
    .filter((code) => code < 300);
  if (status === undefined) throw new TypeError('a route answers nothing when it goes well');
  return status;
}

function callOf<Id extends RouteId>(
  route: Route,
  request: FastifyRequest,
  { workspace, outbound, notifier, store }: HandlerParts,
  ifRevision: number | undefined,
): Call<Id> {
  const params = envelope(route.params, request.params, 'path');
  const query = envelope(route.query, request.query ?? {}, 'query') as { readonly reason?: unknown };
  const body = bodyOf<{ readonly reason?: unknown }>(route, request);
  const shared = { workspace, outbound, notifier, store };
  const { admitted } = request;
  if (admitted === null) return { params, query, body, ...shared, by: {}, request } as unknown as Call<Id>;
  const { principal, scope, sluice } = admitted;
  const given = attributionOf(route, request, principal, { ...query, ...body });
  const by = ifRevision === undefined ? given : { ...given, ifRevision };
  return { params, query, body, principal, scope, sluice, ...shared, by, request } as unknown as Call<Id>;
}

/** @throws HttpProblem 400 naming every place */
export function bodyOf<T extends object>(route: Route, request: FastifyRequest): T {
  const { body } = request;
  if (route.body !== null) return envelope(route.body, body ?? {}, '');
  if (body === undefined || body === null) return {} as T;
  throw invalid(`${route.method} ${route.path} takes no body`, [{ path: '', message: 'must be left out' }]);
}

/** @throws HttpProblem 400 naming every place */
export function envelope<T>(
  schema: { safeParse(value: unknown): ReturnType<Route['query']['safeParse']> },
  value: unknown,
  at: string,
): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data as T;
  const issues = issuesOf(read.error, at);
  const told = issues.slice(0, 5).map(({ path, message }) => `${path === '' ? 'the body' : path}: ${message}`);
  throw invalid(told.join('; '), issues);
}
