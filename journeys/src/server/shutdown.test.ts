/** A server that is told to end while much is going on. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { SluiceClient } from '@sluice/client';
import { expect, it, onTestFinished } from 'vitest';
import { admitted, clientOf, freePort, SCOPE, type ServerProcess, spawnServer, wholeHistory } from './server-process.testing.ts';
import { Follower } from './stream-follower.testing.ts';

const CONNECTIONS = 50;
const TRIES = 4;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** Far less than the time after which a server that has not ended is cut off. */
const SOON_MS = 10_000;

async function place() {
  const dataFolder = await mkdtemp(join(tmpdir(), 'sluice-'));
  onTestFinished(() => rm(dataFolder, { recursive: true }));
  return { dataFolder, port: await freePort() };
}

function begun(at: { readonly dataFolder: string; readonly port: number }): ServerProcess {
  const server = spawnServer(at);
  onTestFinished(async () => void (await server.end('SIGKILL')));
  return server;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly code: unknown;
  readonly closes: boolean;
}

/** Null when the connection was closed, or refused, without an answer. */
function ask(
  agent: Agent,
  url: string,
  { method, token, body }: { method: string; token: string; body?: object },
): Promise<Answer | null> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const asked = request(url, { method, agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('error', () => resolve(null));
      answer.on('end', () => {
        const { code } = JSON.parse(text || '{}') as { readonly code?: unknown };
        const { 'content-type': type = '', connection } = answer.headers;
        resolve({ status: answer.statusCode ?? 0, type, code, closes: connection === 'close' });
      });
    });
    asked.on('error', () => resolve(null));
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

interface Heard {
  readonly acknowledged: string[];
  /** Writes without an answer, kept or not. */
  readonly unanswered: string[];
  readonly refusals: Answer[];
  answered: number;
  isOver: boolean;
}

/** Writes and reads over one connection of its own until that is closed or nothing is taken any more; every other one is silent once it is over. */
async function busy(url: string, token: string, index: number, heard: Heard): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const flag = `${url}/api/v1/projects/default/environments/production/flags/flag_${index}`;
  for (;;) {
    const reason = randomUUID();
    const isWrite = Math.random() < 0.5;
    const body = { settings: { description: reason }, reason };
    const answer = await ask(agent, flag, { token, ...(isWrite ? { method: 'PATCH', body } : { method: 'GET' }) });
    if (answer === null && isWrite) heard.unanswered.push(reason);
    if (answer === null || answer.status >= 500) {
      if (answer !== null) heard.refusals.push(answer);
      // What is kept open now is for the server to close.
      return;
    }
    heard.answered += 1;
    if (isWrite && answer.status < 300) heard.acknowledged.push(reason);
    if (heard.isOver && index % 2 === 0) return;
  }
}

/** Ends a server while all are busy with it, and looks at what it did; how many requests it refused in words. */
async function endedWhileBusy(signal: NodeJS.Signals): Promise<number> {
  const at = await place();
  const server = begun(at);
  await server.ready();
  const { secret, sdkSecret } = await admitted(server);
  const client = clientOf(server, secret);
  for (let index = 0; index < CONNECTIONS; index++)
    await client.flags.set({ ...SCOPE, key: `flag_${index}`, settings: { description: 'new' }, reason: 'made' });
  const follower = new Follower(sdkSecret);
  await follower.connect(server.url);
  await follower.until(() => true);
  follower.retryMs = null;
  const heard: Heard = { acknowledged: [], unanswered: [], refusals: [], answered: 0, isOver: false };
  const all = Array.from({ length: CONNECTIONS }, (_, index) => busy(server.url, secret, index, heard));
  while (heard.answered < CONNECTIONS * 4) await wait(5);
  const toldAt = performance.now();
  heard.isOver = true;
  expect(await server.end(signal), server.output()).toBe(0);
  expect(performance.now() - toldAt).toBeLessThan(SOON_MS);
  await Promise.all(all);
  expect(await follower.ended).toBe(true);
  expect(follower.retryMs).toBeGreaterThan(0);
  const inWords = { status: 503, type: 'application/problem+json; charset=utf-8', code: 'unavailable', closes: true };
  for (const refusal of heard.refusals) expect(refusal).toEqual(inWords);

  const again = begun(at);
  await again.ready();
  await expectKept(clientOf(again, secret), heard);
  console.info(
    `${signal}: ${heard.acknowledged.length} acknowledged, ${heard.unanswered.length} without answer, ${heard.refusals.length} refused`,
  );
  return heard.refusals.length;
}

/** Whatever was acknowledged is kept, once, and nothing that nobody sent. */
async function expectKept(client: SluiceClient, { acknowledged, unanswered }: Heard): Promise<void> {
  const kept = (await wholeHistory(client)).map(({ reason }) => reason).filter((reason) => /^[\da-f-]{36}$/.test(reason));
  expect(new Set(kept).size).toBe(kept.length);
  expect(kept).toEqual(expect.arrayContaining(acknowledged));
  expect([...acknowledged, ...unanswered]).toEqual(expect.arrayContaining(kept));
}

it.each(SIGNALS)(
  'ends in good order at %s: whatever it acknowledged is kept, streams are told when to come back',
  async (signal) => {
    // It refuses in words for a quarter of a second. Whoever was kept from asking in it, by a busy machine, tries again.
    let refused = 0;
    for (let tries = 0; tries < TRIES && refused <= CONNECTIONS / 4; tries++) refused = await endedWhileBusy(signal);
    expect(refused).toBeGreaterThan(CONNECTIONS / 4);
  },
  TRIES * 60_000,
);

it.each(SIGNALS)('waits for a request that is on its way at %s, and for nothing when it is told so again', async (signal) => {
  const server = begun(await place());
  await server.ready();
  const { secret } = await admitted(server);
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  // A body of which the last bytes do not come.
  socket.write(
    `PATCH /api/v1/projects/default/environments/production/flags/f HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${secret}\r\n`,
  );
  socket.write('content-type: application/json\r\ncontent-length: 100\r\n\r\n{"settings":');
  await answersAll(server.url);
  let hasEnded = false;
  const ended = server.end(signal).finally(() => {
    hasEnded = true;
  });
  // No connection is taken any more: it is ending.
  while (
    await fetch(`${server.url}/healthz`).then(
      () => true,
      () => false,
    )
  )
    await wait(5);
  await wait(500);
  expect(hasEnded).toBe(false);
  const toldAt = performance.now();
  server.child.kill(signal);
  expect(await ended).toBe(1);
  expect(performance.now() - toldAt).toBeLessThan(SOON_MS);
});

/** What was sent before this over another connection has been read when it is answered. */
async function answersAll(url: string): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await fetch(`${url}/healthz`);
}
