/** An HTTP service that finds people in texts. Which component answers a user is Sluice's to say; how it went is told to Sluice. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Sluice } from 'sluice';
import { assign, COMPONENT } from './assignment.ts';
import { foundAny, type PersonFinder } from './components/component.ts';
import type { ThreadedFinder } from './components/threaded.ts';

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

const MAX_BODY_BYTES = 64 * 1024;

/** `POST /people` with a `FindRequest`. A component that crashes is answered with 500. */
export function createService(sluice: Sluice, finders: readonly PersonFinder[]): Server {
  const byName = new Map(finders.map((finder) => [finder.name, finder]));
  return createServer((request, response) => {
    if (request.method !== 'POST' || request.url !== '/people') return reply(response, 404, { error: 'POST /people' });
    readBody(request).then(
      async (body) => {
        const asked = parseRequest(body);
        if (asked === null)
          return reply(response, 400, { error: 'the body must be { "user": text, "text": text, "people"?: [text] }' });
        const isComponent = sluice.hotSwap.versions(COMPONENT).length > 0;
        const answer = await (isComponent ? answerByComponent(asked, sluice) : answerTo(asked, sluice, byName));
        reply(response, 'error' in answer ? 500 : 200, answer);
      },
      (error: Error) => reply(response, 413, { error: error.message }),
    );
  });
}

function answerTo(
  asked: FindRequest,
  sluice: Sluice,
  finders: ReadonlyMap<string, PersonFinder>,
): FindResponse | { component: string; error: string } {
  const assigned = assign(sluice, asked.user);
  const startedAt = performance.now();
  try {
    const people = finders.get(assigned.component)?.find(asked.text) ?? [];
    assigned.succeeded(performance.now() - startedAt);
    if (asked.people !== undefined && asked.people.length > 0)
      assigned.measured('accuracy', foundAny(people, asked.people) ? 1 : 0);
    return { component: assigned.component, people };
  } catch (error) {
    assigned.failed();
    return { component: assigned.component, error: String(error) };
  }
}

/** The version that the component's flag gives this user is held until it has answered, whatever is swapped meanwhile. */
function answerByComponent(asked: FindRequest, sluice: Sluice): Promise<FindResponse | { component: string; error: string }> {
  const unit = { userId: asked.user };
  const answered = sluice.hotSwap.use(COMPONENT, unit, async (finder: Pick<ThreadedFinder, 'find'>, version) => {
    const people = await finder.find(asked.text);
    return { component: `${COMPONENT} ${version}`, people };
  });
  return answered.catch((error: unknown) => ({ component: COMPONENT, error: String(error) }));
}

async function readBody(request: IncomingMessage): Promise<string> {
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
