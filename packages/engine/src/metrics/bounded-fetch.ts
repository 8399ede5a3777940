/** A request that ends at its deadline and reads no more than its cap, whatever the other side does. */

import { type Measurement, SluiceError } from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import { describeFailure, describeValue } from '../failure.ts';
import { METRIC_DEADLINE_MS } from './metric-source.ts';

/** 1 MiB: an answer is a figure or two, so what is longer is not one. */
const LONGEST_BODY = 1_048_576;

export type Unmeasured = Extract<Measurement, { kind: 'error' }>;

export interface Deadline {
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Sends one HTTP request as the global `fetch` does. A server gives one that goes to permitted addresses only. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

export interface Asking extends Deadline {
  readonly fetch: Fetch;
}

export interface Answered {
  readonly kind: 'answered';
  readonly status: number;
  readonly text: string;
}

/** Any status is an answer. No connection, a body that breaks off or is over 1 MiB, and the deadline are `error` with the cause `provider`; never rejects. */
export async function boundedFetch(url: URL, init: RequestInit, { clock, at, fetch }: Asking): Promise<Answered | Unmeasured> {
  if (clock.now() >= at) return lateFrom(url);
  const stop = new AbortController();
  const cancel = clock.schedule(at, () => stop.abort(), { keepAlive: true });
  try {
    const response = await fetch(url, { ...init, signal: stop.signal });
    const text = await boundedText(response);
    if (text === null) return providerError(`${url.origin} answered with more than ${LONGEST_BODY} bytes`);
    return { kind: 'answered', status: response.status, text };
  } catch (error) {
    return stop.signal.aborted ? lateFrom(url) : providerError(`${url.origin} could not be asked: ${reasonOf(error)}`);
  } finally {
    cancel();
    stop.abort();
  }
}

/** @throws SluiceError `invalid` at `/url` */
export function parseSourceUrl(url: unknown): URL {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null;
  const isHttp = parsed?.protocol === 'http:' || parsed?.protocol === 'https:';
  if (parsed !== null && isHttp && parsed.username === '' && parsed.password === '') return parsed;
  const isSecret = parsed !== null && isHttp;
  const message = isSecret
    ? 'must have no user name or password in it; give them in headers: { authorization }'
    : `must be an http or https address; it is ${describeValue(url)}`;
  throw new SluiceError('invalid', `metric source: /url ${message}`, { issues: [{ path: '/url', message }] });
}

/** @throws SluiceError `invalid` at `/headers` */
export function parseSourceHeaders(headers: Readonly<Record<string, string>> | undefined): Headers {
  try {
    return new Headers(headers);
  } catch (error) {
    // What fetch says of a bad header holds its value, which may be a secret.
    const message = 'must be an object of header names and texts without line breaks';
    throw new SluiceError('invalid', `metric source: /headers ${message}`, {
      issues: [{ path: '/headers', message }],
      cause: error instanceof Error ? error.name : undefined,
    });
  }
}

export function providerError(message: string): Unmeasured {
  return { kind: 'error', cause: 'provider', message };
}

export function badQuery(message: string): Unmeasured {
  return { kind: 'error', cause: 'badQuery', message };
}

function lateFrom(url: URL): Unmeasured {
  return providerError(`${url.origin} gave no answer within ${METRIC_DEADLINE_MS} ms`);
}

/** Null when it is longer than the cap. */
async function boundedText(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > LONGEST_BODY) return null;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** Fetch says only that it failed; why is in the cause. */
function reasonOf(error: unknown): string {
  return describeFailure(error instanceof TypeError && error.cause !== undefined ? error.cause : error);
}
