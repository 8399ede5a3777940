/**
 * All streams of a server: follows its source once, and tells whoever listens to a scope. Knows nothing of tokens and routes: whoever
 * calls it has seen to it that this client may have this of this scope.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Scope, SluiceError, type StandingEmergency } from '@sluice/core';
import { encodePart } from '@sluice/protocol';
import type { Clock } from 'sluice';
import { Admission } from './admission.ts';
import type { DefinitionSource } from './definition-source.ts';
import { OpenScopes } from './open-scopes.ts';
import { refuseStream } from './refuse-stream.ts';
import type { ScopeStream } from './scope-stream.ts';
import { StreamClient } from './stream-client.ts';
import { noCounts, type StreamCounts } from './stream-counts.ts';
import { type StreamLimits, streamLimits } from './stream-limits.ts';

export interface StreamHubOptions {
  /** A store is one. */
  readonly source: DefinitionSource;
  readonly clock: Clock;
  readonly limits?: Partial<StreamLimits>;
  /** From 0 to below 1, for jitter; `Math.random` unless given. */
  readonly random?: () => number;
  /** Hears what nobody waits for: a store that fails while a stream is opened. */
  readonly onProblem: (error: unknown) => void;
}

/** Whose stream it is. */
export interface StreamSubscription {
  readonly scope: Scope;
  /** The token's id: `endStreamsOf` ends what it opened. */
  readonly holder: string;
  /** When the right to it ends, milliseconds since 1970; the stream ends by then. */
  readonly endsAt?: number;
}

const RETRY_FROM_MS = 1_000;
const RETRY_JITTER_MS = 4_000;
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // Proxies that gather an answer before they pass it on would hold a kill back.
  'x-accel-buffering': 'no',
};

type Joining = (stream: ScopeStream, client: StreamClient, hello: Buffer) => void;

export class StreamHub {
  readonly #options: StreamHubOptions;
  readonly #limits: StreamLimits;
  readonly #random: () => number;
  readonly #counts = noCounts();
  readonly #scopes: OpenScopes;
  readonly #admission: Admission;
  #cancelBeat: () => void;
  #isClosed = false;

  constructor(options: StreamHubOptions) {
    this.#options = options;
    this.#limits = streamLimits(options.limits);
    this.#random = options.random ?? Math.random;
    this.#admission = new Admission(this.#limits, options.clock.now());
    this.#scopes = new OpenScopes(options.source, { limits: this.#limits, counts: this.#counts });
    this.#cancelBeat = this.#scheduleBeat();
  }

