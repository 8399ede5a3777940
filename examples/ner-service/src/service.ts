/** An HTTP service that finds people in texts. Which component answers a user is Sluice's to say; how it went is told to Sluice. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Assign } from './assignment.ts';
import { foundAny, type PersonFinder } from './components/component.ts';

/** `people` labels a text whose answer is known, so that accuracy can be measured. */
export interface FindRequest {
  readonly user: string;
  readonly text: string;
  readonly people?: readonly string[];
}

export interface FindResponse {
  readonly component: string;
  readonly people: readonly string[];
}

export type Answer = FindResponse | { readonly component: string; readonly error: string };

export interface ServiceParts {
  readonly finders: readonly PersonFinder[];
  readonly assign: Assign;
  /** Answers in place of the finders; null where it does not. */
  readonly answerInstead?: (asked: FindRequest) => Promise<Answer> | null;
  /** What is done to the people found, before they are answered with. */
  readonly refine?: (asked: FindRequest, people: readonly string[]) => readonly string[];
  /** Answers a request of another path; false where it does not. */
  readonly otherwise?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

const MAX_BODY_BYTES = 64 * 1024;

/** `POST /people` with a `FindRequest`. A component that crashes is answered with 500. */
export function createService(parts: ServiceParts): Server {
  const byName = new Map(parts.finders.map((finder) => [finder.name, finder]));
  return createServer((request, response) => {
    if (request.method !== 'POST' || request.url !== '/people') {
      if (parts.otherwise?.(request, response) !== true) reply(response, 404, { error: 'POST /people' });
      return;
    }
    readBody(request).then(
      async (body) => {
        const asked = parseRequest(body);
        if (asked === null)
          return reply(response, 400, { error: 'the body must be { "user": text, "text": text, "people"?: [text] }' });
        const answer = await (parts.answerInstead?.(asked) ?? answerTo(asked, parts, byName));
        reply(response, 'error' in answer ? 500 : 200, answer);
      },
      (error: Error) => reply(response, 413, { error: error.message }),
    );
  });
}

function answerTo(asked: FindRequest, parts: ServiceParts, finders: ReadonlyMap<string, PersonFinder>): Answer {
  const assigned = parts.assign(asked.user);
  const startedAt = performance.now();
  try {
    const found = finders.get(assigned.component)?.find(asked.text) ?? [];
    const people = parts.refine?.(asked, found) ?? found;
    assigned.succeeded(performance.now() - startedAt);
    if (asked.people !== undefined && asked.people.length > 0)
      assigned.measured('accuracy', foundAny(people, asked.people) ? 1 : 0);
    return { component: assigned.component, people };
  } catch (error) {
    assigned.failed();
    return { component: assigned.component, error: String(error) };
  }
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error(`the body is longer than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseRequest(body: string): FindRequest | null {
  try {
    const value = JSON.parse(body) as Partial<FindRequest> | null;
    const isWhole =
      typeof value?.user === 'string' &&
      typeof value.text === 'string' &&
      (value.people === undefined || Array.isArray(value.people));
    return isWhole ? (value as FindRequest) : null;
  } catch {
    return null;
  }
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
