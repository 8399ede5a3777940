/** Requests that their receiver can tell from anybody else's: signed as Standard Webhooks (https://www.standardwebhooks.com) say. */
import { randomBytes } from 'node:crypto';
import { SluiceError } from '@sluice/core';
import { Webhook } from 'standardwebhooks';

export interface SignedHeaders {
  readonly 'webhook-id': string;
  /** Seconds since 1970. */
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

const PREFIX = 'whsec_';
const SECRET = /^whsec_[A-Za-z0-9+/]+={0,2}$/;
/** What the standard asks of a key, in bytes. */
const [SHORTEST, LONGEST] = [24, 64];

/** A new secret of 256 random bits. */
export function newSigningSecret(): string {
  return PREFIX + randomBytes(32).toString('base64');
}

/** @throws SluiceError `invalid` at `path`; the message does not repeat the secret */
export function parseSigningSecret(text: unknown, path = '/secret'): string {
  const bytes = typeof text === 'string' && SECRET.test(text) ? Buffer.from(text.slice(PREFIX.length), 'base64').length : 0;
  if (typeof text === 'string' && bytes >= SHORTEST && bytes <= LONGEST) return text;
  const message = `must be "${PREFIX}" and ${SHORTEST} to ${LONGEST} bytes in base64`;
  throw new SluiceError('invalid', `${path} ${message}`, { issues: [{ path, message }] });
}

/** `now` in milliseconds since 1970. `id` is the same whenever the same message is sent again. */
export function signedHeaders(secret: string, id: string, now: number, body: string): SignedHeaders {
  const at = new Date(now);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}
