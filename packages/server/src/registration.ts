/** Routes of the table, registered: who may call, then the body, then the envelope's schema, then the handler. */
import {
  type Answers,
  type EnvelopePart,
  etagOfRevision,
  issueInWords,
  type Route,
  type RouteId,
  readEnvelope,
  routeOf,
} from '@sluice/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SluiceError } from 'sluice';
import type { Call, Handler } from './api/handler.ts';
import { type Repeated, repeatOf } from './api/repeats.ts';
import { attributionOf } from './attribution.ts';
import type { Admit, Admitted } from './authentication.ts';
import { HttpProblem, invalid } from './http-problem.ts';
import { checkContentType, hasBody } from './json-body.ts';
import { OFREP_PREFIX } from './ofrep/prefix.ts';
import { asPrecondition, expectedRevision, refuseIgnoredConditions } from './preconditions.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who was let in; null on a public route. */
    admitted: Admitted | null;
  }
  interface FastifyContextConfig {
    readonly routeId?: RouteId;
  }
}

export interface HandlerParts extends Pick<Call<RouteId>, 'workspace' | 'outbound' | 'notifier' | 'store' | 'peers'> {
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
  const readQuery = queryReader(route);
  app.route({
    method: route.method,
    url: route.path.slice(app.prefix.length),
    config: { routeId: id },
    exposeHeadRoute: route.method === 'GET' && route.medium !== 'events',
    onRequest: (request, _reply, done) => {
      const letIn = (admitted: Admitted | null): void => {
        request.admitted = admitted;
        checkContentType(request, route.isBeacon);
      };
      const admitted = admit(route, request);
      if (admitted instanceof Promise) {
        admitted.then(letIn).then(() => done(), done);
        return;
      }
      letIn(admitted);
      done();
    },
    preHandler: (request, _reply, done) => {
      request.query = readQuery(request.query);
      refuseUnasked(route, request);
      done();
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
  { workspace, outbound, notifier, store, peers }: HandlerParts,
  ifRevision: number | undefined,
): Call<Id> {
  const params = envelope(route.params, request.params, 'path');
  const query = request.query as { readonly reason?: unknown };
  const body = bodyOf<{ readonly reason?: unknown }>(route, request);
  const shared = { workspace, outbound, notifier, store, peers };
  const { admitted } = request;
  if (admitted === null) return { params, query, body, ...shared, by: {}, request } as unknown as Call<Id>;
  const { principal, scope, sluice } = admitted;
  const given = attributionOf(route, request, principal, { ...query, ...body });
  const by = ifRevision === undefined ? given : { ...given, ifRevision };
  return { params, query, body, principal, scope, sluice, ...shared, by, request } as unknown as Call<Id>;
}

/** @throws HttpProblem 400 naming every place */
export function bodyOf<T extends object>(route: Route, request: FastifyRequest): T {
  return route.body === null ? ({} as T) : envelope(route.body, request.body ?? {}, 'body');
}

/** At most this many issues are told in the message; `issues` has more. */
const TOLD = 5;

/** @throws HttpProblem 400 naming every place */
export function envelope<T>(schema: Parameters<typeof readEnvelope>[0], value: unknown, part: EnvelopePart): T {
  const read = readEnvelope(schema, value, part);
  if ('given' in read) return read.given as T;
  const { issues } = read;
  const more = issues.length > TOLD ? `; and ${issues.length - TOLD} more` : '';
  throw invalid(`${issues.slice(0, TOLD).map(issueInWords).join('; ')}${more}`, issues);
}

const NOTHING = Object.freeze({});

/** Most requests ask nothing: what that means for a route is found out once. Of a route that fills in what is left out, every query is read. */
function queryReader({ query, ignoresQuery }: Route): (given: unknown) => unknown {
  if (ignoresQuery) return (given) => given;
  const filled = query.safeParse({});
  const isNothing = filled.success && Object.keys(filled.data).length === 0;
  return (given) => (isNothing && isEmpty(given) ? NOTHING : envelope(query, given ?? {}, 'query'));
}

function isEmpty(given: unknown): boolean {
  for (const _ in given as object) return false;
  return true;
}

/** What is sent and not asked for would be believed to have been heard. @throws HttpProblem 400 */
function refuseUnasked(route: Route, request: FastifyRequest): void {
  if (route.body === null && hasBody(request)) {
    const instead = 'reason' in route.query.shape ? '; the reason goes into the query, as ?reason=…' : '';
    const message = `must be left out: ${route.method} ${route.path} takes no body${instead}`;
    throw invalid(`the body ${message}`, [{ path: '', message }]);
  }
  refuseIgnoredConditions(route, request);
}
