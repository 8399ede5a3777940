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

/** Where the last values of a page are kept; none of it throws. */
export interface WebValueCache {
  /** Undefined where nothing is kept for this context. */
  read(context: object): readonly WebFlag[] | undefined;
  write(context: object, flags: readonly WebFlag[]): void;
  /** When the token is refused. */
  clear(): void;
}

export interface WebOptions {
  /** Of the server, such as `https://flags.example`. */
  readonly url: string;
  /** A client token of the environment. Whoever sees the page can read it. */
  readonly token: string;
  /** Values that the server put into the page, for the context that the provider begins with: it is READY at once then. */
  readonly bootstrap?: { readonly flags: readonly WebFlag[] };
  /**
   * Keeps the last values for the next visit, as `new WebCache(localStorage)` does; nothing does unless given. With values of the same context the provider
   * is READY at once, they have the reason CACHED until the server has answered, and are STALE if it does not.
   */
  readonly cache?: WebValueCache;
  /** Whether the server is asked when the page is seen again after it was hidden; true unless given. */
  readonly refetchOnVisible?: boolean;
  /** Between two questions while no event stream tells of changes; 30 s unless given. */
  readonly pollMs?: number;
  /** How long values may be STALE before that is an ERROR; 5 s unless given. */
  readonly graceMs?: number;
  /** How long one answer may take; 10 s unless given. */
  readonly timeoutMs?: number;
  /** Whether the server is told what the page used of its values, which are exposures then, and what it tracks; true unless given. */
  readonly reports?: boolean;
  readonly fetch?: typeof fetch;
  /** The browser's EventSource unless given; null polls. */
  readonly eventSource?: ((url: string) => RefetchSource) | null;
}
