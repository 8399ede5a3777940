/** Who changes, why, and for which request: the one place where a request becomes the options of a mutation. */
import { createHash, randomUUID } from 'node:crypto';
import { actorOf, type Principal, type Receipt, shown } from '@sluice/core';
import { IDEMPOTENCY_KEY, MAX_IDEMPOTENCY_KEY, type Route } from '@sluice/protocol';
import type { FastifyRequest } from 'fastify';
import type { MutationOptions } from 'sluice';
import { PASSED_ON } from './break-glass/peers.ts';
import { canonicalText } from './canonical-text.ts';
import { invalid } from './http-problem.ts';

/** The actor is the caller, whatever the request says. @throws HttpProblem 400 for an idempotency key that is none */
export function attributionOf(
  route: Route,
  request: FastifyRequest,
  principal: Principal,
  given: { readonly reason?: unknown },
): MutationOptions {
  const key = route.changes ? idempotencyKey(request) : null;
  const { reason } = given;
  const actor = actorOf(principal);
  const own = key === null ? null : { id: digest(actor, key), fingerprint: fingerprintOf(request) };
  const receipt =
    passedOnReceipt(request, principal) ?? own ?? (route.permission === 'breakGlass.perform' ? newReceipt(request) : null);
  return {
    actor,
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(receipt === null ? {} : { request: receipt }),
  };
}

/** For a request that goes on to other replicas and came without a key: by it all of them have the same change. */
function newReceipt(request: FastifyRequest): Receipt {
  return { id: digest(randomUUID()), fingerprint: fingerprintOf(request) };
}

const RECEIPT = /^([\w-]{43})\.([\w-]{43})$/;

/**
 * The receipt of the request that another replica passes on; null for what comes from anybody else. Only the token that replicas share is believed: whoever else
 * sends the header is somebody who asks.
 * @throws HttpProblem 400 for a header that no replica sends
 */
export function passedOnReceipt({ headers }: Pick<FastifyRequest, 'headers'>, principal: Principal): Receipt | null {
  const text = headers[PASSED_ON];
  if (text === undefined || principal.kind !== 'breakGlass') return null;
  const [, id, fingerprint] = RECEIPT.exec(String(text)) ?? [];
  if (id !== undefined && fingerprint !== undefined) return { id, fingerprint };
  const message = `must be left out: replicas alone send it; it is ${shown(text)}`;
  throw invalid(`the header ${PASSED_ON} ${message}`, [{ path: `header ${PASSED_ON}`, message }]);
}

/** What makes two requests the same: where to, with what, and of which revision. */
function fingerprintOf({ method, url, body, headers }: FastifyRequest): string {
  return digest(method, url, canonicalText(body ?? null), headers['if-match'] ?? '', headers['if-none-match'] ?? '');
}

/** Keys of two callers are two keys. */
function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

function idempotencyKey({ headers }: FastifyRequest): string | null {
  const key = headers[IDEMPOTENCY_KEY];
  if (key === undefined) return null;
  if (typeof key === 'string' && /^[\x21-\x7e]+$/.test(key) && key.length <= MAX_IDEMPOTENCY_KEY) return key;
  const message = `must be 1 to ${MAX_IDEMPOTENCY_KEY} printable characters without spaces; it is ${shown(key)}`;
  throw invalid(`the header ${IDEMPOTENCY_KEY} ${message}`, [{ path: `header ${IDEMPOTENCY_KEY}`, message }]);
}
