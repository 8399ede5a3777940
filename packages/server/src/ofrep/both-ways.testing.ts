/** Asks OFREP in the two ways in which it answers: shortly, where a body says how long it is, and by the framework, where it comes in chunks. */
import { tracingChannel } from 'node:diagnostics_channel';
import { request as httpRequest } from 'node:http';
import { expect } from 'vitest';
import type { World } from '../world.testing.ts';

export interface Sent {
  readonly path: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Seen {
  readonly status: number;
  /** In order, by turns; the date and the id of the request left out, and for how long one is asked to wait. */
  readonly headers: readonly string[];
  readonly text: string;
  /** What the log says of it, without what differs from request to request. */
  readonly log: readonly unknown[];
  /** Whether a handler of the framework was asked. */
  readonly isByFramework: boolean;
}

const DIFFER = new Set(['date', 'x-request-id']);
const handlers = tracingChannel<object>('fastify.request.handler');

/** `isChunked` says in which way. */
export async function asked(at: World, { path, text, headers }: Sent, isChunked: boolean): Promise<Seen> {
  let isByFramework = false;
  const start = (): void => {
    isByFramework = true;
  };
  handlers.start.subscribe(start);
  const length = isChunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(Buffer.byteLength(text)) };
  try {
    const { id, ...answer } = await answered(`${at.url}${path}`, { ...headers, ...length }, text);
    const ofIt = (): string[] => at.log.filter((line) => line.includes(id));
    await expect.poll(() => ofIt().some((line) => line.includes('request completed')), { interval: 1 }).toBe(true);
    return { ...answer, log: ofIt().map(alike), isByFramework };
  } finally {
    handlers.start.unsubscribe(start);
  }
}

interface Answer extends Pick<Seen, 'status' | 'headers' | 'text'> {
  readonly id: string;
}

function answered(url: string, headers: Record<string, string>, text: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', headers }, (response) => {
      let told = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        told += part;
      });
      response.on('error', reject).on('end', () => {
        const raw = response.rawHeaders;
        const nameAt = (index: number): string => (raw[index - (index % 2)] as string).toLowerCase();
        const kept = raw
          .map((value, index) => (index % 2 === 1 && nameAt(index) === 'retry-after' ? 'some' : value))
          .filter((_, index) => !DIFFER.has(nameAt(index)));
        const id = String(response.headers['x-request-id']);
        const text = told.replaceAll(id, 'the id of the request').replace(/again in \d+ s/, 'again in some s');
        resolve({ id, status: response.statusCode ?? 0, headers: kept, text });
      });
    });
    request.on('error', reject).end(text);
  });
}

function alike(line: string): unknown {
  const { time: _time, reqId, responseTime, ...rest } = JSON.parse(line) as Record<string, unknown>;
  return { ...rest, reqId: typeof reqId, responseTime: typeof responseTime, names: Object.keys(JSON.parse(line) as object) };
}
