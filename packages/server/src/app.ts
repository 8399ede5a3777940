/** The HTTP app: everything that the route table names, and nothing else. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { routeOf } from '@sluice/protocol';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Clock, SluiceError, systemClock, type Workspace } from 'sluice';
import type { Handler } from './api/handler.ts';
import { API_HANDLERS, type ApiRouteId } from './api/handlers.ts';
import { ARRIVAL_LIMITS, type ArrivalLimits } from './arrival-limits.ts';
import { type Admission, admission } from './authentication.ts';
import type { BreakGlassToken } from './break-glass/break-glass-token.ts';
import type { Peers } from './break-glass/peers.ts';
import { SERVED_AS_OF, type ServedStore, servedAsOf, unknownYet } from './break-glass/served-store.ts';
import { sentFrom, trustedHops } from './caller-address.ts';
import { HttpProblem } from './http-problem.ts';
import { MAX_BODY_BYTES, readJsonBodies } from './json-body.ts';
import { Lifecycle } from './lifecycle.ts';
import { type Live, openLive } from './live-routes.ts';
import type { WorkspaceNotifier } from './notifications/workspace-notifier.ts';
import { DirectAnswers, type DirectAnswersParts } from './ofrep/direct-answers.ts';
import { DirectEvaluations } from './ofrep/direct-evaluations.ts';
import { OfrepEvaluations } from './ofrep/evaluations.ts';
import { OFREP_PREFIX } from './ofrep/prefix.ts';
import { ofrepRoutes } from './ofrep/routes.ts';
import type { Outbound } from './outbound/outbound.ts';
import { isAddressOfPage, type Page, registerPage, sendPage } from './page.ts';
import { sendProblem, sendUnknownPath } from './problems.ts';
import { refuseUndeclaredRoutes, registerHandler } from './registration.ts';
import { SecondLook } from './second-look.ts';
import { securityHeaders } from './security-headers.ts';
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
  /** The other replicas; none unless given. */
  readonly peers?: Pick<Peers, 'tell'> | null;
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
  const { workspace, settings, version, outbound, notifier, store, breakGlassToken, peers = null } = options;
  const { clock = systemClock(), page = null, sessionKey, streams: limits = {} } = options;
  const http = newServer(options);
  const lifecycle = new Lifecycle(() => workspace.loadProblem);
  const metrics = new ServerMetrics(workspace, { store, notifier, now: () => clock.now() });
  const secured = securityHeaders();
  answerEverything(http, { page, secured });
  refuseUntilLoaded(http, lifecycle);
  tellOfStaleness(http, store);
  refuseWhileClosing(http, lifecycle);
  http.addHook('preClose', async () => lifecycle.endStreams());
  metrics.watch(http);
  const readers = new StalledReaders(http, options.reading);
  metrics.addReaders(readers);
  refuseUndeclaredRoutes(http);
  readJsonBodies(http);
  const sessions = new Sessions({ workspace, key: sessionKey, now: () => clock.now(), isSecure: settings.isSecure });
  const setup = new Setup(workspace);
  const onProblem = (error: unknown): void => http.log.error({ err: error }, 'a stream has a problem');
  const live = openLive({ workspace, clock, sessionKey, onProblem, limits }, lifecycle);
  metrics.addStreams(live.hub);
  const isBreakGlass = (secret: string): boolean => breakGlassToken?.isToken(secret) === true;
  const secondLook = new SecondLook({ clock, refresh: () => workspace.refresh(), isAway: () => store.staleness !== null });
  const admitting = admission({ workspace, sessions, settings, ofGrant: live.ofGrant, store, secondLook, isBreakGlass });
  const { admit } = admitting;
  const { failedLoginsPerMinute } = settings;
  registerSessionRoutes(http, { admit, workspace, sessions, setup, failedLoginsPerMinute, secondLook });
  const parts = { admit, workspace, outbound, notifier, store, peers };
  for (const [id, handler] of Object.entries(API_HANDLERS))
    registerHandler(http, id as ApiRouteId, parts, handler as Handler<ApiRouteId>);
  registerSystemRoutes(http, { admit, lifecycle, metrics, version, store });
  live.registerRoutes(http, admit);
  await registerPage(http, admit, page);
  const { durations } = metrics;
  await registerEvaluations(http, { settings, secured, store, lifecycle, durations, readers, live, admission: admitting });
  workspace.ready.then(
    () => lifecycle.loaded(),
    (error: unknown) => http.log.error({ err: error }, 'the records cannot be loaded'),
  );
  return { http, lifecycle, setup };
}

