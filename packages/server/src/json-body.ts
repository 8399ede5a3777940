/** Bodies: JSON in UTF-8, within limits, or refused before anything reads them. */
import { shown } from '@sluice/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { invalid } from './http-problem.ts';
import { jsonTextProblem } from './json-scan.ts';

export const MAX_BODY_BYTES = 1_048_576;
/** What a browser calls a text that a page sends: the only type that may hold JSON and that it need not ask about first. */
const BEACON_TYPE = /^text\/plain(?: *; *charset="?utf-8"?)? *$/i;
/** The whole header is matched: what comes after the media type has misled parsers before. */
const JSON_TYPE = /^application\/json(?: *; *charset="?utf-8"?)? *$/i;

/** Takes the parsers of the framework away, and gives it one for JSON. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, takeJson);
}

/** As a parser of the framework, which waits for no promise. */
export function takeJson(_request: FastifyRequest, bytes: Buffer, done: (problem: Error | null, body?: unknown) => void): void {
  let body: unknown;
  try {
    body = parseJson(bytes);
  } catch (error) {
    done(error as Error);
    return;
  }
  done(null, body);
}

/** Before the body is read. @throws HttpProblem 415 */
export function checkContentType({ headers }: Pick<FastifyRequest, 'headers'>, isBeacon = false): void {
  const encoding = headers['content-encoding'];
  const type = headers['content-type'];
  if (encoding !== undefined && encoding !== 'identity')
    throw unsupported('content-encoding', `must be left out: bodies are not compressed; it is ${shown(encoding)}`);
  if (isBeacon && type !== undefined && BEACON_TYPE.test(type)) return;
  if (type === undefined ? hasBody({ headers }) : !JSON_TYPE.test(type))
    throw unsupported('content-type', `must be application/json in UTF-8; it is ${shown(type)}`);
}

export function hasBody({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
}

function unsupported(header: string, message: string) {
  return invalid(`the header ${header} ${message}`, [{ path: `header ${header}`, message }], 415);
}

/** An empty body is none. @throws HttpProblem 400 */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  const text = decoded(bytes);
  const problem = jsonTextProblem(text);
  if (problem !== null) throw bodyProblem(problem);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw bodyProblem(`is not JSON: ${(error as Error).message}`);
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function decoded(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw bodyProblem('is not UTF-8');
  }
}

function bodyProblem(message: string) {
  return invalid(`the body ${message}`, [{ path: '', message }]);
}
