/** One stream of definitions that is kept open: connects, reads, and connects again, never twice at once. */
import { SluiceError } from '@sluice/core';
import { EventStreamDecoder, errorOfProblem, messageOfPart, type StreamMessage } from '@sluice/protocol';
import type { ConnectionClock } from './connection-clock.ts';
import { reconnectDelay, retryAfterOf } from './reconnect-delay.ts';

export interface DefinitionStreamOptions {
  readonly url: string;
  readonly token: () => string | undefined | Promise<string | undefined>;
  readonly clock: ConnectionClock;
  readonly fetch: typeof fetch;
  readonly random: () => number;
  /** How long the server may take to begin an answer. */
  readonly connectTimeoutMs: number;
  /** A stream on which nothing comes for so long is dead: three heartbeats of the server. */
  readonly deadStreamMs: number;
  /** The place in the log up to which everything is known; null asks for a snapshot. */
  readonly place: () => number | null;
  /** Takes one message in; a promise holds the stream back meanwhile. A throw gives the stream up. */
  readonly take: (message: StreamMessage) => Promise<void> | void;
  /** The stream was lost, or could not be opened. */
  readonly onLost: (error: SluiceError) => void;
  /** The server refuses the token; nothing more is tried. */
  readonly onRefused: (error: SluiceError) => void;
}

/** A stream that lasted so long was healthy: the next failure is a first one. */
const HEALTHY_MS = 10_000;
const REFUSALS = new Set([401, 403]);

interface Loss {
  readonly error: SluiceError;
  readonly isRefused?: boolean;
  readonly retryAfterMs?: number | null;
}

export class DefinitionStream {
  readonly #options: DefinitionStreamOptions;
  #controller: AbortController | null = null;
  #cancelTimer: () => void = () => {};
  #failures = 0;
  #hintMs: number | null = null;
  #attempts = 0;
  /** When the stream that is read began; null where none did. */
  #streamingSince: number | null = null;
  #isClosed = false;

  constructor(options: DefinitionStreamOptions) {
    this.#options = options;
  }

  /** How often it has tried to connect. */
  get attempts(): number {
    return this.#attempts;
  }

  open(): void {
    void this.#run();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelTimer();
    this.#controller?.abort();
  }

  async #run(): Promise<void> {
    const { clock, random, onLost, onRefused } = this.#options;
    this.#attempts += 1;
    this.#streamingSince = null;
    const loss = await this.#follow();
    this.#cancelTimer();
    this.#controller?.abort();
    if (this.#isClosed) return;
    if (loss.isRefused === true) {
      this.#isClosed = true;
      onRefused(loss.error);
      return;
    }
    onLost(loss.error);
    // A server that hangs lasts as long, and is no healthy one.
    if (this.#streamingSince !== null && clock.now() - this.#streamingSince >= HEALTHY_MS) this.#failures = 0;
    const facts = { failures: this.#failures, hintMs: this.#hintMs, retryAfterMs: loss.retryAfterMs ?? null };
    this.#failures += 1;
    this.#cancelTimer = clock.schedule(clock.now() + reconnectDelay(facts, random()), () => void this.#run());
  }

  /** Reads one stream from its first byte to its end; how it was lost. */
  async #follow(): Promise<Loss> {
    const controller = new AbortController();
    this.#controller = controller;
    try {
      this.#expect(this.#options.connectTimeoutMs, 'did not answer');
      const response = await this.#request(controller.signal);
      const refusal = await refusalOf(response, this.#options.clock.now());
      if (refusal !== null) return refusal;
      this.#streamingSince = this.#options.clock.now();
      await this.#read(response.body as ReadableStream<Uint8Array>);
      return { error: this.#unavailable('ended the stream') };
    } catch (cause) {
      if (cause instanceof SluiceError) return { error: cause };
      const why = controller.signal.reason instanceof SluiceError ? controller.signal.reason : null;
      return { error: why ?? this.#unavailable('cannot be reached', cause) };
    }
  }

  async #request(signal: AbortSignal): Promise<Response> {
    const secret = await this.#options.token();
    const place = this.#options.place();
    return this.#options.fetch(this.#options.url, {
      headers: {
        accept: 'text/event-stream',
        'cache-control': 'no-cache',
        ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
        ...(place === null ? {} : { 'last-event-id': String(place) }),
      },
      signal,
    });
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new EventStreamDecoder();
    const reader = body.getReader();
    for (;;) {
      this.#expect(this.#options.deadStreamMs, 'was silent');
      const { done, value } = await reader.read();
      if (done) return;
      this.#cancelTimer();
      for (const part of decoder.push(value)) {
        if (part.kind === 'retry') this.#hintMs = part.ms;
        const message = messageOfPart(part);
        if (message !== null && !this.#isClosed) await this.#options.take(message);
      }
    }
  }

  /** Gives the stream up when it has not come further in this time. */
  #expect(ms: number, what: string): void {
    const { clock } = this.#options;
    this.#cancelTimer();
    this.#cancelTimer = clock.schedule(clock.now() + ms, () => {
      this.#controller?.abort(this.#unavailable(`${what} for ${ms} ms`));
    });
  }

  #unavailable(what: string, cause?: unknown): SluiceError {
    return new SluiceError('unavailable', `the server at ${new URL(this.#options.url).origin} ${what}`, { cause });
  }
}

/** Null for a stream. */
async function refusalOf(response: Response, now: number): Promise<Loss | null> {
  const type = response.headers.get('content-type') ?? '';
  if (response.ok && response.body !== null && /^text\/event-stream\b/i.test(type)) return null;
  const text = await response.text();
  if (response.ok)
    return { error: new SluiceError('unavailable', `what answers at ${response.url} is no stream but ${type || 'nothing'}`) };
  return {
    error: errorOfProblem(response.status, /json/i.test(type) ? parsed(text) : text),
    isRefused: REFUSALS.has(response.status),
    retryAfterMs: retryAfterOf(response.headers.get('retry-after'), now),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