/** What every answer has, also where there is no route. */
function answerEverything(
  http: FastifyInstance,
  { page, secured }: { readonly page: Page | null; readonly secured: Readonly<Record<string, string>> },
): void {
  http.decorateRequest('admitted', null);
  http.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  http.setNotFoundHandler((request, reply) =>
    page !== null && isAddressOfPage(request) ? sendPage(reply, page) : sendUnknownPath(request, reply),
  );
  http.addHook('onRequest', (request, reply, done) => {
    void reply.headers(secured).header('x-request-id', request.id);
    done();
  });
}

interface EvaluationParts extends Omit<DirectAnswersParts, 'log' | 'addressOf'> {
  readonly settings: Settings;
  readonly live: Live;
  readonly admission: Admission;
}

/** OFREP by the framework, and before it what is asked plainly. */
async function registerEvaluations(
  http: FastifyInstance,
  { settings, live, admission, ...parts }: EvaluationParts,
): Promise<void> {
  const evaluations = new OfrepEvaluations({ isStrict: settings.isOfrepStrict, live });
  const trusted = trustedHops(settings.trustedProxies);
  const addressOf = (request: IncomingMessage): string | undefined => sentFrom(request, trusted);
  const answers = new DirectAnswers({ ...parts, log: http.log, addressOf });
  const direct = new DirectEvaluations({ admission, evaluations, lifecycle: parts.lifecycle, answers });
  await http.register(ofrepRoutes, { prefix: OFREP_PREFIX, admit: admission.admit, evaluations, live, direct });
  direct.standBefore(http.server);
}

/** Before the records are there nobody is known, and to say 401 would end sessions that are good. */
function refuseUntilLoaded(http: FastifyInstance, lifecycle: Lifecycle): void {
  http.addHook('onRequest', (request, _reply, done) => {
    if (!lifecycle.isLoaded && !tellsOfServer(request)) throw new SluiceError('unavailable', 'the records are not loaded yet');
    done();
  });
}

/** Nobody can log in, out or set up where people are not known; and every answer says of when it is. */
function tellOfStaleness(http: FastifyInstance, store: ServedStore): void {
  http.addHook('onRequest', (request, reply, done) => {
    const asOf = servedAsOf(store);
    if (asOf !== null) void reply.header(SERVED_AS_OF, asOf);
    const isOfPeople = request.routeOptions.config.routeId?.startsWith('session.') === true;
    const unknown = isOfPeople ? unknownYet(store) : null;
    if (unknown !== null) throw unknown;
    done();
  });
}

/** What comes over connections that are open still is for another replica, or for this one when it is back. */
function refuseWhileClosing(http: FastifyInstance, lifecycle: Lifecycle): void {
  const closing = new SluiceError('unavailable', 'this server is shutting down');
  http.addHook('onRequest', (request, _reply, done) => {
    if (lifecycle.isClosing && !tellsOfServer(request)) throw new HttpProblem(503, closing, { 'retry-after': '1' });
    done();
  });
  // A connection that is kept for more requests would be waited for.
  http.addHook('onSend', (_request, reply, payload, done) => {
    if (lifecycle.isClosing) void reply.header('connection', 'close');
    done(null, payload);
  });
}

function tellsOfServer({ routeOptions }: FastifyRequest): boolean {
  const { routeId } = routeOptions.config;
  return routeId?.startsWith('system.') === true && routeOf(routeId).permission === 'public';
}

function newServer({ settings, logger, page = null, arrival = ARRIVAL_LIMITS }: AppOptions): FastifyInstance {
  const secured = securityHeaders();
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
    trustProxy: trustedHops(settings.trustedProxies),
    routerOptions: { maxParamLength: MAX_ENCODED_PARAM },
    // Envelopes are checked by the schemas of the route table: Fastify's own compilers are not even loaded.
    schemaController: { compilersFactory: { buildValidator: withoutSchema, buildSerializer: withoutSchema } },
    // Before every hook. A person whose link was cut in the middle of a letter is told by the page that there is no such thing.
    frameworkErrors: (error, request, reply) => {
      if (page === null || error.code !== 'FST_ERR_BAD_URL' || !isAddressOfPage(request))
        return sendProblem(error, request, reply);
      return sendPage(reply.headers(secured), page);
    },
  });
}

/** @throws TypeError, at the start, for a route that brings a schema of Fastify's */
function withoutSchema(): never {
  throw new TypeError('schemas stand in the route table');
}
