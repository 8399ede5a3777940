/** The one way out: every request to a URL that somebody saved goes through here, to an address that was checked for this very request. */
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIPv6 } from 'node:net';
import { SluiceError } from '@sluice/core';
import { type Clock, type Fetch, systemClock } from 'sluice';
import { type CheckedDestination, checkedDestination, type ResolveName, resolveName } from './check-outbound-url.ts';
import type { OutboundPolicy } from './outbound-policy.ts';

export interface GuardedFetchOptions {
  readonly policy: OutboundPolicy;
  /** The system's resolver if absent. */
  readonly resolve?: ResolveName;
  /** What the deadline is measured by; the system's clock if absent. */
  readonly clock?: Clock;
  /** From the call to the last byte of the answer; 10 s unless given. */
  readonly deadlineMs?: number;
}

/** 1 MiB. */
export const LONGEST_ANSWER = 1_048_576;

interface Stop {
  readonly signal: AbortSignal;
  release(): void;
}

/**
 * A `fetch` that is safe to call with a URL from outside. The name is resolved once, every address is checked, and the connection goes to one of these,
 * whatever the name leads to a moment later; the certificate and the Host header are the name's. Redirects are not followed, and the answer is there
 * whole or not at all: it has until the deadline, and 1 MiB.
 *
 * It rejects with SluiceError `refused` for what is not permitted and for a redirect, `unavailable` for everything else that goes wrong.
 */
export function guardedFetch(options: GuardedFetchOptions): Fetch {
  const { policy, resolve = resolveName, clock = systemClock(), deadlineMs = 10_000 } = options;
  return async (url, init) => {
    const stop = stopAt(clock, deadlineMs, init.signal ?? null);
    try {
      const destination = await orStopped(checkedDestination(String(url), policy, resolve), stop.signal);
      if (typeof destination === 'string') throw new SluiceError('refused', `the address ${destination}`);
      return await ask(destination, init, stop.signal);
    } finally {
      stop.release();
    }
  };
}

async function ask({ url, addresses }: CheckedDestination, init: RequestInit, signal: AbortSignal): Promise<Response> {
  const sent = new Request(url, { ...init, signal: null, redirect: 'error' });
  const body = Buffer.from(await sent.arrayBuffer());
  const headers = { ...Object.fromEntries(sent.headers), 'content-length': String(body.length), 'accept-encoding': 'identity' };
  const start = url.protocol === 'https:' ? requestHttps : requestHttp;
  // A connection that is kept would be found again by its name, so each request has its own.
  const outgoing = start(url, { method: sent.method, headers, agent: false, lookup: pinnedTo(addresses) });
  const abandon = (): void => void outgoing.destroy(reasonOf(signal));
  if (signal.aborted) abandon();
  signal.addEventListener('abort', abandon, { once: true });
  try {
    const answer = await answerOf(outgoing, body);
    return await wholeResponse(answer, url);
  } catch (error) {
    throw signal.aborted ? reasonOf(signal) : asFailure(error, url);
  } finally {
    signal.removeEventListener('abort', abandon);
    outgoing.destroy();
  }
}

function pinnedTo(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_name, options, callback) => {
    const [first] = all;
    if (options.all === true) callback(null, all);
    else callback(null, first?.address ?? '', first?.family);
  };
}

function answerOf(outgoing: ClientRequest, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.on('response', resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function wholeResponse(answer: IncomingMessage, url: URL): Promise<Response> {
  const { statusCode: status = 0 } = answer;
  if (status >= 300 && status < 400 && status !== 304)
    throw new SluiceError(
      'refused',
      `${url.origin} answered ${status}, a redirect, and redirects are not followed: give the address that it leads to`,
    );
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_ANSWER)
      throw new SluiceError('unavailable', `${url.origin} answered with more than ${LONGEST_ANSWER} bytes`);
    chunks.push(chunk);
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headersDistinct)) for (const one of value ?? []) headers.append(name, one);
  return new Response(status === 204 || status === 205 || status === 304 ? null : Buffer.concat(chunks), { status, headers });
}

function asFailure(error: unknown, url: URL): SluiceError {
  if (error instanceof SluiceError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new SluiceError('unavailable', `${url.origin} could not be asked: ${reason}`, { cause: error });
}

function stopAt(clock: Clock, deadlineMs: number, outer: AbortSignal | null): Stop {
  const abort = new AbortController();
  const late = new SluiceError('unavailable', `no answer within ${deadlineMs} ms`);
  const cancel = clock.schedule(clock.now() + deadlineMs, () => abort.abort(late), { keepAlive: true });
  const forward = (): void => abort.abort(outer?.reason);
  if (outer?.aborted) forward();
  outer?.addEventListener('abort', forward, { once: true });
  return {
    signal: abort.signal,
    release: () => {
      cancel();
      outer?.removeEventListener('abort', forward);
    },
  };
}

/** A resolver that hangs must not outlast the deadline. */
function orStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopped = (): void => reject(reasonOf(signal));
    if (signal.aborted) stopped();
    signal.addEventListener('abort', stopped, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stopped));
  });
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new SluiceError('unavailable', 'nobody waits for the answer any more');
}
