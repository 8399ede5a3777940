/** Secrets of tokens: `sl_<kind>_<id>_<secret>`, of which only a hash is kept. */
import { hash as digest, randomBytes, timingSafeEqual } from 'node:crypto';
import type { TokenKind, TokenSecret } from '@sluice/core';

const FORM = /^sl_(?:server|client|personal)_([0-9a-f]{24})_[A-Za-z0-9_-]{43}$/;
/** Compared with where there is no token, so that an unknown id takes as long as a wrong secret. */
const NO_HASH = Buffer.alloc(32);

export interface NewSecret extends TokenSecret {
  /** Shown once, to whoever makes the token. */
  readonly secret: string;
}

/** 256 bits of randomness: nothing slower than SHA-256 is needed to keep it. */
export function newTokenSecret(kind: TokenKind): NewSecret {
  const id = randomBytes(12).toString('hex');
  const secret = `sl_${kind}_${id}_${randomBytes(32).toString('base64url')}`;
  return { id, secret, hash: hashOfSecret(secret).toString('hex') };
}

/** The id of the token; null for a text of another form. */
export function idOfSecret(secret: unknown): string | null {
  return (typeof secret === 'string' ? FORM.exec(secret)?.[1] : undefined) ?? null;
}

/** Whether the secret is that of the hash, in a time that does not depend on how much of it is right. */
export function isSecretOf(secret: string, hash: string | undefined): boolean {
  const kept = hash === undefined ? NO_HASH : Buffer.from(hash, 'hex');
  const isEqual = timingSafeEqual(hashOfSecret(secret), kept.length === NO_HASH.length ? kept : NO_HASH);
  return isEqual && hash !== undefined;
}

function hashOfSecret(secret: string): Buffer {
  return digest('sha256', secret, 'buffer');
}

/** What a webhook's signatures are made with, in the form of Standard Webhooks. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
