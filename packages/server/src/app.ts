/** The HTTP app: everything that the route table names, and nothing else. */
import { randomUUID } from 'node:crypto';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { routeOf } from '@sluice/protocol';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Clock, SluiceError, systemClock, type Workspace } from 'sluice';
import type { Handler } from './api/handler.ts';
import { API_HANDLERS, type ApiRouteId } from './api/handlers.ts';
import { ARRIVAL_LIMITS, type ArrivalLimits } from './arrival-limits.ts';
import { admission } from './authentication.ts';
import type { BreakGlassToken } from './break-glass/break-glass-token.ts';
import { SERVED_AS_OF, type ServedStore, servedAsOf, unknownYet } from './break-glass/served-store.ts';
import { HttpProblem } from './http-problem.ts';
import { MAX_BODY_BYTES, readJsonBodies } from './json-body.ts';
import { Lifecycle } from './lifecycle.ts';
import { openLive } from './live-routes.ts';
import type { WorkspaceNotifier } from './notifications/workspace-notifier.ts';
import { OFREP_PREFIX } from './ofrep/prefix.ts';
import { ofrepRoutes } from './ofrep/routes.ts';
import type { Outbound } from './outbound/outbound.ts';
import { isAddressOfPage, type Page, registerPage, sendPage } from './page.ts';
import { sendProblem, sendUnknownPath } from './problems.ts';
import { refuseUndeclaredRoutes, registerHandler } from './registration.ts';
import { ServerMetrics } from './server-metrics.ts';
import { registerSessionRoutes } from './session-routes.ts';
import { Sessions } from './sessions.ts';
import type { Settings } from './settings.ts';
import { Setup } from './setup.ts';
import { type ReadingLimits, StalledReaders } from './stalled-readers.ts';
import type { StreamLimits } from './stream/stream-limits.ts';
import { registerSystemRoutes } from './system-routes.ts';

export interface AppOptions {
  readonly workspace: Workspace;
  readonly settings: Settings;
  readonly logger: FastifyBaseLogger;
  readonly version: string;
  /** What session cookies are signed with: the same in every replica. */
  readonly sessionKey: string;
  /** Whether the store answers, and of when that is which is served while it does not. */
  readonly store: ServedStore;
  /** The token of this machine; none unless given. */
  readonly breakGlassToken?: Pick<BreakGlassToken, 'isToken'>;
  /** What URLs that are saved are checked by. */
  readonly outbound: Outbound;
  /** What sends to webhooks; null until it has begun, and where this process sends nothing. */
  readonly notifier: () => WorkspaceNotifier | null;
  /** The system's unless given. */
  readonly clock?: Clock;
  readonly streams?: Partial<StreamLimits>;
  /** What people look at; the API alone unless given. */
  readonly page?: Page | null;
  readonly arrival?: ArrivalLimits;
  readonly reading?: ReadingLimits;
}

export interface App {
  readonly http: FastifyInstance;
  readonly lifecycle: Lifecycle;
  readonly setup: Setup;
}

/** Longest path parameter, percent-encoded; `MAX_PARAM_LENGTH` characters are at most nine times as many. */
const MAX_ENCODED_PARAM = 9216;

/** A connection on which nothing at all moves for so long is closed, such as one whose client reads nothing. */
const SILENCE_MS = 120_000;

