/** Requests whose bytes come one by one, so that each holds a connection. */
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARRIVAL_LIMITS } from './arrival-limits.ts';
import { E, type World, world } from './world.testing.ts';

const LIMITS = { headersMs: 300, requestMs: 600, checkMs: 50 };
const CONNECTIONS = 20;
const DRIBBLE_MS = 20;

let at: World;
beforeAll(async () => {
  at = await world({}, { arrival: LIMITS });
});
afterAll(() => at.close());

/** What came back when the server had had enough, and how long it took. */
async function dribbled(head: string, drop: string): Promise<{ readonly answer: string; readonly ms: number }> {
  const socket = connect(Number(new URL(at.url).port), '127.0.0.1');
  let answer = '';
  let isOver = false;
  socket.setEncoding('latin1').on('data', (part: string) => {
    answer += part;
  });
  socket.on('close', () => {
    isOver = true;
  });
  socket.on('error', () => {});
  const startedAt = performance.now();
  socket.write(head);
  while (!isOver) {
    if (drop !== '' && answer === '') socket.write(drop);
    await wait(DRIBBLE_MS);
  }
  return { answer, ms: performance.now() - startedAt };
}

const HEAD = 'PATCH /api/v1/projects/shop/environments/production/flags/f HTTP/1.1\r\nhost: a\r\n';

describe('requests that arrive without end', () => {
  it.each([
    ['headers', HEAD, 'x: y\r\n', LIMITS.headersMs],
    ['nothing at all', '', '', LIMITS.headersMs],
  ])('are cut off in the midst of %s', async (_, head, drop, limit) => {
    const all = await Promise.all(Array.from({ length: CONNECTIONS }, () => dribbled(head, drop)));
    for (const { answer, ms } of all) {
      expect(answer.split('\r\n')[0]).toMatch(/^(HTTP\/1.1 408 Request Timeout)?$/);
      expect(ms).toBeGreaterThanOrEqual(limit - DRIBBLE_MS);
      expect(ms).toBeLessThan(ARRIVAL_LIMITS.headersMs);
    }
    expect((await at.ask('GET', '/healthz', { as: null })).status).toBe(200);
  });

  it('are cut off in the midst of a body, of which nothing is done', async () => {
    const head = `${HEAD}authorization: Bearer ${at.secrets.admin}\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n{`;
    const all = await Promise.all(Array.from({ length: CONNECTIONS }, () => dribbled(head, ' ')));
    for (const { answer, ms } of all) {
      expect(answer.split('\r\n')[0]).toMatch(/^(HTTP\/1.1 408 Request Timeout)?$/);
      expect(ms).toBeGreaterThanOrEqual(LIMITS.requestMs - DRIBBLE_MS);
      expect(ms).toBeLessThan(ARRIVAL_LIMITS.headersMs);
    }
    expect((await at.ask('GET', `${E}/flags/f`)).status).toBe(404);
  });

  it('have bounds also where nobody sets any', () => {
    expect(ARRIVAL_LIMITS.headersMs).toBeLessThanOrEqual(ARRIVAL_LIMITS.requestMs);
    expect(ARRIVAL_LIMITS.requestMs + ARRIVAL_LIMITS.checkMs).toBeLessThan(60_000);
  });
});
