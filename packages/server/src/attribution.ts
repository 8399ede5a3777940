/** Who changes and why, for every change that a request makes: the one place where a request becomes the options of a mutation. */
import { IDEMPOTENCY_KEY, MAX_IDEMPOTENCY_KEY, type Route } from '@sluice/protocol';
import type { FastifyRequest } from 'fastify';
import type { MutationOptions } from 'sluice';
import { invalid } from './http-problem.ts';
import type { Principal } from './workspace.ts';

/** The actor is the caller, whatever the request says. @throws HttpProblem 400 for an idempotency key that is none */
export function attributionOf(
  route: Route,
  request: FastifyRequest,
  principal: Principal,
  given: { readonly reason?: unknown },
): MutationOptions {
  if (route.changes) checkIdempotencyKey(request);
  const { reason } = given;
  return { actor: principal.actor, ...(typeof reason === 'string' ? { reason } : {}) };
}

function checkIdempotencyKey({ headers }: FastifyRequest): void {
  const key = headers[IDEMPOTENCY_KEY];
  if (key === undefined || (typeof key === 'string' && /^[\x21-\x7e]+$/.test(key) && key.length <= MAX_IDEMPOTENCY_KEY)) return;
  const message = `must be 1 to ${MAX_IDEMPOTENCY_KEY} printable characters without spaces`;
  throw invalid(`the header ${IDEMPOTENCY_KEY} ${message}`, [{ path: `header ${IDEMPOTENCY_KEY}`, message }]);
}
