/** Who changes, why, and for which request: the one place where a request becomes the options of a mutation. */
import { createHash } from 'node:crypto';
import { actorOf, type Principal } from '@sluice/core';
import { IDEMPOTENCY_KEY, MAX_IDEMPOTENCY_KEY, type Route } from '@sluice/protocol';
import type { FastifyRequest } from 'fastify';
import type { MutationOptions } from 'sluice';
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
  return {
    actor,
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(key === null ? {} : { request: { id: digest(actor, key), fingerprint: fingerprintOf(request) } }),
  };
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
  const message = `must be 1 to ${MAX_IDEMPOTENCY_KEY} printable characters without spaces`;
  throw invalid(`the header ${IDEMPOTENCY_KEY} ${message}`, [{ path: `header ${IDEMPOTENCY_KEY}`, message }]);
}
