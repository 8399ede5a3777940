/** What a provider for a page is made with. */

/** A flag's answer as OFREP tells it. A value that is absent is the code's default. */
export interface WebFlag {
  readonly key: string;
  readonly value?: unknown;
  readonly variant?: string;
  readonly reason?: string;
  readonly metadata?: Readonly<Record<string, boolean | string | number>>;
  readonly errorCode?: string;
  readonly errorDetails?: string;
}

/** As much of a browser's EventSource as is needed. */
export interface RefetchSource {
  onopen: ((event: never) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
  onmessage: ((event: { readonly data: string }) => unknown) | null;
  /** 2 once it has given up. */
  readonly readyState: number;
  close(): void;
}

export interface WebOptions {
  /** Of the server, such as `https://flags.example`. */
  readonly url: string;
  /** A client token of the environment. Whoever sees the page can read it. */
  readonly token: string;
  /** Values that the server put into the page, for the context that the provider begins with: it is READY at once then. */
  readonly bootstrap?: { readonly flags: readonly WebFlag[] };
  /** Between two questions while no event stream tells of changes; 30 s unless given. */
  readonly pollMs?: number;
  /** How long values may be STALE before that is an ERROR; 5 s unless given. */
  readonly graceMs?: number;
  /** How long one answer may take; 10 s unless given. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
  /** The browser's EventSource unless given; null polls. */
  readonly eventSource?: ((url: string) => RefetchSource) | null;
}
