/** The values that a page has: asked for one context, again when the server says that they may have changed, and told of. */
import {
  ErrorCode,
  type EvaluationContext,
  GeneralError,
  type OpenFeatureEventEmitter,
  ProviderEvents,
  ProviderFatalError,
} from '@openfeature/web-sdk';
import type { RefetchSource, WebFlag, WebOptions } from './web-options.ts';

interface Bulk {
  readonly flags: readonly WebFlag[];
  /** Of the server itself: it does not know by which name it is called. */
  readonly eventStreams?: readonly { readonly endpoint: { readonly requestUri: string } }[];
}

const CLOSED = 2;
/** Between the loss of a stream and the first question, so that pages that were cut off together do not ask together. */
const FIRST_POLL_MS = 2_000;

export class WebValues {
  /** By key. */
  flags: ReadonlyMap<string, WebFlag> = new Map();
  /** Whose the values are: the context before, while another one's are asked for. */
  served: EvaluationContext = {};
  context: EvaluationContext = {};
  readonly #options: WebOptions;
  readonly #events: OpenFeatureEventEmitter;
  #etag = '';
  /** The question that was asked last: an earlier one's answer is of no more use. */
  #asked: Promise<void> = Promise.resolve();
  #run = 0;
  #source: RefetchSource | null = null;
  #sourceUrl = '';
  /** Whether the stream tells of changes; while it does not, they are asked for. */
  #isLive = true;
  /** Whether values are current as far as is known, which is what the SDK was told last. */
  #isCurrent = true;
  #pollTimer: ReturnType<typeof setTimeout> | undefined;
  #graceTimer: ReturnType<typeof setTimeout> | undefined;

  /** `options.url` ends without a slash. */
  constructor(options: WebOptions, events: OpenFeatureEventEmitter) {
    this.#options = options;
    this.#events = events;
  }

  /** With what the page brought, or has kept, at once; else with the server's answer. */
  async begin(context: EvaluationContext): Promise<void> {
    this.context = context;
    const { bootstrap, cache } = this.#options;
    const known = bootstrap?.flags ?? cache?.read(context);
    if (known === undefined) return this.change(context);
    this.#serve(known);
    // What becomes of it is told after the SDK has said READY.
    this.#poll(0);
  }

  #serve(flags: readonly WebFlag[]): void {
    this.flags = new Map(flags.map((flag) => [flag.key, flag]));
    this.served = this.context;
  }

  change(context: EvaluationContext): Promise<void> {
    this.context = context;
    this.#etag = '';
    return this.ask();
  }

  stop(): void {
    this.#run += 1;
    this.#source?.close();
    clearTimeout(this.#pollTimer);
    clearTimeout(this.#graceTimer);
  }

  /** Whoever has to hear that it failed hears of it by the status. */
  askQuietly(search?: string): void {
    this.ask(search).catch(() => {});
  }

  /** The same promise for questions that overlap: that of the last one. */
  ask(search = ''): Promise<void> {
    this.#run += 1;
    this.#asked = this.#askOnce(this.#run, search);
    return this.#asked;
  }

  async #askOnce(run: number, search: string): Promise<void> {
    clearTimeout(this.#pollTimer);
    let pauseMs = this.#options.pollMs ?? 30_000;
    try {
      const response = await this.#request(search);
      if (run !== this.#run) return this.#asked;
      pauseMs = Math.max(pauseMs, 1_000 * (Number(response.headers.get('retry-after')) || 0));
      if (response.status === 401 || response.status === 403) throw new ProviderFatalError('the server refuses the token');
      if (response.status === 200) await this.#take(response, run);
      else if (response.status !== 304) throw new GeneralError(`the server answered ${response.status}`);
      if (run === this.#run) this.#current();
    } catch (error) {
      if (run !== this.#run) return this.#asked;
      if (error instanceof ProviderFatalError) {
        this.#source?.close();
        this.#options.cache?.clear();
        this.#events.emit(ProviderEvents.Error, { message: error.message, errorCode: ErrorCode.PROVIDER_FATAL });
        throw error;
      }
      this.#stale();
      this.#poll(pauseMs);
      throw error instanceof GeneralError ? error : new GeneralError('the server cannot be reached');
    }
    if (this.#source === null || !this.#isLive) this.#poll(pauseMs);
  }

  #request(search: string): Promise<Response> {
    const { url, token, timeoutMs = 10_000, fetch: send = fetch } = this.#options;
    return send(`${url}/ofrep/v1/evaluate/flags${search}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        ...(this.#etag && { 'if-none-match': this.#etag }),
      },
      body: JSON.stringify({ context: this.context }),
      signal: AbortSignal.timeout(timeoutMs),
    });
  }

  async #take(response: Response, run: number): Promise<void> {
    const { flags, eventStreams = [] } = (await response.json()) as Bulk;
    if (run !== this.#run) return;
    const before = this.flags;
    this.#serve(flags);
    this.#options.cache?.write(this.context, flags);
    this.#etag = response.headers.get('etag') ?? '';
    const flagsChanged = [...new Set([...before.keys(), ...this.flags.keys()])].filter(
      (key) => answerOf(before.get(key)) !== answerOf(this.flags.get(key)),
    );
    if (before.size > 0 && flagsChanged.length > 0) this.#events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged });
    const [stream] = eventStreams;
    if (stream) this.#listen(this.#options.url + stream.endpoint.requestUri);
  }

  #listen(url: string): void {
    const { eventSource = browsers } = this.#options;
    if (eventSource === null || (url === this.#sourceUrl && this.#source?.readyState !== CLOSED)) return;
    this.#source?.close();
    const source = eventSource(url);
    if (source === null) return;
    this.#source = source;
    this.#sourceUrl = url;
    source.onopen = () => {
      // What happened meanwhile was told to nobody: no condition may be on this question.
      if (!this.#isLive) this.#again();
      this.#isLive = true;
    };
    source.onerror = () => {
      if (!this.#isLive) return;
      this.#isLive = false;
      this.#stale();
      this.#poll(FIRST_POLL_MS * (0.5 + Math.random()));
    };
    source.onmessage = ({ data }) => {
      const { type, etag } = JSON.parse(data) as { readonly type: string; readonly etag?: string };
      if (type !== 'refetchEvaluation') return;
      this.askQuietly(etag && `?flagConfigEtag=${encodeURIComponent(etag)}`);
    };
  }

  #again(): void {
    this.#etag = '';
    this.askQuietly();
  }

  #poll(ms: number): void {
    clearTimeout(this.#pollTimer);
    this.#pollTimer = setTimeout(() => this.#again(), ms);
  }

  #current(): void {
    clearTimeout(this.#graceTimer);
    if (!this.#isCurrent) this.#events.emit(ProviderEvents.Ready);
    this.#isCurrent = true;
  }

  #stale(): void {
    if (!this.#isCurrent || this.flags.size === 0) return;
    this.#isCurrent = false;
    this.#events.emit(ProviderEvents.Stale);
    this.#graceTimer = setTimeout(
      () => this.#events.emit(ProviderEvents.Error, { message: 'the server cannot be reached' }),
      this.#options.graceMs ?? 5_000,
    );
  }
}

/** Null where there is none. */
function browsers(url: string): RefetchSource | null {
  return typeof EventSource === 'undefined' ? null : (new EventSource(url) as unknown as RefetchSource);
}

/** What of an answer the page sees. */
function answerOf(flag: WebFlag | undefined): string | undefined {
  return flag && JSON.stringify([flag.value, flag.variant, flag.errorCode]);
}