export async function buildApp(options: AppOptions): Promise<App> {
  const { workspace, settings, version, outbound, notifier, store, breakGlassToken } = options;
  const http = newServer(options);
  const lifecycle = new Lifecycle(() => workspace.loadProblem);
  const { clock = systemClock() } = options;
  const metrics = new ServerMetrics(workspace, { store, notifier, now: () => clock.now() });
  http.decorateRequest('admitted', null);
  http.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  const { page = null } = options;
  http.setNotFoundHandler((request, reply) =>
    page !== null && isAddressOfPage(request) ? sendPage(reply, page) : sendUnknownPath(request, reply),
  );
  http.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
  });
  refuseUntilLoaded(http, lifecycle);
  tellOfStaleness(http, store);
  refuseWhileClosing(http, lifecycle);
  http.addHook('preClose', async () => lifecycle.endStreams());
  metrics.watch(http);
  metrics.addReaders(new StalledReaders(http, options.reading));
  refuseUndeclaredRoutes(http);
  readJsonBodies(http);
  await http.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
  await http.register(rateLimit, { global: false });
  const { sessionKey, streams: limits = {} } = options;
  const sessions = new Sessions({ workspace, key: sessionKey, now: () => clock.now(), isSecure: settings.isSecure });
  const setup = new Setup(workspace);
  const onProblem = (error: unknown): void => http.log.error({ err: error }, 'a stream has a problem');
  const live = openLive({ workspace, clock, sessionKey, onProblem, limits }, lifecycle);
  metrics.addStreams(live.hub);
  const isBreakGlass = (secret: string): boolean => breakGlassToken?.isToken(secret) === true;
  const admit = admission(http, { workspace, sessions, settings, ofGrant: live.ofGrant, store, isBreakGlass });
  const { failedLoginsPerMinute } = settings;
  registerSessionRoutes(http, { admit, workspace, sessions, setup, failedLoginsPerMinute });
  for (const [id, handler] of Object.entries(API_HANDLERS))
    registerHandler(http, id as ApiRouteId, { admit, workspace, outbound, notifier, store }, handler as Handler<ApiRouteId>);
  registerSystemRoutes(http, { admit, lifecycle, metrics, version, store });
  live.registerRoutes(http, admit);
  await registerPage(http, admit, page);
  await http.register(ofrepRoutes, { prefix: OFREP_PREFIX, admit, isStrict: settings.isOfrepStrict, live });
  workspace.ready.then(
    () => lifecycle.loaded(),
    (error: unknown) => http.log.error({ err: error }, 'the records cannot be loaded'),
  );
  return { http, lifecycle, setup };
}

/** Before the records are there nobody is known, and to say 401 would end sessions that are good. */
function refuseUntilLoaded(http: FastifyInstance, lifecycle: Lifecycle): void {
  http.addHook('onRequest', async (request) => {
    if (!lifecycle.isLoaded && !tellsOfServer(request)) throw new SluiceError('unavailable', 'the records are not loaded yet');
  });
}

/** Nobody can log in, out or set up where people are not known; and every answer says of when it is. */
function tellOfStaleness(http: FastifyInstance, store: ServedStore): void {
  http.addHook('onRequest', async (request, reply) => {
    const asOf = servedAsOf(store);
    if (asOf !== null) void reply.header(SERVED_AS_OF, asOf);
    const isOfPeople = request.routeOptions.config.routeId?.startsWith('session.') === true;
    const unknown = isOfPeople ? unknownYet(store) : null;
    if (unknown !== null) throw unknown;
  });
}

/** What comes over connections that are open still is for another replica, or for this one when it is back. */
function refuseWhileClosing(http: FastifyInstance, lifecycle: Lifecycle): void {
  const closing = new SluiceError('unavailable', 'this server is shutting down');
  http.addHook('onRequest', async (request) => {
    if (lifecycle.isClosing && !tellsOfServer(request)) throw new HttpProblem(503, closing, { 'retry-after': '1' });
  });
  // A connection that is kept for more requests would be waited for.
  http.addHook('onSend', async (_request, reply) => {
    if (lifecycle.isClosing) void reply.header('connection', 'close');
  });
}

function tellsOfServer({ routeOptions }: FastifyRequest): boolean {
  const { routeId } = routeOptions.config;
  return routeId?.startsWith('system.') === true && routeOf(routeId).permission === 'public';
}

function newServer({ settings, logger, arrival = ARRIVAL_LIMITS }: AppOptions): FastifyInstance {
  return fastify({
    loggerInstance: logger,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: arrival.requestMs,
    // Streams give a sign of life more often.
    connectionTimeout: SILENCE_MS,
    http: { headersTimeout: arrival.headersMs, connectionsCheckingInterval: arrival.checkMs },
    // Ours says it as a problem, and goes on telling whether it is ready.
    return503OnClosing: false,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    // Never `true`: that believes the leftmost address, which the caller writes.
    trustProxy: settings.trustedProxies > 0 && ((_address: string, hop: number) => hop < settings.trustedProxies),
    routerOptions: { maxParamLength: MAX_ENCODED_PARAM },
    frameworkErrors: (error, request, reply) => sendProblem(error, request, reply),
  });
}
