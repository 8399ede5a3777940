/** Clients that ask for much and read little of it. */
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { READING_LIMITS, type ReadingLimits } from './stalled-readers.ts';
import { E, type World, world } from './world.testing.ts';

const QUICK: ReadingLimits = { ...READING_LIMITS, windowMs: 2_000, checkMs: 30 };

let at: World;
let sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await at.close();
});

/** An export, and a snapshot, of about 20 MB: more than the buffers of two sockets take. */
async function started(reading: ReadingLimits): Promise<void> {
  at = await world({}, { reading });
  for (let segment = 0; segment < 25; segment++) {
    const members = Array.from({ length: 9_000 }, (_, n) => `${segment}-${n}-`.padEnd(80, 'x'));
    await at.sluice.flags.setSegment(`s${segment}`, { members });
  }
}

/** Asks for it and reads nothing. */
function asks(path = `${E}/export`): Socket {
  const socket = connect(Number(new URL(at.url).port), '127.0.0.1');
  socket.on('error', () => {});
  sockets.push(socket);
  socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${at.secrets.admin}\r\n\r\n`);
  return socket;
}

interface Read {
  readonly bytes: number;
  readonly expected: number;
}

/** Reads `bytes` each `everyMs`, until all is there or the server had enough. */
async function reads(socket: Socket, bytes: number, everyMs: number): Promise<Read> {
  let [got, expected, isOver] = [0, Number.POSITIVE_INFINITY, false];
  socket.on('close', () => {
    isOver = true;
  });
  while (!isOver && got < expected) {
    const part = socket.read(Math.min(bytes, socket.readableLength)) as Buffer | null;
    if (part !== null) {
      if (got === 0) expected = lengthOf(part.toString('latin1'));
      got += part.length;
    }
    await wait(everyMs);
  }
  return { bytes: got, expected };
}

/** Of the whole answer, its head included. */
function lengthOf(begun: string): number {
  const length = /^content-length: (\d+)/im.exec(begun)?.[1];
  return Number(length) + begun.indexOf('\r\n\r\n') + 4;
}

async function figure(name: string): Promise<number> {
  const { text } = await at.ask('GET', '/metrics');
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}
const cut = (): Promise<number> => figure('sluice_http_stalled_readers_total');

it('one that reads nothing is cut off, one that reads slowly gets all of it, and streams have bounds of their own', async () => {
  await started(QUICK);
  asks(`${E}/stream`);
  await expect.poll(() => figure('sluice_stream_clients')).toBe(1);
  const slow = reads(asks(), 262_144, 5);
  const stalled = asks();
  await expect.poll(cut, { timeout: 20_000 }).toBe(1);
  const left = await reads(stalled, 1_048_576, 0);
  expect(left.bytes).toBeLessThan(left.expected);
  const whole = await slow;
  expect(whole.expected).toBeGreaterThan(15_000_000);
  expect(whole.bytes).toBe(whole.expected);
  await wait(2 * QUICK.windowMs);
  expect([await cut(), await figure('sluice_stream_clients')]).toEqual([1, 1]);
});

it('many that read nothing are cut off at once when too much waits for them, and whoever reads is not', async () => {
  await started({ ...READING_LIMITS, checkMs: 30, waitingBytes: 40_000_000 });
  for (let count = 0; count < 8; count++) asks();
  const { status, text } = await at.ask('GET', `${E}/export`);
  expect([status, text.length > 15_000_000]).toEqual([200, true]);
  await expect.poll(cut, { timeout: 20_000 }).toBeGreaterThanOrEqual(4);
  // Two of them are within the bound, and wait for the end of their window.
  await wait(300);
  expect(await cut()).toBeLessThan(8);
  expect(READING_LIMITS.windowMs).toBeLessThanOrEqual(60_000);
});
