/** Brings reports to the server: each batch once, one at a time, later when the server cannot take it, and never without a bound. */
import { type Scope, SluiceError } from '@sluice/core';
import { errorOfProblem, routeOf } from '@sluice/protocol';
import type { ConnectionClock } from './connection-clock.ts';
import { reconnectDelay, retryAfterOf } from './reconnect-delay.ts';
import { RisingCounts } from './rising-counts.ts';

/** What is sent in one request, and how many reports it holds. */
export interface ReportBatch {
  readonly route: 'metrics.addFacts' | 'metrics.observe';
  /** What is sent; some of it says when that is, in milliseconds since 1970. */
  readonly bodyAt: (now: number) => object;
  readonly size: number;
  /** To be called once, when it was taken or is given up: until then its reports wait. */
  readonly settle: () => void;
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
  /** What waits now, as batches of bounded size, each with its own number; one is made when it is asked for. */
  readonly drain: () => Iterator<ReportBatch, undefined>;
  readonly onProblem: (error: SluiceError) => void;
}

interface LeftOut {
  readonly message: string;
  readonly isOver?: boolean;
}

interface Failure {
  readonly error: SluiceError;
  readonly isLater: boolean;
  readonly retryAfterMs: number | null;
}

const NOTHING: Iterator<ReportBatch, undefined> = { next: () => ({ done: true, value: undefined }) };

const LATER = new Set([408, 425, 429, 500, 502, 503, 504]);

export class ReportSender {
  readonly #options: ReportSenderOptions;
  /** What the last drain has left. Nothing more is drained before all of it was sent. */
  #drained: Iterator<ReportBatch, undefined> = NOTHING;
  /** Not taken by the server yet, nor given up. */
  #unsent: ReportBatch | null = null;
  #flushing: Promise<boolean> | null = null;
  #cancel: (() => void) | null = null;
  #failures = 0;
  readonly #leftOut = new RisingCounts();
  #dropped = 0;
  #attempts = 0;
  /** Something came while a flush was under way. */
  #isWoken = false;
  #isClosed = false;
  /** Nothing is sent any more. */
  #isOver = false;
  /** Ends the wait of `close`. */
  #sentLast: () => void = () => {};

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
      void (this.#isClosed ? this.#sendLast() : this.flush());
    });
  }

  /** True when all that was reported before is taken; false when some of it still waits for the server, or was lost meanwhile. */
  async flush(): Promise<boolean> {
    if (this.#flushing !== null) await this.#flushing;
    const begun = this.#options.clock.now();
    this.#flushing ??= this.#flushNow().finally(() => {
      this.#flushing = null;
      if (this.#isWoken && this.#cancel === null && !this.#isClosed)
        this.#later(Math.max(0, begun + this.#options.flushMs - this.#options.clock.now()));
      this.#isWoken = false;
    });
    return this.#flushing;
  }

  async #flushNow(): Promise<boolean> {
    this.#cancel?.();
    this.#cancel = null;
    const scope = this.#options.scope();
    if (scope === null || this.#isOver) return false;
    const lost = this.#dropped;
    if (!(await this.#sendAll(scope))) return false;
    this.#drained = this.#options.drain();
    return (await this.#sendAll(scope)) && this.#dropped === lost;
  }

  /** False when the server is to be asked again later, or never more. */
  async #sendAll(scope: Scope): Promise<boolean> {
    for (;;) {
      this.#unsent ??= this.#drained.next().value ?? null;
      const batch = this.#unsent;
      if (batch === null) return true;
      const failure = await this.#send(scope, batch);
      // What was under way then is counted already.
      if (this.#isOver) return false;
      if (failure?.isLater === true) {
        this.#postpone(failure);
        return false;
      }
      this.#failures = 0;
      this.#unsent = null;
      batch.settle();
      if (failure === null) continue;
      this.#dropped += batch.size;
      this.#options.onProblem(failure.error);
    }
  }

  #postpone({ error, retryAfterMs }: Failure): void {
    const { onProblem, random } = this.#options;
    onProblem(error);
    const facts = { failures: this.#failures, hintMs: null, retryAfterMs };
    this.#failures += 1;
    this.#later(reconnectDelay(facts, random()));
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

  /** The server may take a batch and leave single members of it out. What is over is no loss: it was under way when a test or a stage ended. */
  #taken(text: string): null {
    const { refused = [] } = (text === '' ? {} : JSON.parse(text)) as { readonly refused?: readonly LeftOut[] };
    const lost = refused.filter(({ isOver }) => isOver !== true);
    this.#dropped += lost.length;
    for (const [message, count] of this.#leftOut.add(lost.map((member) => member.message)))
      this.#options.onProblem(new SluiceError('invalid', `the server left out ${count} reports so far: ${message}`));
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

  /** Sends what waits, again and again for at most `ms`; what is not taken then is dropped, counted and told. */
  async close(ms: number): Promise<void> {
    const { clock, onProblem } = this.#options;
    this.#isClosed = true;
    await new Promise<void>((resolve) => {
      const cancel = clock.schedule(clock.now() + ms, resolve, { keepAlive: true });
      this.#sentLast = () => {
        cancel();
        resolve();
      };
      void this.#sendLast();
    });
    this.#isOver = true;
    this.#cancel?.();
    const left = this.#giveUp();
    this.#dropped += left;
    const message = `${left} reports had not been taken by the server when the connection was closed, and count as lost`;
    if (left > 0) onProblem(new SluiceError('unavailable', message));
  }

  async #sendLast(): Promise<void> {
    // A flush that was under way took only what was there before: this is one of its own.
    await this.flush();
    if (this.#unsent === null) this.#sentLast();
  }

  /** How many reports waited. */
  #giveUp(): number {
    let left = 0;
    for (const drained of [this.#drained, this.#options.drain()]) {
      for (let batch = this.#unsent ?? drained.next().value; batch !== undefined; batch = drained.next().value) {
        left += batch.size;
        batch.settle();
        this.#unsent = null;
      }
    }
    return left;
  }
}
