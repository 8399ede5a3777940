/** Bodies: JSON in UTF-8, within limits, or refused before anything reads them. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { invalid } from './http-problem.ts';
import { jsonTextProblem } from './json-scan.ts';

export const MAX_BODY_BYTES = 1_048_576;
/** The whole header is matched: what comes after the media type has misled parsers before. */
const JSON_TYPE = /^application\/json(?: *; *charset="?utf-8"?)? *$/i;

/** Takes the parsers of the framework away, and gives it one for JSON. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
    async (_request: FastifyRequest, bytes: Buffer) => parseJson(bytes),
  );
}

/** Before the body is read. @throws HttpProblem 415 */
export function checkContentType({ headers }: Pick<FastifyRequest, 'headers'>): void {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
  const encoding = headers['content-encoding'];
  const type = headers['content-type'];
  if (encoding !== undefined && encoding !== 'identity')
    throw unsupported('content-encoding', `must be left out: bodies are not compressed; it is ${shown(encoding)}`);
  if (type === undefined ? hasBody : !JSON_TYPE.test(type))
    throw unsupported('content-type', `must be application/json in UTF-8; it is ${shown(type)}`);
}

function unsupported(header: string, message: string) {
  return invalid(`the header ${header} ${message}`, [{ path: `header ${header}`, message }], 415);
}

function shown(value: string | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value.slice(0, 80));
}

/** An empty body is none. @throws HttpProblem 400 */
function parseJson(bytes: Buffer): unknown {
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

function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw bodyProblem('is not UTF-8');
  }
}

function bodyProblem(message: string) {
  return invalid(`the body ${message}`, [{ path: '', message }]);
}
