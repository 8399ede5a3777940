/** The provider of a page: values that the server evaluated for one context, and word to it of what the page used of them. */
import {
  ErrorCode,
  type EvaluationContext,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  type ResolutionDetails,
  type TrackingEventDetails,
} from '@openfeature/web-sdk';
import type { WebOptions } from './web-options.ts';
import { WebReports } from './web-reports.ts';
import { WebValues } from './web-values.ts';

/** Comes to the window from its document, and is the last that a page hears: one that is closed, left, or put away by a phone is hidden first. */
const SIGHT = 'visibilitychange';

/** What there is of a browser: nothing in another program. */
const PAGE = globalThis as unknown as Partial<EventTarget> & { readonly document?: { readonly visibilityState: string } };

export class SluiceWebProvider implements Provider {
  readonly runsOn = 'client';
  readonly metadata = { name: 'sluice-web' } as const;
  readonly events = new OpenFeatureEventEmitter();
  readonly #values: WebValues;
  readonly #reports: WebReports | null;
  readonly #isAskingWhenSeen: boolean;

  constructor(options: WebOptions) {
    const url = options.url.replace(/\/+$/, '');
    const { token, reports = true, refetchOnVisible = true, fetch: send = fetch } = options;
    this.#values = new WebValues({ ...options, url }, this.events);
    this.#isAskingWhenSeen = refetchOnVisible;
    // A text needs no leave of the server, for which a page that closes has no time; kept alive, it outlives the page.
    const bring = (body: string): Promise<Response> =>
      send(`${url}/ofrep/v1/reports?token=${encodeURIComponent(token)}`, { method: 'POST', body, keepalive: true });
    this.#reports = reports ? new WebReports(bring) : null;
  }

  /** @throws ProviderFatalError when the token is refused, GeneralError when there is no answer */
  initialize(context: EvaluationContext = {}): Promise<void> {
    PAGE.addEventListener?.(SIGHT, this.#onSight);
    return this.#values.begin(context);
  }

  onContextChange(_before: EvaluationContext, context: EvaluationContext): Promise<void> {
    return this.#values.change(context);
  }

  /** A value of every test and rollout that the user is in, 1 unless the details have a `value`. */
  track(metric: string, _context: EvaluationContext, { value = 1 }: TrackingEventDetails = {}): void {
    this.#reports?.tracked(this.#values.context, metric, value);
  }

  readonly #onSight = (): void => {
    this.#reports?.flush();
    if (this.#isAskingWhenSeen && PAGE.document?.visibilityState === 'visible') this.#values.askQuietly();
  };

  /** Sends what waits. */
  async onClose(): Promise<void> {
    PAGE.removeEventListener?.(SIGHT, this.#onSight);
    this.#values.stop();
    this.#reports?.flush();
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
    const { flags, served } = this.#values;
    const flag = flags.get(key);
    const { value = fallback, variant, reason = 'UNKNOWN', metadata: flagMetadata, errorDetails: errorMessage } = flag ?? {};
    const mismatch = typeof value === type ? undefined : ErrorCode.TYPE_MISMATCH;
    const errorCode = flag ? (flag.errorCode ?? mismatch) : ErrorCode.FLAG_NOT_FOUND;
    // The SDK takes what is undefined for what is left out.
    if (errorCode) return { value: fallback, reason: 'ERROR', errorCode, errorMessage } as ResolutionDetails<T>;
    if (variant !== undefined) this.#reports?.served(served, key, variant, flagMetadata?.version);
    return { value, reason, variant, flagMetadata } as ResolutionDetails<T>;
  }
}
