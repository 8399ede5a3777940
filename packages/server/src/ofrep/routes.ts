/** OFREP 0.3 by the framework: every refusal, and whatever is not asked plainly. */
import cors from '@fastify/cors';
import type { OfrepError, QueryOf } from '@sluice/protocol';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Admit, Admitted } from '../authentication.ts';
import type { Live } from '../live-routes.ts';
import { toldFailure } from '../problems.ts';
import { registerRoute } from '../registration.ts';
import { CORS, EMBEDDED_BY } from './cross-origin.ts';
import type { DirectEvaluations } from './direct-evaluations.ts';
import { type Answered, JSON_TYPE, type OfrepEvaluations } from './evaluations.ts';
import { registerPageReports } from './page-reports.ts';

export interface OfrepOptions {
  readonly admit: Admit;
  readonly evaluations: OfrepEvaluations;
  readonly live: Pick<Live, 'registerEvents'>;
  /** Who has read the body of what they hand over. */
  readonly direct: Pick<DirectEvaluations, 'bodyOf'>;
}

export const ofrepRoutes: FastifyPluginAsync<OfrepOptions> = async (app, { admit, evaluations, live, direct }) => {
  await app.register(cors, CORS);
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(EMBEDDED_BY);
    done();
  });
  app.addHook('preParsing', (request, _reply, payload, done) => done(null, direct.bodyOf(request.raw) ?? payload));
  app.setErrorHandler((error, request, reply) => sendFailure(error, request, reply));
  registerEvaluations(app, admit, evaluations);
  registerPageReports(app, admit);
  live.registerEvents(app, admit);
};

/** Handlers answer before they return: whatever is returned would be waited for. */
function registerEvaluations(app: FastifyInstance, admit: Admit, evaluations: OfrepEvaluations): void {
  registerRoute(app, 'ofrep.evaluate', admit, (request, reply) => {
    const { key } = request.params as { readonly key: string };
    send(reply, evaluations.one(admittedOf(request), key, request.body));
  });
  registerRoute(app, 'ofrep.evaluateAll', admit, (request, reply) => {
    const { flagConfigEtag } = request.query as QueryOf<'ofrep.evaluateAll'>;
    const known = { ifNoneMatch: request.headers['if-none-match'] };
    const asked = [admittedOf(request), request.body, known] as const;
    if (flagConfigEtag !== undefined) return evaluations.allAfter(flagConfigEtag, ...asked).then((done) => send(reply, done));
    send(reply, evaluations.all(...asked));
    return undefined;
  });
}

function admittedOf({ admitted }: FastifyRequest): Admitted {
  if (admitted === null) throw new TypeError('OFREP is asked by nobody');
  return admitted;
}

function send(reply: FastifyReply, { status, headers, text }: Answered): FastifyReply {
  void reply.code(status);
  for (let at = 0; at < headers.length; at += 2) void reply.header(headers[at] as string, headers[at + 1]);
  return text === null ? reply.send() : reply.type(JSON_TYPE).send(text);
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
