import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEFAULT_SCOPE } from '@sluice/core';
import { encodePart } from '@sluice/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { StreamClient } from './stream-client.ts';
import { openUnread, START, StreamReader, streamWorld } from './stream-world.testing.ts';

const QUEUE_BYTES = 256 * 1024;
/** 20 kB each, more in all than the buffers of both sockets take. */
const FRAMES = 1_500;
const text = 'x'.repeat(20_000);
const frameOf = (index: number | string): Buffer =>
  Buffer.from(encodePart({ kind: 'event', event: 'delta', data: `${index} ${text}`, id: `${index}` }));
const madeUp = (): readonly Buffer[] => [Buffer.from(encodePart({ kind: 'event', event: 'snapshot', data: 'all', id: 'all' }))];
const nextTurn = (): Promise<void> => new Promise(setImmediate);

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A client of ours whose reader has not begun to read. */
async function unreadClient(): Promise<{ client: StreamClient; unread: IncomingMessage }> {
  const server = createServer();
  undo.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const answering = new Promise<ServerResponse>((resolve) => server.once('request', (_, response) => resolve(response)));
  const opening = openUnread((server.address() as AddressInfo).port, '/');
  const response = await answering;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  const client = new StreamClient({
    response,
    holder: '',
    queueBytes: QUEUE_BYTES,
    endsAt: Number.POSITIVE_INFINITY,
    now: () => 0,
  });
  return { client, unread: await opening };
}

const idsOf = (reader: StreamReader): string[] => reader.parts.flatMap((part) => (part.kind === 'event' ? [part.id ?? ''] : []));

describe('a client that does not read', () => {
  it('never has more than its bound waiting, and one message makes up for what was dropped', async () => {
    const { client, unread } = await unreadClient();
    client.begin([], madeUp);
    const dropsAt: number[] = [];
    let most = 0;
    for (let index = 0; index < FRAMES; index++) {
      if (client.send(frameOf(index))) dropsAt.push(index);
      most = Math.max(most, client.pendingBytes);
      await nextTurn();
    }
    expect(dropsAt).toHaveLength(1);
    expect(most).toBeGreaterThan(QUEUE_BYTES / 2);
    expect(most).toBeLessThanOrEqual(QUEUE_BYTES);

    const reader = new StreamReader(unread);
    await reader.until(() => idsOf(reader).includes('all'));
    client.send(frameOf('later'));
    await reader.until(() => idsOf(reader).includes('later'));
    const ids = idsOf(reader);
    const whole = ids.indexOf('all');
    // A whole beginning, then what makes up for the rest, then what came later: nothing twice, nothing torn.
    expect(ids.slice(0, whole)).toEqual(Array.from({ length: whole }, (_, index) => `${index}`));
    expect(whole).toBeLessThan(dropsAt[0] ?? 0);
    expect(ids.slice(whole)).toEqual(['all', 'later']);
  });

  it('gets what waits when it reads again before that', async () => {
    const { client, unread } = await unreadClient();
    client.begin([frameOf('first')], madeUp);
    let sent = 0;
    while (client.pendingBytes < QUEUE_BYTES / 2) {
      expect(client.send(frameOf(sent))).toBe(false);
      sent += 1;
      await nextTurn();
    }
    client.beat(Buffer.from(encodePart({ kind: 'comment', text: 'heartbeat' })));
    const reader = new StreamReader(unread);
    await reader.until(() => idsOf(reader).length === sent + 1);
    // A sign of life behind what waits would say nothing.
    expect(reader.parts.filter(({ kind }) => kind === 'comment')).toEqual([]);
    expect(idsOf(reader)).toEqual(['first', ...Array.from({ length: sent }, (_, index) => `${index}`)]);
  });

  it('can be sent a message far larger than the bound, which waits in no queue', async () => {
    const { client, unread } = await unreadClient();
    const large = Buffer.from(encodePart({ kind: 'event', event: 'snapshot', data: 'y'.repeat(20_000_000), id: 'large' }));
    client.begin([large], madeUp);
    client.send(frameOf('next'));
    await nextTurn();
    expect(client.pendingBytes).toBeLessThanOrEqual(QUEUE_BYTES);
    const reader = new StreamReader(unread);
    await reader.until(() => idsOf(reader).includes('next'));
    expect(idsOf(reader)).toEqual(['large', 'next']);
  });
});

describe('slow readers of a hub', () => {
  it('are sent one snapshot when they read again, hold up nobody else, and get no signs of life meanwhile', async () => {
    const world = await streamWorld();
    undo.push(world.stop);
    const unread = await openUnread(world.port, '/stream');
    const quick = await world.open('/stream');
    for (let index = 0; index < FRAMES; index++) {
      const { seq } = await world.putFlag('a', { description: text });
      await quick.until(({ parts }) => parts.some((part) => part.kind === 'event' && part.id === `${seq}`));
    }
    await world.clock.advance(15_000);
    expect(world.hub.counts).toMatchObject({ overflows: 1, resyncs: { overflow: 0 } });
    const slow = new StreamReader(unread);
    await slow.until(({ messages }) => messages.at(-1)?.type === 'snapshot' && messages.length > 1);
    const types = slow.messages.map(({ type }) => type);
    expect(types.slice(-2)).toEqual(['resync', 'snapshot']);
    expect(slow.messages.slice(-2)).toMatchObject([{ reason: 'overflow' }, { snapshot: { seq: FRAMES } }]);
    expect(types.filter((type) => type !== 'delta')).toEqual(['snapshot', 'resync', 'snapshot']);
    await world.putFlag('a');
    await slow.until(({ messages }) => messages.at(-1)?.type === 'delta');
    expect(quick.messages.filter(({ type }) => type !== 'delta').map(({ type }) => type)).toEqual(['snapshot', 'place']);
  });

  it('are gone within 45 s of taking nothing, and those that read stay', async () => {
    const world = await streamWorld();
    undo.push(world.stop);
    await world.putFlag('a', { description: 'z'.repeat(20_000_000) });
    const unread = await openUnread(world.port, '/stream');
    const quick = await world.open('/stream');
    await quick.count(1);
    await world.clock.advance(15_000);
    expect(world.hub.counts.clients).toBe(2);
    await world.clock.advance(30_000);
    expect(world.clock.now()).toBe(START + 45_000);
    expect(world.hub.counts.reaped).toBe(1);
    while (world.hub.counts.clients > 1) await nextTurn();
    unread.on('error', () => {});
    expect(quick.isEnded).toBe(false);
    expect((await world.hub.definitions(DEFAULT_SCOPE)).fingerprint).toMatch(/\.1$/);
  });
});
