/** How long to wait before trying again. */

/** What the server asks of who gives no other hint. */
const DEFAULT_HINT_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;

export interface ReconnectFacts {
  /** Tries that failed since a stream was last healthy; 0 when the first is to come. */
  readonly failures: number;
  /** What the last stream's `retry` said, in milliseconds; null when it said nothing. */
  readonly hintMs: number | null;
  /** What a refusal's `Retry-After` said, in milliseconds; null when it said nothing. Never undercut. */
  readonly retryAfterMs: number | null;
}

/**
 * Twice as long after each failure, up to 30 s, of which `chance` (0 to 1) takes away up to half, so that clients that were cut off together do not
 * come back together. The server's hint is different for each client already and is kept to the first time.
 */
export function reconnectDelay({ failures, hintMs, retryAfterMs }: ReconnectFacts, chance: number): number {
  const first = hintMs ?? DEFAULT_HINT_MS;
  const backoff = Math.min(first * 2 ** Math.min(failures, 16), LONGEST_DELAY_MS);
  const jittered = failures === 0 && hintMs !== null ? backoff : backoff * (1 - chance / 2);
  return Math.max(jittered, retryAfterMs === null ? 0 : retryAfterMs * (1 + chance / 10));
}

/** What `Retry-After` says, seconds or a date, in milliseconds from `now`; null when it says nothing. */
export function retryAfterOf(header: string | null, now: number): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
