/** Brings reports to the server: each batch once, one at a time, later when the server cannot take it, and never without a bound. */
import { type Scope, SluiceError } from '@sluice/core';
import { errorOfProblem, routeOf } from '@sluice/protocol';
import type { ConnectionClock } from './connection-clock.ts';
import { reconnectDelay, retryAfterOf } from './reconnect-delay.ts';

/** What is sent in one request, and how many reports it holds. */
export interface ReportBatch {
  readonly route: 'metrics.addFacts' | 'metrics.observe';
  /** What is sent; some of it says when that is, in milliseconds since 1970. */
  readonly bodyAt: (now: number) => object;
  readonly size: number;
}

export interface ReportSenderOptions {
  readonly url: string;
  readonly token: () => string | undefined | Promise<string | undefined>;
  readonly clock: ConnectionClock;
  readonly fetch: typeof fetch;
  readonly random: () => number;
  readonly timeoutMs: number;
  /** How long reports are gathered before they are sent. */
  readonly flushMs: number;
  /** Null while the environment is not known: then reports wait. */
  readonly scope: () => Scope | null;
  /** Takes what waits out of the buffers, as batches of bounded size; each carries its own number. */
  readonly drain: () => ReportBatch[];
  readonly onProblem: (error: SluiceError) => void;
}

interface Failure {
  readonly error: SluiceError;
  readonly isLater: boolean;
  readonly retryAfterMs: number | null;
}

const LATER = new Set([408, 425, 429, 500, 502, 503, 504]);

export class ReportSender {
  readonly #options: ReportSenderOptions;
  /** Drained, and not taken by the server yet. Nothing more is drained until it is empty, so the buffers' bounds are the bound of all. */
  #unsent: ReportBatch[] = [];
  #flushing: Promise<void> | null = null;
  #cancel: (() => void) | null = null;
  #failures = 0;
  #dropped = 0;
  #attempts = 0;
  /** Something came while a flush was under way. */
  #isWoken = false;
  #isClosed = false;

  constructor(options: ReportSenderOptions) {
    this.#options = options;
  }

  /** Reports that the server would not take at all, or that waited when the connection was closed. */
  get dropped(): number {
    return this.#dropped;
  }

  /** How often it has sent anything. */
  get attempts(): number {
    return this.#attempts;
  }

  /** There is something to send soon. */
  wake(): void {
    if (this.#flushing !== null) this.#isWoken = true;
    else if (this.#cancel === null && !this.#isClosed) this.#later(this.#options.flushMs);
  }

  #later(ms: number): void {
    const { clock } = this.#options;
    this.#cancel?.();
    this.#cancel = clock.schedule(clock.now() + ms, () => {
      this.#cancel = null;
      void this.flush();
    });
  }

  /** Resolves when all that was reported before is taken, or is known to wait for the server. */
  async flush(): Promise<void> {
    if (this.#flushing !== null) await this.#flushing;
    this.#flushing ??= this.#flushNow().finally(() => {
      this.#flushing = null;
      if (this.#isWoken) this.wake();
      this.#isWoken = false;
    });
    await this.#flushing;
  }

  async #flushNow(): Promise<void> {
    this.#cancel?.();
    this.#cancel = null;
    const scope = this.#options.scope();
    if (scope === null) return;
    if (!(await this.#sendAll(scope))) return;
    this.#unsent = this.#options.drain();
    await this.#sendAll(scope);
  }

  /** False when the server is to be asked again later. */
  async #sendAll(scope: Scope): Promise<boolean> {
    for (let batch = this.#unsent[0]; batch !== undefined; batch = this.#unsent[0]) {
      const failure = await this.#send(scope, batch);
      if (failure?.isLater === true) {
        this.#options.onProblem(failure.error);
        const facts = { failures: this.#failures, hintMs: null, retryAfterMs: failure.retryAfterMs };
        this.#failures += 1;
        if (!this.#isClosed) this.#later(reconnectDelay(facts, this.#options.random()));
        return false;
      }
      this.#failures = 0;
      this.#unsent.shift();
      if (failure === null) continue;
      this.#dropped += batch.size;
      this.#options.onProblem(failure.error);
    }
    return true;
  }

  /** Null when it was taken. */
  async #send(scope: Scope, { route: id, bodyAt }: ReportBatch): Promise<Failure | null> {
    const { clock, timeoutMs, fetch: send, token, url } = this.#options;
    const route = routeOf(id);
    const path = route.path.replace(/:(\w+)/g, (_, name: keyof Scope) => encodeURIComponent(scope[name]));
    const controller = new AbortController();
    const cancel = clock.schedule(clock.now() + timeoutMs, () => controller.abort());
    this.#attempts += 1;
    try {
      const secret = await token();
      const response = await send(`${url}${path}`, {
        method: route.method,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
        },
        body: JSON.stringify(bodyAt(clock.now())),
        signal: controller.signal,
      });
      const text = await response.text();
      return response.ok ? this.#taken(text) : this.#failureOf(response, text);
    } catch (cause) {
      const error = new SluiceError('unavailable', `reports cannot be brought to the server at ${new URL(url).origin}`, {
        cause,
      });
      return { error, isLater: true, retryAfterMs: null };
    } finally {
      cancel();
    }
  }

  /** The server may take a batch and leave single members of it out. */
  #taken(text: string): null {
    const answer = (text === '' ? {} : JSON.parse(text)) as { readonly refused?: readonly { readonly message: string }[] };
    const [first] = answer.refused ?? [];
    if (first === undefined) return null;
    this.#dropped += answer.refused?.length ?? 0;
    this.#options.onProblem(
      new SluiceError('invalid', `the server left out ${answer.refused?.length} reports; the first: ${first.message}`),
    );
    return null;
  }

  #failureOf(response: Response, text: string): Failure {
    const { clock } = this.#options;
    const isProblem = /json/i.test(response.headers.get('content-type') ?? '');
    return {
      error: errorOfProblem(response.status, isProblem ? JSON.parse(text) : text),
      isLater: LATER.has(response.status),
      retryAfterMs: retryAfterOf(response.headers.get('retry-after'), clock.now()),
    };
  }

  /** Sends what waits, for at most `ms`; what is not taken then is dropped and counted. */
  async close(ms: number): Promise<void> {
    const { clock } = this.#options;
    this.#isClosed = true;
    await new Promise<void>((resolve) => {
      const cancel = clock.schedule(clock.now() + ms, resolve, { keepAlive: true });
      // A flush that was under way took only what was there before.
      void this.flush()
        .then(() => this.flush())
        .finally(() => {
          cancel();
          resolve();
        });
    });
    this.#cancel?.();
    for (const { size } of [...this.#unsent.splice(0), ...this.#options.drain()]) this.#dropped += size;
  }
}
