/** A stage's validator that is somebody's HTTP service: asked with a signed POST, answered with `{ "ok": true }` or `{ "ok": false }`. */
import { SluiceError } from '@sluice/core';
import type { Clock, Fetch, Validator, ValidatorQuestion } from 'sluice';
import { parseSigningSecret, signedHeaders } from '../signing/standard-webhook.ts';

export interface HttpValidatorOptions {
  readonly url: URL;
  /** `whsec_…`, which the receiver checks the signature by. */
  readonly secret: string;
  readonly fetch: Fetch;
  readonly clock: Pick<Clock, 'now'>;
}

/** The body of the request. `idempotencyKey` is its `webhook-id`, too. */
export interface ValidatorRequest extends ValidatorQuestion {
  readonly type: 'rollout.validate';
  /** 0 to 100. */
  readonly percentage: number;
  /** When it was asked, ISO 8601. */
  readonly timestamp: string;
}

const LONGEST_EXCERPT = 200;

/**
 * Only status 200 with `{ "ok": true }` advances and only with `{ "ok": false }` it is harm; whatever else comes, or comes late, is a failure that
 * holds the rollout and says why.
 * @throws SluiceError `invalid` at `/secret`
 */
export function httpValidator({ url, secret, fetch, clock }: HttpValidatorOptions): Validator {
  const key = parseSigningSecret(secret);
  return async (percentage, { signal, ...question }) => {
    const now = clock.now();
    const asked: ValidatorRequest = { type: 'rollout.validate', timestamp: new Date(now).toISOString(), percentage, ...question };
    const body = JSON.stringify(asked);
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const signed = signedHeaders(key, question.idempotencyKey, now, body);
    return answerOf(await fetch(url, { method: 'POST', headers: { ...headers, ...signed }, body, signal }), url);
  };
}

async function answerOf(response: Response, { origin }: URL): Promise<boolean> {
  const text = await response.text();
  const ok = response.status === 200 ? okOf(text) : null;
  if (ok !== null) return ok;
  const wanted = 'status 200 with { "ok": true } or { "ok": false }';
  throw new SluiceError('unavailable', `${origin} answered ${response.status}, not ${wanted}: ${text.slice(0, LONGEST_EXCERPT)}`);
}

function okOf(text: string): boolean | null {
  try {
    const body: unknown = JSON.parse(text);
    const ok = typeof body === 'object' && body !== null && Object.hasOwn(body, 'ok') ? (body as { ok: unknown }).ok : null;
    return typeof ok === 'boolean' ? ok : null;
  } catch {
    return null;
  }
}
