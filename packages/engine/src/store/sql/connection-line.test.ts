import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ConnectionLine } from './connection-line.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const lineOf = (connections: number) => new ConnectionLine({ connections, silenceMs: 1_000, longest: 3 });

it('lets in as many as there are connections, and then one for each that leaves, in the order in which they came', async () => {
  const line = lineOf(2);
  const entered: number[] = [];
  for (let who = 0; who < 5; who++) void line.enter().then(() => entered.push(who));
  await vi.advanceTimersByTimeAsync(10);
  expect(entered).toEqual([0, 1]);
  line.leave();
  await vi.advanceTimersByTimeAsync(0);
  expect(entered).toEqual([0, 1, 2]);
  for (let left = 0; left < 4; left++) line.leave();
  await vi.advanceTimersByTimeAsync(0);
  expect(entered).toEqual([0, 1, 2, 3, 4]);
  await line.enter();
  await line.enter();
});

it('gives up where nothing is answered, and not where the others are served', async () => {
  const line = lineOf(1);
  await line.enter();
  const silent = line.enter().catch(({ message }: Error) => message);
  await vi.advanceTimersByTimeAsync(1_010);
  expect(await silent).toBe('all 1 connections are in use, and nothing was answered for 1000 ms');
  let isIn = false;
  const patient = line.enter().then(() => {
    isIn = true;
  });
  for (let turn = 0; turn < 4; turn++) {
    await vi.advanceTimersByTimeAsync(900);
    line.answered();
  }
  line.leave();
  await patient;
  expect(isIn).toBe(true);
});

it('gives nobody up before what was answered while this process stood still is read', async () => {
  const line = lineOf(1);
  await line.enter();
  const patient = line.enter();
  // Its timers are first when it goes on; what it was sent meanwhile is read after them.
  vi.advanceTimersByTime(3_000);
  line.answered();
  await new Promise(setImmediate);
  line.leave();
  await patient;
});

it('lets only so many wait, and gives the place of whoever gave up to the next', async () => {
  const line = lineOf(1);
  await line.enter();
  const givenUp = Array.from({ length: 3 }, () => line.enter().catch(() => 'given up'));
  await expect(line.enter()).rejects.toThrow('all 1 connections are in use, and 3 calls wait for one');
  await vi.advanceTimersByTimeAsync(1_010);
  expect(await Promise.all(givenUp)).toEqual(['given up', 'given up', 'given up']);
  const next = line.enter();
  line.leave();
  await next;
});
