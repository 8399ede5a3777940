/** What a server's memory becomes of many requests, each of which names something new. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { admitted, clientOf, freePort, SCOPE, type ServerProcess, spawnServer } from './server-process.testing.ts';

const REQUESTS = process.env.SLUICE_SOAK === '1' ? 100_000 : 4_000;
/** Those after which compilers and caches have what they need. */
const WARM_UP = REQUESTS / 4;
const CONNECTIONS = 16;
const MOST_GROWTH_MB = 64;
const E = '/api/v1/projects/default/environments/production';

/** Resident, in megabytes. */
async function memoryOf({ child }: ServerProcess): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(child.pid)]);
  return Number(stdout) / 1024;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly token: string;
  readonly body?: object;
  readonly status: number;
}

/** A new unit, a new guess, a new path, a new key of idempotency: all that a server could keep by mistake. */
function requestNumber(index: number, { secret, sdkSecret }: { readonly secret: string; readonly sdkSecret: string }): Asked {
  const fresh = randomUUID();
  const evaluation = {
    method: 'POST',
    path: '/ofrep/v1/evaluate/flags/f',
    token: sdkSecret,
    body: { context: { targetingKey: fresh } },
  };
  if (index % 50 === 0)
    return {
      method: 'PATCH',
      path: `${E}/flags/f`,
      token: secret,
      body: { settings: { description: fresh }, reason: fresh },
      status: 200,
    };
  if (index % 10 === 1) return { method: 'GET', path: `${E}/flags/${fresh}`, token: secret, status: 404 };
  if (index % 10 === 2) return { method: 'GET', path: `/${fresh}`, token: secret, status: 404 };
  if (index % 10 === 3) return { ...evaluation, path: `/ofrep/v1/evaluate/flags/${fresh}`, status: 404 };
  if (index % 10 === 4) return { method: 'GET', path: `${E}/flags?search=${fresh}`, token: secret, status: 400 };
  return { ...evaluation, status: 200 };
}

function statusOf(agent: Agent, url: string, { method, path, token, body }: Asked): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(method === 'PATCH' ? { 'idempotency-key': randomUUID() } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const asked = request(`${url}${path}`, { method, agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

it(
  `grows by less than ${MOST_GROWTH_MB} MB over ${REQUESTS} requests`,
  async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'sluice-'));
    const server = spawnServer({ dataFolder, port: await freePort() });
    onTestFinished(async () => {
      await server.end('SIGKILL');
      await rm(dataFolder, { recursive: true });
    });
    await server.ready();
    const secrets = await admitted(server);
    await clientOf(server, secrets.secret).flags.set({
      ...SCOPE,
      key: 'f',
      settings: { enabled: true, rolloutPercentage: 0 },
      reason: 'made',
    });
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    let sent = 0;
    const ask = async (until: number): Promise<void> => {
      const one = async (): Promise<void> => {
        while (sent < until) {
          const asked = requestNumber(sent++, secrets);
          expect(await statusOf(agent, server.url, asked), `${asked.method} ${asked.path}`).toBe(asked.status);
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, one));
    };
    const megabytes = [await memoryOf(server)];
    for (let until = WARM_UP; until <= REQUESTS; until += WARM_UP) {
      await ask(until);
      megabytes.push(await memoryOf(server));
    }
    console.info(`${REQUESTS} requests, MB at the start and after each quarter: ${megabytes.map(Math.round).join(', ')}`);
    expect((megabytes.at(-1) ?? 0) - (megabytes[1] ?? 0)).toBeLessThan(MOST_GROWTH_MB);
    agent.destroy();
  },
  REQUESTS * 20 + 60_000,
);
