/**
 * The short way to an evaluation. The framework takes longer over a request than everything that an evaluation needs; so what is asked plainly, by somebody who
 * may, is answered before it. Whatever is not plain, or would be refused, is handed over to the framework as it came: nothing is refused here, so
 * nothing is refused in two ways. The decisions are those that the framework's hooks ask, and the answers are those that its handlers send.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { type RouteId, routeOf } from '@sluice/protocol';
import type { Admission, Admitted } from '../authentication.ts';
import { checkContentType, MAX_BODY_BYTES, parseJson } from '../json-body.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { refuseIgnoredConditions } from '../preconditions.ts';
import type { DirectAnswers } from './direct-answers.ts';
import type { OfrepEvaluations } from './evaluations.ts';

export interface DirectParts {
  readonly admission: Admission;
  readonly evaluations: OfrepEvaluations;
  readonly lifecycle: Lifecycle;
  readonly answers: DirectAnswers;
}

/** A request that will be answered here, if its body is JSON and its caller has not asked too often by then. */
interface Begun {
  readonly routeId: RouteId;
  /** Of one flag; null for all. */
  readonly key: string | null;
  readonly admitted: Admitted;
  /** Milliseconds of the process. */
  readonly startedAt: number;
}

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

const ONE = routeOf('ofrep.evaluate');
const ALL = routeOf('ofrep.evaluateAll');
const BEFORE_KEY = ONE.path.replace(/:key$/, '');
/** A key that stands for itself in a path. */
const PLAIN_KEY = /^[\w.-]{1,256}$/;
const NOTHING = Object.freeze({});

export class DirectEvaluations {
  readonly #parts: DirectParts;
  /** Bodies that were read before their requests were handed over. */
  readonly #bodies = new WeakMap<IncomingMessage, Readable>();

  constructor(parts: DirectParts) {
    this.#parts = parts;
  }

  /** Whoever listens to `server` for requests hears from now on only of those that are not answered here. */
  standBefore(server: Server): void {
    const [framework] = server.listeners('request') as Handle[];
    if (framework === undefined) throw new TypeError('there is nobody to hand requests over to');
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      const begun = this.#begin(request);
      if (begun === null) framework(request, response);
      else this.#read(begun, request, response, framework);
    });
  }

  /** The body of a request that was handed over after it had been read; undefined for one that is unread. */
  bodyOf(request: IncomingMessage): Readable | undefined {
    return this.#bodies.get(request);
  }

  /** Null for whatever is not plain. It changes nothing: the framework decides all of it again. */
  #begin(request: IncomingMessage): Begun | null {
    const { method, url = '', headers } = request;
    if (method !== 'POST' || !url.startsWith(ALL.path)) return null;
    const key = url === ALL.path ? null : url.slice(BEFORE_KEY.length);
    if (key !== null && !(url.startsWith(BEFORE_KEY) && PLAIN_KEY.test(key))) return null;
    const { admission, lifecycle } = this.#parts;
    if (!lifecycle.isReady || !isPlainBody(request)) return null;
    const routeId = key === null ? 'ofrep.evaluateAll' : 'ofrep.evaluate';
    const route = routeOf(routeId);
    try {
      const admitted = admission.byToken(route, { headers, params: NOTHING });
      if (admitted === null || !admission.hasRoom(admitted.principal)) return null;
      checkContentType(request);
      refuseIgnoredConditions(route, request);
      return { routeId, key, admitted, startedAt: performance.now() };
    } catch {
      return null;
    }
  }

  #read(begun: Begun, request: IncomingMessage, response: ServerResponse, framework: Handle): void {
    const chunks: Buffer[] = [];
    const handOver = (body: Readable): void => {
      this.#bodies.set(request, body);
      framework(request, response);
    };
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
    });
    request.on('error', (error) => handOver(failing(error)));
    request.on('end', () => {
      const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      if (!this.#isAnswered(begun, request, response, body)) handOver(Readable.from([body]));
    });
  }

  /** False where the body is none, and where its caller has used up the window by now. */
  #isAnswered(begun: Begun, request: IncomingMessage, response: ServerResponse, bytes: Buffer): boolean {
    const { admission, evaluations, answers } = this.#parts;
    const { key, admitted, routeId, startedAt } = begun;
    try {
      const body = parseJson(bytes);
      admission.count(admitted.principal);
      const ifNoneMatch = request.headers['if-none-match'];
      const answered = key === null ? evaluations.all(admitted, body, { ifNoneMatch }) : evaluations.one(admitted, key, body);
      answers.send({ routeId, startedAt, request, response }, answered);
      return true;
    } catch {
      return response.headersSent;
    }
  }
}

/** Whether it says how long it is, within the limit. */
function isPlainBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return length !== undefined && headers['transfer-encoding'] === undefined && Number(length) <= MAX_BODY_BYTES;
}

/** Fails as the request did. */
function failing(error: Error): Readable {
  return new Readable({
    read() {
      this.destroy(error);
    },
  });
}
