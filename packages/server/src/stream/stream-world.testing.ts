/** A server of streams on loopback over a memory store and a clock moved by hand, and what reads from it. */
import { createServer, type IncomingMessage, request as requestOf, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEFAULT_SCOPE, eventOf, type Flag, newFlag, type Scope, type Segment } from '@sluice/core';
import { EventStreamDecoder, messageOfPart, type StreamMessage, type StreamPart } from '@sluice/protocol';
import { type Committed, manualClock, memoryStore, type Store } from 'sluice';
import { serveMemberSet, serveSnapshot } from './definition-answers.ts';
import { StreamHub } from './stream-hub.ts';
import type { StreamLimits } from './stream-limits.ts';

export const START = 1_700_000_000_000;
export const STAGING: Scope = { project: 'default', environment: 'staging' };
type Asked = Pick<Store, 'read' | 'follow' | 'refresh'>;
const BY = { actor: 'ada', reason: 'because' };

/** `around` puts something in place of what the hub asks of the store. */
export async function streamWorld(limits: Partial<StreamLimits> = {}, around: (store: Store) => Partial<Asked> = () => ({})) {
  const store = memoryStore();
  const asked: Asked = {
    read: () => store.read(),
    follow: (listener) => store.follow(listener),
    refresh: () => store.refresh(),
    ...around(store),
  };
  const clock = manualClock(START);
  const problems: unknown[] = [];
  const hub = new StreamHub({ source: asked, clock, limits, random: () => 0.5, onProblem: (error) => problems.push(error) });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://server');
    const scope = url.searchParams.get('environment') === 'staging' ? STAGING : DEFAULT_SCOPE;
    const holder = url.searchParams.get('holder') ?? 'token';
    const endsAt = Number(url.searchParams.get('endsAt') ?? Number.POSITIVE_INFINITY);
    if (url.pathname === '/stream') return void hub.serveDefinitions(request, response, { scope, holder, endsAt });
    if (url.pathname === '/refetch') return void hub.serveRefetches(request, response, { scope, holder, endsAt });
    if (url.pathname === '/snapshot') return void serveSnapshot(hub, request, response, scope);
    return void serveMemberSet(hub, request, response, { scope, id: url.pathname.slice('/sets/'.length) });
  });
  const port = await listening(server);
  const readers: StreamReader[] = [];
  const open = async (path: string, headers: Record<string, string> = {}): Promise<StreamReader> => {
    const reader = await StreamReader.open(port, path, headers);
    readers.push(reader);
    return reader;
  };
  const stop = async (): Promise<void> => {
    hub.close();
    for (const reader of readers) reader.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { clock, store, hub, server, port, problems, open, stop, ...editor(store) };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** Writes records as the managers would: the next revision, with an event. */
function editor(store: Store) {
  const kept = new Map<string, Flag | Segment>();
  async function put(record: Flag | Segment): Promise<Committed> {
    const id = JSON.stringify([record.kind, record.scope, record.key]);
    const next = { ...record, revision: (kept.get(id)?.revision ?? 0) + 1 };
    kept.set(id, next);
    const type = record.kind === 'flag' ? 'flag.updated' : 'segment.updated';
    return store.commit({ records: [next], events: [eventOf(type, next, BY, START)] });
  }
  const putFlag = (key: string, fields: Partial<Flag> = {}): Promise<Committed> =>
    put({ ...newFlag(key, fields.scope ?? DEFAULT_SCOPE, START), status: 'enabled', ...fields });
  return { put, putFlag };
}

/** One connection to a stream. Waits are for what comes, never for time. */
export class StreamReader {
  readonly response: IncomingMessage;
  readonly parts: StreamPart[] = [];
  text = '';
  isEnded = false;
  #wake: (() => void)[] = [];

  constructor(response: IncomingMessage) {
    this.response = response;
    const decoder = new EventStreamDecoder();
    const wake = (): void => {
      for (const resolve of this.#wake.splice(0)) resolve();
    };
    response.on('data', (chunk: Buffer) => {
      this.text += chunk.toString();
      if (response.statusCode === 200) this.parts.push(...decoder.push(chunk));
      wake();
    });
    const end = (): void => {
      this.isEnded = true;
      wake();
    };
    response.on('end', end).on('close', end).on('error', end);
  }

  static async open(port: number, path: string, headers: Record<string, string> = {}): Promise<StreamReader> {
    return new StreamReader(await openUnread(port, path, headers));
  }

  get messages(): StreamMessage[] {
    return this.parts.map(messageOfPart).filter((message) => message !== null);
  }

  async until(isSo: (reader: StreamReader) => boolean): Promise<this> {
    while (!isSo(this)) {
      if (this.isEnded) throw new Error(`the stream ended after ${JSON.stringify(this.messages.map(({ type }) => type))}`);
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
      });
    }
    return this;
  }

  /** Waits for so many messages in all. */
  async count(messages: number): Promise<StreamMessage[]> {
    await this.until((reader) => reader.messages.length >= messages);
    return this.messages;
  }

  async ended(): Promise<void> {
    while (!this.isEnded) {
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
      });
    }
  }

  close(): void {
    this.response.destroy();
  }
}

/** A client that reads nothing until somebody does. */
export function openUnread(port: number, path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = requestOf({ port, host: '127.0.0.1', path, headers, agent: false });
    request.on('response', resolve).on('error', reject);
    request.end();
  });
}
