/** The provider of a page: values that the server evaluated for one context, asked again when it says that they may have changed. */
import {
  ErrorCode,
  type EvaluationContext,
  GeneralError,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  ProviderFatalError,
  type ResolutionDetails,
} from '@openfeature/web-sdk';
import type { RefetchSource, WebFlag, WebOptions } from './web-options.ts';

interface Bulk {
  readonly flags: readonly WebFlag[];
  readonly eventStreams?: readonly {
    readonly type: string;
    readonly url?: string;
    readonly endpoint?: { readonly origin?: string; readonly requestUri: string };
  }[];
}

const CLOSED = 2;
/** Between the loss of a stream and the first question, so that pages that were cut off together do not ask together. */
const FIRST_POLL_MS = 2_000;

export class SluiceWebProvider implements Provider {
  readonly runsOn = 'client';
  readonly metadata = { name: 'sluice-web' } as const;
  readonly events = new OpenFeatureEventEmitter();
  readonly #options: WebOptions;
  readonly #url: string;
  #flags: ReadonlyMap<string, WebFlag> = new Map();
  #context: EvaluationContext = {};
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

  constructor(options: WebOptions) {
    this.#options = options;
    this.#url = options.url.replace(/\/+$/, '');
  }

  /** @throws ProviderFatalError when the token is refused, GeneralError when there is no answer */
  async initialize(context: EvaluationContext = {}): Promise<void> {
    this.#context = context;
    const { bootstrap } = this.#options;
    if (bootstrap === undefined) return this.#ask();
    this.#flags = byKey(bootstrap.flags);
    this.#ask().catch(() => {});
  }

  onContextChange(_before: EvaluationContext, context: EvaluationContext): Promise<void> {
    this.#context = context;
    this.#etag = '';
    return this.#ask();
  }

  onClose(): Promise<void> {
    this.#run += 1;
    this.#close();
    clearTimeout(this.#pollTimer);
    clearTimeout(this.#graceTimer);
    return Promise.resolve();
  }

  /** The same promise for questions that overlap: that of the last one. */
  #ask(search = ''): Promise<void> {
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
        this.#close();
        this.events.emit(ProviderEvents.Error, { message: error.message, errorCode: ErrorCode.PROVIDER_FATAL });
        throw error;
      }
      this.#stale();
      this.#poll(pauseMs);
      throw error instanceof GeneralError ? error : new GeneralError('the server cannot be reached');
    }
    if (this.#source === null || !this.#isLive) this.#poll(pauseMs);
  }

  async #request(search: string): Promise<Response> {
    const { token, timeoutMs = 10_000, fetch: send = fetch } = this.#options;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), timeoutMs);
    try {
      return await send(`${this.#url}/ofrep/v1/evaluate/flags${search}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${token}`,
          ...(this.#etag === '' ? {} : { 'if-none-match': this.#etag }),
        },
        body: JSON.stringify({ context: this.#context }),
        signal: controller.signal,
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async #take(response: Response, run: number): Promise<void> {
    const { flags, eventStreams = [] } = (await response.json()) as Bulk;
    if (run !== this.#run) return;
    const before = this.#flags;
    this.#flags = byKey(flags);
    this.#etag = response.headers.get('etag') ?? '';
    const flagsChanged = [...new Set([...before.keys(), ...this.#flags.keys()])].filter(
      (key) => answerOf(before.get(key)) !== answerOf(this.#flags.get(key)),
    );
    if (before.size > 0 && flagsChanged.length > 0) this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged });
    const stream = eventStreams.find(({ type }) => type === 'sse');
    if (stream !== undefined) this.#listen(stream.url ?? `${stream.endpoint?.origin ?? this.#url}${stream.endpoint?.requestUri}`);
  }

  #listen(url: string): void {
    const { eventSource = browsers } = this.#options;
    if (eventSource === null || (url === this.#sourceUrl && this.#source?.readyState !== CLOSED)) return;
    this.#close();
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
      const search = etag === undefined ? '' : `?flagConfigEtag=${encodeURIComponent(etag)}`;
      this.#ask(search).catch(() => {});
    };
  }

  #again(): void {
    this.#etag = '';
    this.#ask().catch(() => {});
  }

  #poll(ms: number): void {
    clearTimeout(this.#pollTimer);
    this.#pollTimer = setTimeout(() => this.#again(), ms);
  }

  #current(): void {
    clearTimeout(this.#graceTimer);
    if (!this.#isCurrent) this.events.emit(ProviderEvents.Ready);
    this.#isCurrent = true;
  }

  #stale(): void {
    if (!this.#isCurrent || this.#flags.size === 0) return;
    this.#isCurrent = false;
    this.events.emit(ProviderEvents.Stale);
    this.#graceTimer = setTimeout(
      () => this.events.emit(ProviderEvents.Error, { message: 'the server cannot be reached' }),
      this.#options.graceMs ?? 5_000,
    );
  }

  #close(): void {
    this.#source?.close();
    this.#source = null;
  }

  resolveBooleanEvaluation(key: string, fallback: boolean): ResolutionDetails<boolean> {
    return this.#resolve(key, fallback, 'boolean');
  }

  resolveStringEvaluation(key: string, fallback: string): ResolutionDetails<string> {
    return this.#resolve(key, fallback, 'string');
  }

  resolveNumberEvaluation(key: string, fallback: number): ResolutionDetails<number> {
    return this.#resolve(key, fallback, 'number');
  }

  resolveObjectEvaluation<T extends JsonValue>(key: string, fallback: T): ResolutionDetails<T> {
    return this.#resolve(key, fallback, 'object');
  }

  #resolve<T>(key: string, fallback: T, type: string): ResolutionDetails<T> {
    const flag = this.#flags.get(key);
    const code = flag === undefined ? ErrorCode.FLAG_NOT_FOUND : (flag.errorCode as ErrorCode | undefined);
    const { value = fallback, variant, reason = 'UNKNOWN', metadata, errorDetails } = flag ?? {};
    const errorCode = code ?? (typeof value === type ? undefined : ErrorCode.TYPE_MISMATCH);
    if (errorCode !== undefined)
      return {
        value: fallback,
        reason: 'ERROR',
        errorCode,
        ...(errorDetails === undefined ? {} : { errorMessage: errorDetails }),
      };
    return {
      value: value as T,
      reason,
      ...(variant === undefined ? {} : { variant }),
      ...(metadata === undefined ? {} : { flagMetadata: metadata }),
    };
  }
}

/** Null where there is none. */
function browsers(url: string): RefetchSource | null {
  return typeof EventSource === 'undefined' ? null : (new EventSource(url) as unknown as RefetchSource);
}

function byKey(flags: readonly WebFlag[]): ReadonlyMap<string, WebFlag> {
  return new Map(flags.map((flag) => [flag.key, flag]));
}

/** What of an answer the page sees. */
function answerOf(flag: WebFlag | undefined): string | undefined {
  return flag && JSON.stringify([flag.value, flag.variant, flag.errorCode]);
}
