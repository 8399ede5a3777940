/** OFREP 0.3: one flag, and all flags, for one unit. */
import cors from '@fastify/cors';
import { actorOf } from '@sluice/core';
import { type OfrepBulkSuccess, type OfrepError, type OfrepFailure, type OfrepSuccess, ROUTES } from '@sluice/protocol';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Sluice } from 'sluice';
import type { Admit, Admitted } from '../authentication.ts';
import { SERVED_AS_OF } from '../break-glass/served-store.ts';
import { canonicalText } from '../canonical-text.ts';
import { configEtag, digestOf } from '../config-etag.ts';
import type { Live } from '../live-routes.ts';
import { toldFailure } from '../problems.ts';
import { envelope, registerRoute } from '../registration.ts';
import { type AnswerOptions, ofrepAnswer, ofrepFailureOf } from './answer.ts';
import { type ReadContext, readContext } from './context.ts';

export interface OfrepOptions {
  readonly admit: Admit;
  readonly isStrict: boolean;
  /** Streams that tell of changes of the caller's environment. */
  readonly live: Pick<Live, 'eventStreams' | 'fingerprint' | 'registerEvents'>;
}

/** A browser sends no header of ours unless it is allowed, and shows a page none that is not exposed. */
const CORS = {
  origin: '*',
  methods: ['GET', 'POST', 'OPTIONS'],
  allowedHeaders: ['Content-Type', 'Authorization', 'X-API-Key', 'If-None-Match', 'Last-Event-ID', 'Cache-Control'],
  exposedHeaders: ['ETag', 'Retry-After', SERVED_AS_OF],
  maxAge: 600,
};

export const ofrepRoutes: FastifyPluginAsync<OfrepOptions> = async (app, options) => {
  await app.register(cors, CORS);
  app.addHook('onRequest', async (_request, reply) => {
    void reply.header('cross-origin-resource-policy', 'cross-origin');
  });
  app.setErrorHandler((error, request, reply) => sendFailure(error, request, reply));
  registerRoute(app, 'ofrep.evaluate', options.admit, (request, reply) => evaluateOne(request, reply, options));
  registerRoute(app, 'ofrep.evaluateAll', options.admit, (request, reply) => evaluateAll(request, reply, options));
  options.live.registerEvents(app, options.admit);
};

interface Asked {
  readonly admitted: Admitted;
  readonly sluice: Sluice;
  readonly answering: AnswerOptions;
}

function askedOf(request: FastifyRequest, { isStrict }: OfrepOptions): Asked {
  const { admitted } = request;
  if (admitted === null || admitted.sluice === null) throw new TypeError('OFREP is asked without an environment');
  const { project, environment } = admitted.scope;
  return { admitted, sluice: admitted.sluice, answering: { isStrict, flagSetId: `${project}/${environment}` } };
}

function evaluateOne(request: FastifyRequest, reply: FastifyReply, options: OfrepOptions): FastifyReply {
  const { sluice, answering } = askedOf(request, options);
  const { key } = request.params as { readonly key: string };
  const read = readContext(request.body);
  if ('errorCode' in read) return reply.code(400).send({ key, ...read } satisfies OfrepFailure);
  const answer = answerOne(sluice, key, read, answering);
  return reply.code(statusOf(answer)).send(answer);
}

function answerOne(sluice: Sluice, key: string, read: ReadContext, answering: AnswerOptions): OfrepSuccess | OfrepFailure {
  if (read.isExposure) return ofrepAnswer(key, sluice.flags.evaluate(key, read.unit, null), answering);
  const explained = sluice.flags.explain(key, read.unit);
  return explained === null ? ofrepFailureOf(key, 'FLAG_NOT_FOUND') : ofrepAnswer(key, explained, answering);
}

function statusOf(answer: OfrepSuccess | OfrepFailure): number {
  if (!('errorCode' in answer)) return 200;
  return answer.errorCode === 'FLAG_NOT_FOUND' ? 404 : 400;
}

async function evaluateAll(request: FastifyRequest, reply: FastifyReply, options: OfrepOptions): Promise<FastifyReply> {
  const { sluice, admitted, answering } = askedOf(request, options);
  const read = readContext(request.body);
  if ('errorCode' in read) return reply.code(400).send(read);
  const query = envelope<{ readonly flagConfigEtag?: string }>(ROUTES['ofrep.evaluateAll'].query, request.query, 'query');
  const { flagConfigEtag } = query;
  const isBehind =
    flagConfigEtag !== undefined && !isMatched(flagConfigEtag, `"${await options.live.fingerprint(admitted.scope)}"`);
  // Whoever was told of a change by another replica must not be answered with what was before it.
  if (isBehind) await sluice.flags.runtime.store.refresh();
  const etag = `"${digestOf([configEtag(sluice), canonicalText(read.context), actorOf(admitted.principal), String(options.isStrict)])}"`;
  void reply.header('etag', etag).header('cache-control', 'no-cache, private');
  if (!isBehind && isMatched(request.headers['if-none-match'], etag)) return reply.code(304).send();
  const streams = options.live.eventStreams(admitted);
  const body: OfrepBulkSuccess = {
    flags: [...sluice.flags.evaluateAll(read.unit)].map(([key, evaluation]) => ofrepAnswer(key, evaluation, answering)),
    metadata: { flagSetId: answering.flagSetId },
    ...(streams.length === 0 ? {} : { eventStreams: [...streams] }),
  };
  return reply.send(body);
}

/** A proxy that compresses makes a tag weak; it names the same state. */
function isMatched(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** Bodies as the protocol has them: with the flag's key where there is one, and without a schema where it has none. */
function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const told = toldFailure(error, request);
  const { key } = (request.params ?? {}) as { readonly key?: string };
  const errorDetails = told.error.message;
  void reply.code(told.status).headers(told.headers);
  if (told.status === 400 || told.status === 413 || told.status === 415) {
    const errorCode: OfrepError = 'PARSE_ERROR';
    return reply.send({ ...(key === undefined ? {} : { key }), errorCode, errorDetails });
  }
  return reply.send({ errorDetails });
}
