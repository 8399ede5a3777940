/** One call over HTTP: built from the route, bounded in time, repeated only where that is safe. */
import { SluiceError } from '@sluice/core';
import { errorOfProblem, etagOfRevision, IDEMPOTENCY_KEY, type Route, type RouteId, routeOf } from '@sluice/protocol';

export interface ClientOptions {
  /** Such as `http://127.0.0.1:4400`; a path behind it is kept. */
  readonly url: string;
  /** A secret, or what gives one at each call. */
  readonly token?: string | (() => string | Promise<string>);
  /** For one attempt; 10 s unless given. */
  readonly timeoutMs?: number;
  /** Further attempts of calls that are safe to repeat; 2 unless given. */
  readonly retries?: number;
  readonly fetch?: typeof fetch;
}

export interface CallOptions {
  /** The revision that was seen: of another one nothing is changed, and the call fails with `conflict`. 0 wants that there is none. */
  readonly ifRevision?: number;
  /** Makes a change that is sent more than once be done once. Calls with it are repeated when the network fails. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

type Request = (id: RouteId, input: object, options: CallOptions) => Promise<unknown>;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** Of answers that say: later. */
const RETRIED = new Set([429, 502, 503, 504]);

export function requester({ url, token, timeoutMs = 10_000, retries = 2, fetch: send = fetch }: ClientOptions): Request {
  return async (id, input, options) => {
    const route = routeOf(id);
    const { path, body } = sent(route, input as Readonly<Record<string, unknown>>);
    const secret = typeof token === 'function' ? await token() : token;
    const headers = headersOf(secret, body, options);
    // A change without a key may have been done although its answer was lost.
    const attempts = route.changes && options.idempotencyKey === undefined ? 1 : retries + 1;
    for (let attempt = 1; ; attempt++) {
      const { signal, release } = limited(timeoutMs, options.signal);
      const init = { method: route.method, headers, body, signal };
      const outcome = await attempted(send, `${url.replace(/\/+$/, '')}${path}`, init).finally(release);
      if ('answer' in outcome) return outcome.answer;
      if (attempt >= attempts || !outcome.isWorthRepeating || options.signal?.aborted === true) throw outcome.error;
      await pause(outcome.afterMs ?? Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS), options.signal);
    }
  };
}

interface Failed {
  readonly error: SluiceError;
  readonly isWorthRepeating: boolean;
  readonly afterMs?: number;
}
interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

async function attempted(send: typeof fetch, url: string, init: Sent): Promise<{ readonly answer: unknown } | Failed> {
  const { body, ...rest } = init;
  try {
    const response = await send(url, { ...rest, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    const answer = parsed(text, response.headers.get('content-type'));
    if (response.ok) return { answer };
    const after = Number(response.headers.get('retry-after') ?? Number.NaN) * 1000;
    return {
      error: errorOfProblem(response.status, answer),
      isWorthRepeating: RETRIED.has(response.status),
      ...(Number.isFinite(after) ? { afterMs: Math.min(after, LONGEST_PAUSE_MS) } : {}),
    };
  } catch (cause) {
    const why = cause instanceof Error && cause.name === 'TimeoutError' ? 'did not answer in time' : 'cannot be reached';
    return {
      error: new SluiceError('unavailable', `the server at ${new URL(url).origin} ${why}`, { cause }),
      isWorthRepeating: true,
    };
  }
}

/** Held by what it limits: Node lets a signal of `AbortSignal.any` and `AbortSignal.timeout` be collected before it fires, and the call waits for ever. */
function limited(ms: number, caller: AbortSignal | undefined): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const late = (): void => controller.abort(Object.assign(new Error(`no answer within ${ms} ms`), { name: 'TimeoutError' }));
  const given = (): void => controller.abort(caller?.reason);
  const timer = setTimeout(late, ms);
  caller?.addEventListener('abort', given);
  if (caller?.aborted === true) given();
  return {
    signal: controller.signal,
    release: () => {
      clearTimeout(timer);
      caller?.removeEventListener('abort', given);
    },
  };
}

/** Nothing is answered as undefined, and what is no JSON as its text. */
function parsed(text: string, type: string | null): unknown {
  if (text === '') return undefined;
  return type !== null && /json/i.test(type) ? JSON.parse(text) : text;
}

function headersOf(secret: string | undefined, body: string | undefined, options: CallOptions): Record<string, string> {
  const { ifRevision, idempotencyKey } = options;
  return {
    accept: 'application/json',
    ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(ifRevision === undefined ? {} : ifRevision === 0 ? { 'if-none-match': '*' } : { 'if-match': etagOfRevision(ifRevision) }),
    ...(idempotencyKey === undefined ? {} : { [IDEMPOTENCY_KEY]: idempotencyKey }),
  };
}

/** Each name belongs to one of the path, the query and the body. @throws SluiceError `invalid` for a name of none, and a part of the path that is missing */
function sent(
  route: Route,
  input: Readonly<Record<string, unknown>>,
): { readonly path: string; readonly body: string | undefined } {
  const query = new URLSearchParams();
  const body: Record<string, unknown> = {};
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => {
    if (!Object.hasOwn(input, name) || input[name] === '') throw misnamed(route, name, 'is missing');
    // A path with one of these is another path by the time that it is sent.
    if (input[name] === '.' || input[name] === '..') throw misnamed(route, name, `must not be "${input[name]}"`);
    if (/\p{Surrogate}/u.test(String(input[name]))) throw misnamed(route, name, 'must be well-formed Unicode');
    return encodeURIComponent(String(input[name]));
  });
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || Object.hasOwn(route.params.shape, name)) continue;
    if (Object.hasOwn(route.query.shape, name)) query.set(name, String(value));
    else if (route.body !== null && Object.hasOwn(route.body.shape, name)) body[name] = value;
    else throw misnamed(route, name, 'is not a part of this call');
  }
  const search = query.size === 0 ? '' : `?${query}`;
  return { path: `${path}${search}`, body: route.body === null ? undefined : JSON.stringify(body) };
}

function misnamed(route: Route, name: string, message: string): SluiceError {
  return new SluiceError('invalid', `${route.method} ${route.path}: ${name} ${message}`, {
    issues: [{ path: `/${name}`, message }],
  });
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
