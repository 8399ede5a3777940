/** Answers past the framework, with what its hooks do to each: headers, the log, the figures of requests, readers that read nothing. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { RouteId } from '@sluice/protocol';
import type { FastifyBaseLogger } from 'fastify';
import { SERVED_AS_OF, type ServedStore, servedAsOf } from '../break-glass/served-store.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { RequestDurations } from '../request-durations.ts';
import type { StalledReaders } from '../stalled-readers.ts';
import { CORS, EMBEDDED_BY } from './cross-origin.ts';
import { type Answered, JSON_TYPE } from './evaluations.ts';

export interface DirectAnswersParts {
  /** Of every answer of the server. */
  readonly secured: Readonly<Record<string, string>>;
  readonly store: ServedStore;
  readonly lifecycle: Lifecycle;
  readonly durations: RequestDurations;
  readonly readers: StalledReaders;
  readonly log: FastifyBaseLogger;
  /** Whom the log names as the one who asked. */
  readonly addressOf: (request: IncomingMessage) => string | undefined;
}

export interface DirectRequest {
  readonly routeId: RouteId;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Milliseconds of the process. */
  readonly startedAt: number;
}

/** Levels of a log at which it is told of every request. */
const TELLS_OF_ALL: ReadonlySet<string> = new Set(['trace', 'debug', 'info']);

export class DirectAnswers {
  readonly #parts: DirectAnswersParts;
  /** Names and values by turns: what stands before the id of the request, and after it. */
  readonly #before: readonly string[];
  readonly #after: readonly string[];

  constructor(parts: DirectAnswersParts) {
    this.#parts = parts;
    this.#before = Object.entries({ ...parts.secured, ...EMBEDDED_BY }).flat();
    this.#after = ['access-control-allow-origin', CORS.origin, 'access-control-expose-headers', CORS.exposedHeaders.join(', ')];
  }

  send(asked: DirectRequest, { status, headers, text }: Answered): void {
    const { readers, log } = this.#parts;
    const { response } = asked;
    const id = randomUUID();
    this.#watch(asked, id);
    const head = this.#headOf(id, headers);
    if (text !== null) head.push('content-type', JSON_TYPE);
    if (this.#parts.lifecycle.isClosing) head.push('connection', 'close');
    if (text === null) {
      response.writeHead(status, head).end();
      return;
    }
    const length = Buffer.byteLength(text);
    head.push('content-length', String(length));
    const sent = readers.inPieces(new ReaderOfAnswer(response, log, id), text);
    response.writeHead(status, head);
    // Letters of one byte each need no encoder, neither they nor the headers that are written with them.
    if (typeof sent === 'string') response.end(sent, length === sent.length ? 'latin1' : 'utf8');
    else pipeline(sent, response, () => undefined);
  }

  #headOf(id: string, headers: readonly string[]): string[] {
    const head = [...this.#before, 'x-request-id', id];
    const asOf = servedAsOf(this.#parts.store);
    if (asOf !== null) head.push(SERVED_AS_OF.toLowerCase(), asOf);
    head.push(...this.#after, ...headers);
    return head;
  }

  /** Has it counted and told in the log when it was sent. */
  #watch({ routeId, request, response, startedAt }: DirectRequest, id: string): void {
    const { log: whole, addressOf, durations } = this.#parts;
    const { method = '', url = '' } = request;
    // A log of its own takes longer than an evaluation.
    const log = TELLS_OF_ALL.has(whole.level) ? whole.child({ reqId: id }) : null;
    log?.info({ req: { method, url, ip: addressOf(request) } }, 'incoming request');
    response.on('finish', () => {
      const responseTime = performance.now() - startedAt;
      durations.of(routeId, method, response.statusCode).observe(responseTime / 1000);
      log?.info({ res: { statusCode: response.statusCode }, responseTime }, 'request completed');
    });
  }
}

/** Who is answered. Few are ever told of in a log; so the log of each is made when it is asked for. */
class ReaderOfAnswer {
  readonly raw: ServerResponse;
  readonly #whole: FastifyBaseLogger;
  readonly #id: string;

  constructor(raw: ServerResponse, whole: FastifyBaseLogger, id: string) {
    this.raw = raw;
    this.#whole = whole;
    this.#id = id;
  }

  get log(): FastifyBaseLogger {
    return this.#whole.child({ reqId: this.#id });
  }
}
