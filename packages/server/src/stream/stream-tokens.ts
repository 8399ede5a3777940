/**
 * The right to listen to one scope's refetch events, as a text that can stand in a URL: a browser's EventSource sends no headers. It
 * gives nothing else, ends soon, and says whose it is, so that it ends with the token that it was given for.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { isScope, type Scope, SluiceError } from '@sluice/core';
import type { OfrepEventStream } from '@sluice/protocol';

export interface StreamGrant {
  readonly scope: Scope;
  /** The id of the client token for which it was given. */
  readonly tokenId: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

export interface StreamTokensOptions {
  /** At least 32 bytes, the same on all replicas. */
  readonly secret: Uint8Array;
  /** It is good for one to two times as long, because it ends at a whole multiple of it; an hour unless given. */
  readonly lifetimeMs?: number;
}

const MIN_SECRET_BYTES = 32;
const MAX_TOKEN_LENGTH = 8_000;
const MOST_KEPT = 1_000;
/** What is signed says what for, so that no other signature with the same secret is one of these. */
const PURPOSE = 'sluice stream token 1';

export class StreamTokens {
  readonly #secret: Uint8Array;
  readonly #lifetimeMs: number;
  /** By claims: bulk evaluations are answered with the same one for an hour. */
  readonly #issued = new Map<string, string>();

  /** @throws SluiceError `invalid` for a secret that can be guessed, or a lifetime that is none */
  constructor({ secret, lifetimeMs = 3_600_000 }: StreamTokensOptions) {
    if (secret.length < MIN_SECRET_BYTES)
      throw new SluiceError('invalid', `/secret must have ${MIN_SECRET_BYTES} bytes or more; it has ${secret.length}`);
    if (!Number.isSafeInteger(lifetimeMs) || lifetimeMs <= 0)
      throw new SluiceError('invalid', `/lifetimeMs must be whole milliseconds above 0; it is ${lifetimeMs}`);
    this.#secret = secret;
    this.#lifetimeMs = lifetimeMs;
  }

  /** The same for the same right as long as it is fresh: clients connect anew whenever the URL that they are given is another. */
  issue({ scope, tokenId }: Pick<StreamGrant, 'scope' | 'tokenId'>, now: number): string {
    const endsAt = (Math.floor(now / this.#lifetimeMs) + 2) * this.#lifetimeMs;
    const claims = JSON.stringify([scope.project, scope.environment, tokenId, endsAt]);
    const known = this.#issued.get(claims);
    if (known !== undefined) return known;
    const payload = Buffer.from(claims).toString('base64url');
    const token = `${payload}.${this.#signatureOf(payload).toString('base64url')}`;
    // Those of hours that are over go with the others.
    if (this.#issued.size >= MOST_KEPT) this.#issued.clear();
    this.#issued.set(claims, token);
    return token;
  }

  /** Null for whatever was not issued here, or is over. */
  read(token: string, now: number): StreamGrant | null {
    if (token.length > MAX_TOKEN_LENGTH) return null;
    const [payload = '', signature = '', ...rest] = token.split('.');
    const given = Buffer.from(signature, 'base64url');
    const expected = this.#signatureOf(payload);
    if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    const [project, environment, tokenId, endsAt] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as unknown[];
    const scope = { project, environment };
    if (!isScope(scope) || typeof tokenId !== 'string' || typeof endsAt !== 'number') return null;
    return endsAt > now ? { scope, tokenId, endsAt } : null;
  }

  #signatureOf(payload: string): Buffer {
    return createHmac('sha256', this.#secret).update(`${PURPOSE}.${payload}`).digest();
  }
}

/** Seconds that a hidden page keeps its stream. */
const INACTIVITY_DELAY_S = 120;

/** The entry of `eventStreams` in the answer to a bulk evaluation. `path` is where the refetch events are served. */
export function ofrepEventStream(path: string, token: string): OfrepEventStream {
  return { type: 'sse', endpoint: { requestUri: `${path}?token=${token}` }, inactivityDelaySec: INACTIVITY_DELAY_S };
}
