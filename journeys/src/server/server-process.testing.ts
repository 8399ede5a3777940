/** Servers as real processes, driven over HTTP and by signals. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient, type SluiceClient } from '@sluice/client';

export { freePort } from '@sluice/conformance/free-port';

const MAIN = join(import.meta.dirname, '../../../packages/server/bundle/main.js');
const READY_MS = 60_000;
export const ME = { email: 'ann@example.org', password: 'correct horse battery staple' };
export const SCOPE = { project: 'default', environment: 'production' } as const;

export interface ServerPlace {
  readonly dataFolder: string;
  readonly port: number;
  readonly databaseUrl?: string;
  readonly leaseMs?: number;
  /** More of its environment. */
  readonly variables?: Readonly<Record<string, string>>;
}

export interface ServerProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** All that it wrote to both outputs. */
  output(): string;
  /** Resolves when `/readyz` says so; rejects when the process ends before. */
  ready(): Promise<void>;
  /** Resolves with its exit code, or with the signal that ended it. */
  readonly ended: Promise<number | string>;
  end(signal: NodeJS.Signals): Promise<number | string>;
}

export function spawnServer({ dataFolder, port, databaseUrl, leaseMs, variables }: ServerPlace): ServerProcess {
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      SLUICE_DATA: dataFolder,
      SLUICE_PORT: String(port),
      SLUICE_LOG_LEVEL: 'warn',
      SLUICE_REQUESTS_PER_MINUTE: '100000000',
      ...(databaseUrl === undefined
        ? {}
        : { DATABASE_URL: databaseUrl, SLUICE_SESSION_KEY: 'the same key in every replica of a test' }),
      ...(leaseMs === undefined ? {} : { SLUICE_LEASE_MS: String(leaseMs) }),
      ...variables,
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const url = `http://127.0.0.1:${port}`;
  const ended = new Promise<number | string>((resolve) => child.on('close', (code, signal) => resolve(code ?? signal ?? '')));
  return {
    url,
    child,
    ended,
    output: () => said,
    ready: () => isReady(url, child, () => said),
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

async function isReady(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const end = performance.now() + READY_MS;
  while (performance.now() < end) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended: ${output()}`);
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.status === 200) return;
    await wait(25);
  }
  throw new Error(`the server is not ready: ${output()}`);
}

export interface Admission {
  /** Of an administrator. */
  readonly secret: string;
  /** Of a server SDK in `SCOPE`. */
  readonly sdkSecret: string;
}

/** The first administrator, by what the server prints, and tokens. */
export async function admitted({ url, output }: ServerProcess): Promise<Admission> {
  await createClient({ url }).session.setUp({ ...ME, secret: await setupSecret(output) });
  let cookie = '';
  const browser: typeof fetch = async (to, init) => {
    const answer = await fetch(to, { ...init, headers: { ...init?.headers, cookie, 'sec-fetch-site': 'same-origin' } });
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return answer;
  };
  const client = createClient({ url, fetch: browser });
  await client.session.login(ME);
  const { secret } = await client.account.createToken({ label: 'journey' });
  const sdk = await client.tokens.create({ project: SCOPE.project, kind: 'server', label: 'sdk', boundTo: SCOPE.environment });
  return { secret, sdkSecret: sdk.secret };
}

/** It is printed when the server is ready, perhaps a moment later. */
async function setupSecret(output: () => string): Promise<string> {
  const end = performance.now() + READY_MS;
  while (performance.now() < end) {
    const secret = /"setup":"[^"]*#([\w-]+)"/.exec(output())?.[1];
    if (secret !== undefined) return secret;
    await wait(25);
  }
  throw new Error(`the server printed no way to administer it: ${output()}`);
}

export function clientOf({ url }: { readonly url: string }, token: string, retries = 0): SluiceClient {
  return createClient({ url, token, retries });
}

/** Of `SCOPE`, the oldest first. */
export async function wholeHistory(client: SluiceClient) {
  type Member = Awaited<ReturnType<SluiceClient['history']['list']>>['members'][number];
  const events: Member[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await client.history.list({
      ...SCOPE,
      order: 'oldestFirst',
      limit: 500,
      ...(cursor === undefined ? {} : { cursor }),
    });
    events.push(...page.members);
    if (page.nextCursor === null) return events;
    cursor = page.nextCursor;
  }
}

/** Asks OFREP for one flag: the answer's status, and its value where there is one. */
export async function evaluated(url: string, sdkSecret: string, flag: string, unit: string) {
  const answer = await fetch(`${url}/ofrep/v1/evaluate/flags/${flag}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${sdkSecret}` },
    body: JSON.stringify({ context: { targetingKey: unit } }),
  });
  const { value, errorCode } = (await answer.json()) as { readonly value?: unknown; readonly errorCode?: string };
  return { status: answer.status, value, errorCode };
}

/** A sequence that is the same in every run, from 0 to below 1. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
