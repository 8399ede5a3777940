/**
 * A scope's definitions as plain answers, for SDKs that begin without a stream and for caches before the server. A cache keeps one answer
 * per token, so that nobody is given what a token that it does not have may see.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Scope } from '@sluice/core';
import { acceptedEncoding } from './accepted-encoding.ts';
import { ENCODINGS } from './encoded-snapshot.ts';
import type { StreamHub } from './stream-hub.ts';

/** Old for two seconds at most while the server answers, and served for a day when it does not. */
const SNAPSHOT_CACHE = 'public, max-age=0, s-maxage=2, stale-while-revalidate=10, stale-if-error=86400';
/** A set is named by its content. */
const SET_CACHE = 'public, max-age=31536000, immutable';
const VARY = 'Authorization, X-API-Key, Accept-Encoding';

/** Answers 200 or 304 to GET and HEAD. @throws whatever the store's `read` throws, before anything is sent */
export async function serveSnapshot(
  hub: StreamHub,
  request: IncomingMessage,
  response: ServerResponse,
  scope: Scope,
): Promise<void> {
  const encoded = (await hub.definitions(scope)).encoded();
  const encoding = acceptedEncoding(request.headers['accept-encoding']);
  // Strong tags differ where bytes do; a client that has any of them has these definitions.
  const tagOf = (packed: string): string => `"${encoded.fingerprint}${packed === 'identity' ? '' : `-${packed}`}"`;
  const headers = { etag: tagOf(encoding), 'cache-control': SNAPSHOT_CACHE, vary: VARY };
  if (names(request.headers['if-none-match'], ENCODINGS.map(tagOf))) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  const body = await encoded.packed(encoding);
  response.writeHead(200, {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Answers 200, 304, or 404 where no snapshot named this set lately. @throws whatever the store's `read` throws, before anything is sent */
export async function serveMemberSet(
  hub: StreamHub,
  request: IncomingMessage,
  response: ServerResponse,
  { scope, id }: { readonly scope: Scope; readonly id: string },
): Promise<void> {
  const bytes = (await hub.definitions(scope)).memberSet(id);
  if (bytes === undefined) return notFound(response);
  const headers = { etag: `"${id}"`, 'cache-control': SET_CACHE, vary: VARY };
  if (names(request.headers['if-none-match'], [headers.etag])) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-type': 'application/octet-stream', 'content-length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function notFound(response: ServerResponse): void {
  const detail = 'no segment has this member set; load the snapshot again';
  const body = JSON.stringify({ type: 'about:blank', title: 'Not Found', status: 404, detail });
  response.writeHead(404, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  response.end(body);
}

/** Whether `If-None-Match` names one of these; a cache that unpacked an answer has made its tag a weak one. */
function names(header: string | undefined, tags: readonly string[]): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const given = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return given.some((tag) => tags.includes(tag));
}
