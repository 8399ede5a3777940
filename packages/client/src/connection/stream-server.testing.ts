/** A server of one stream on loopback that does what a test says, over a clock moved by hand, and what a connection to it told. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEFAULT_SCOPE, type Flag, newFlag, type Snapshot, snapshotOf } from '@sluice/core';
import { encodePart, partOfMessage, type StreamMessage } from '@sluice/protocol';
import { type ManualClock, manualClock } from 'sluice';
import { advanceUntil } from '../../../engine/src/clock/advance-until.testing.ts';
import { connect } from './connect.ts';
import type { ConnectOptions } from './connect-options.ts';
import type { Connection } from './connection.ts';

export const START = 1_700_000_000_000;
export const RETRY_MS = 2_000;

export const flagOf = (key: string, fields: Partial<Flag> = {}): Flag => ({
  ...newFlag(key, DEFAULT_SCOPE, START),
  status: 'enabled',
  revision: 1,
  ...fields,
});
export const snapshotAt = (seq: number, ...flags: Flag[]): Snapshot => snapshotOf(DEFAULT_SCOPE, { seq, records: flags });

/** How a request for the stream is met: with these messages, a status, or silence. */
export type Meeting =
  | readonly StreamMessage[]
  | 'hang'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };
export interface SentReport {
  readonly path: string;
  readonly body: Record<string, unknown>;
}

/** Resolves when the condition holds; it is looked at in every turn of the event loop, and time by the clock does not pass meanwhile. */
export async function until(holds: () => boolean, what = 'the condition'): Promise<void> {
  const end = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`${what} did not come to hold`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export class StreamServer {
  readonly clock: ManualClock = manualClock(START);
  /** The `Last-Event-ID` of every request for the stream, in order. */
  readonly places: (string | undefined)[] = [];
  readonly reports: SentReport[] = [];
  /** How the next requests are met; the last one stays. */
  meetings: Meeting[] = [[{ type: 'snapshot', snapshot: snapshotAt(1, flagOf('a')) }]];
  /** How reports are answered, one after another; the last one stays. */
  answers: number[] = [204];
  /** While it is set, reports are answered only when it says so. */
  slow: (() => Promise<unknown>) | null = null;
  /** By id. One that is asked for and not here is answered with 404. */
  readonly memberSets = new Map<string, Uint8Array>();
  readonly #connections: Connection[] = [];
  #open: ServerResponse[] = [];
  #port = 0;
  #server = this.#made();

  #made() {
    return createServer((request, response) => this.#serve(request, response));
  }

  static async start(): Promise<StreamServer> {
    const server = new StreamServer();
    await server.listen();
    return server;
  }

  async listen(): Promise<void> {
    this.#server = this.#made();
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Lets time pass until the condition holds, by whichever attempt of a connection. */
  advanceUntil(holds: () => boolean): Promise<void> {
    return advanceUntil(this.clock, holds);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Streams that are open now. */
  get openStreams(): number {
    return this.#open.length;
  }

  connect(options: Partial<ConnectOptions> = {}): Connection & { readonly told: string[] } {
    const connection = connect({ url: this.url, token: 'secret', clock: this.clock, random: () => 0, ...options });
    const told: string[] = [];
    connection.on('status', ({ status }) => told.push(status));
    connection.on('change', ({ flags }) => told.push(`change ${flags.join(',')}`));
    connection.on('problem', () => {});
    this.#connections.push(connection);
    return Object.assign(connection, { told });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const set = /member-sets\/(\w+)$/.exec(request.url ?? '')?.[1];
    if (set !== undefined) {
      const bytes = this.memberSets.get(set);
      return void response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
    }
    if (request.url !== '/api/v1/stream') return void this.#takeReport(request, response);
    this.places.push(request.headers['last-event-id'] as string | undefined);
    const meeting = this.meetings.length > 1 ? this.meetings.shift() : this.meetings[0];
    if (meeting === undefined || meeting === 'hang') return;
    if ('status' in meeting) return void response.writeHead(meeting.status, meeting.headers).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(encodePart({ kind: 'retry', ms: RETRY_MS }));
    this.#open.push(response);
    response.once('close', () => {
      this.#open = this.#open.filter((other) => other !== response);
    });
    for (const message of meeting) response.write(encodePart(partOfMessage(message)));
  }

  async #takeReport(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const part of request) text += part;
    this.reports.push({ path: request.url ?? '', body: JSON.parse(text) });
    await this.slow?.();
    const status = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
    response.writeHead(status ?? 204).end();
  }

  /** To every open stream. */
  send(...messages: StreamMessage[]): void {
    for (const response of this.#open) for (const message of messages) response.write(encodePart(partOfMessage(message)));
  }

  /** Cuts every stream as a broken network does. */
  cut(): void {
    for (const response of this.#open) response.destroy();
  }

  /** Nobody listens at the port any more. */
  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async end(): Promise<void> {
    for (const connection of this.#connections) {
      const closing = connection.close();
      await this.clock.advance(60_000);
      await closing;
    }
    if (this.#server.listening) await this.stop();
  }
}