  get counts(): Readonly<StreamCounts> & { readonly clients: number } {
    return { ...this.#counts, clients: this.#admission.inside };
  }

  /**
   * The definitions of a scope: a snapshot, then deltas; only what is new when the client says where it was, by `Last-Event-ID` or
   * `?after=`. For tokens that may read snapshots.
   */
  async serveDefinitions(request: IncomingMessage, response: ServerResponse, subscription: StreamSubscription): Promise<void> {
    const cursor = cursorOf(request);
    await this.#serve(request, response, subscription, async () => {
      // Another replica may have told this client of what this one has not heard of yet.
      if (cursor !== null && cursor > this.#scopes.seen) await this.#options.source.refresh();
      return (stream, client, hello) => stream.join(client, hello, cursor, this.#scopes.seen);
    });
  }

  /** That something changed, and nothing else: for clients that have their values evaluated here. */
  async serveRefetches(request: IncomingMessage, response: ServerResponse, subscription: StreamSubscription): Promise<void> {
    const known = lastEventId(request);
    await this.#serve(request, response, subscription, async () => (stream, client, hello) => stream.watch(client, hello, known));
  }

  /** Which records change, of whatever kind. For people who may read the history. */
  async serveChanges(request: IncomingMessage, response: ServerResponse, subscription: StreamSubscription): Promise<void> {
    await this.#serve(request, response, subscription, async () => (stream, client, hello) => stream.follow(client, hello));
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    { scope, holder, endsAt = Number.POSITIVE_INFINITY }: StreamSubscription,
    prepare: () => Promise<Joining>,
  ): Promise<void> {
    const now = this.#options.clock.now();
    const admitted = this.#isClosed ? 'full' : this.#admission.enter(now);
    if (admitted !== 'admitted') {
      this.#counts.refused += 1;
      return refuseStream(response, admitted, this.#random());
    }
    // Whoever leaves while the scope is being read must not stay counted.
    let leave = (): void => this.#admission.leave();
    response.once('close', () => leave());
    try {
      const stream = await this.#scopes.open(scope, now);
      const join = await prepare();
      if (response.destroyed || request.socket.destroyed) return;
      if (this.#isClosed) return refuseStream(response, 'full', this.#random());
      const ageMs = this.#limits.maxStreamMs * (0.5 + this.#random() / 2);
      const client = new StreamClient({
        response,
        holder,
        queueBytes: this.#limits.queueBytes,
        endsAt: Math.min(endsAt, now + ageMs),
        now: () => this.#options.clock.now(),
      });
      leave = () => {
        this.#admission.leave();
        stream.leave(client);
      };
      request.socket.setTimeout(0);
      response.writeHead(200, HEADERS);
      join(stream, client, this.#hello());
    } catch (error) {
      this.#options.onProblem(error);
      if (!response.headersSent) refuseStream(response, 'tooFast', this.#random());
      else response.destroy();
    }
  }

  /** How long to wait before connecting again, another time for each client. */
  #hello(): Buffer {
    return Buffer.from(encodePart({ kind: 'retry', ms: RETRY_FROM_MS + Math.floor(this.#random() * RETRY_JITTER_MS) }));
  }

  /** The definitions that a scope has now, for answers that are no streams. @throws whatever the store's `read` throws */
  async definitions(scope: Scope): Promise<Pick<ScopeStream, 'encoded' | 'memberSet' | 'fingerprint'>> {
    if (this.#isClosed) throw new SluiceError('unavailable', 'the server is stopping');
    return this.#scopes.open(scope, this.#options.clock.now());
  }

  /** What stands in this scope although the store does not have it: the whole list, each time that it changes. */
  impose(scope: Scope, emergencies: readonly StandingEmergency[]): void {
    this.#scopes.impose(scope, emergencies);
  }

  /** Ends what a token opened, because it was taken back. */
  endStreamsOf(holder: string): void {
    for (const client of this.#scopes.clients()) if (client.holder === holder) client.end();
  }

  #scheduleBeat(): () => void {
    const { clock } = this.#options;
    return clock.schedule(clock.now() + this.#limits.heartbeatMs, () => {
      this.#cancelBeat = this.#scheduleBeat();
      this.#beat(clock.now());
    });
  }

  #beat(now: number): void {
    for (const stream of this.#scopes.streams()) {
      for (const client of stream.clients) {
        if (client.isStalled(now, this.#limits.stallMs)) {
          this.#counts.reaped += 1;
          client.destroy();
        } else if (now >= client.endsAt) client.end();
        else stream.beat(client);
      }
    }
    this.#scopes.forgetIdle(now);
  }

  /** Ends all streams at once and takes no more. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelBeat();
    for (const client of this.#scopes.clients()) client.end(this.#hello());
    this.#scopes.close();
  }
}

/** The place in the log that a client says it has; null when it says none, or nonsense. */
function cursorOf(request: IncomingMessage): number | null {
  const given = lastEventId(request) ?? new URL(request.url ?? '/', 'http://server').searchParams.get('after');
  if (given === null || !/^\d{1,15}$/.test(given)) return null;
  return Number(given);
}

function lastEventId(request: IncomingMessage): string | null {
  const id = request.headers['last-event-id'];
  return typeof id === 'string' && id !== '' ? id : null;
}
