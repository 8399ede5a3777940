/**
 * Whoever asks for a large answer and does not read it makes the server keep it. Such readers are cut off: each after a while, and sooner where what waits
 * for all of them is too much. Small answers fit into what the kernel holds, and streams have bounds of their own.
 */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';

export interface ReadingLimits {
  /** How much of an answer must be read in each window, or all of it; in bytes and milliseconds. */
  readonly leastBytes: number;
  readonly windowMs: number;
  /** Bytes that may wait in this process for all readers together. Beyond, those are cut off who read nothing for three checks, the largest first. */
  readonly waitingBytes: number;
  /** How often it is looked, in milliseconds. */
  readonly checkMs: number;
}

/** The kernel holds megabytes of a connection and tells of what is read in lumps, which a slow line takes its time for. */
export const READING_LIMITS: ReadingLimits = {
  leastBytes: 64 * 1024,
  windowMs: 60_000,
  waitingBytes: 64 * 2 ** 20,
  checkMs: 1_000,
};

/** A larger answer is given to the connection in pieces of this size, so that it is seen how far its reader has come. */
const PIECE_BYTES = 64 * 1024;

/** One check may come late and the next at once, when this process was busy; nobody could read in between. */
const STILL = 3;

/** Whom an answer goes to, and where it is told that they did not read it. */
export interface Reader {
  readonly raw: ServerResponse;
  readonly log: Pick<FastifyBaseLogger, 'warn'>;
}

/** A large answer that its reader has not taken whole. */
interface Waiting {
  readonly reader: Reader;
  readonly length: number;
  /** Bytes that were given to the connection. */
  given: number;
  /** Bytes that the connection had passed on: at the last check, and when the window began. */
  taken: number;
  takenBefore: number;
  windowEndsAt: number;
  /** How many checks ago something was taken. */
  stillChecks: number;
}

export class StalledReaders {
  readonly #limits: ReadingLimits;
  readonly #waiting = new Set<Waiting>();
  #cut = 0;

  /** Until `app` closes. */
  constructor(app: FastifyInstance, limits: ReadingLimits = READING_LIMITS) {
    this.#limits = limits;
    app.addHook('onSend', (_request, reply, payload, done) => {
      if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return done(null, payload);
      const sent = this.inPieces(reply, payload);
      if (sent !== payload) void reply.header('content-length', Buffer.byteLength(payload));
      done(null, sent);
    });
    const timer = setInterval(() => this.#check(performance.now()), limits.checkMs).unref();
    app.addHook('onClose', async () => clearInterval(timer));
  }

  /** Readers that were cut off since this process started. */
  get cut(): number {
    return this.#cut;
  }

  /** What is to be sent of `payload`: itself where it is small, and otherwise its bytes as they can be taken. */
  inPieces<T extends string | Buffer>(reader: Reader, payload: T): T | Readable {
    if (payload.length <= PIECE_BYTES) return payload;
    const body = Buffer.from(payload);
    const windowEndsAt = performance.now() + this.#limits.windowMs;
    const waiting = { reader, length: body.length, given: 0, taken: 0, takenBefore: 0, windowEndsAt, stillChecks: 0 };
    this.#waiting.add(waiting);
    reader.raw.once('close', () => this.#waiting.delete(waiting));
    return Readable.from(piecesOf(body, waiting), { objectMode: false, highWaterMark: PIECE_BYTES });
  }

  #check(now: number): void {
    for (const waiting of this.#waiting) this.#look(waiting, now);
    const still = [...this.#waiting].filter(({ stillChecks }) => stillChecks >= STILL).sort((a, b) => leftOf(b) - leftOf(a));
    let total = [...this.#waiting].reduce((sum, waiting) => sum + leftOf(waiting), 0);
    for (const waiting of still) {
      if (total <= this.#limits.waitingBytes) return;
      total -= leftOf(waiting);
      this.#end(waiting);
    }
  }

  #look(waiting: Waiting, now: number): void {
    const { windowMs, leastBytes } = this.#limits;
    const taken = waiting.given - waiting.reader.raw.writableLength;
    waiting.stillChecks = taken === waiting.taken ? waiting.stillChecks + 1 : 0;
    waiting.taken = taken;
    if (now < waiting.windowEndsAt) return;
    if (taken - waiting.takenBefore < leastBytes) this.#end(waiting);
    waiting.takenBefore = taken;
    waiting.windowEndsAt = now + windowMs;
  }

  #end(waiting: Waiting): void {
    this.#cut += 1;
    this.#waiting.delete(waiting);
    const { raw, log } = waiting.reader;
    log.warn({ left: leftOf(waiting), length: waiting.length }, 'a client that does not read its answer is cut off');
    raw.req.socket.destroy();
  }
}

function* piecesOf(body: Buffer, waiting: Waiting): Generator<Buffer> {
  for (let from = 0; from < body.length; from += PIECE_BYTES) {
    const piece = body.subarray(from, from + PIECE_BYTES);
    waiting.given += piece.length;
    yield piece;
  }
}

function leftOf({ length, taken }: Waiting): number {
  return length - taken;
}
