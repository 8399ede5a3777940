import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../conformance/src/free-port.ts';

const DEMO = new URL('../dist/server/demo.js', import.meta.url).pathname;
const LIBRARY_DEMO = new URL('../dist/library/demo.js', import.meta.url).pathname;
const STORY_MS = 500_000;
const SOAK = process.env.SLUICE_SOAK === '1';

interface Run {
  readonly child: ChildProcess;
  output(): string;
  readonly ended: Promise<number | null>;
}

/** Where it keeps its folders, so that what is left of them is seen. */
let temporary: string;
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'demo-'));
});
afterAll(() => rm(temporary, { recursive: true }));

function start(program: string, args: readonly string[] = [], variables: Readonly<Record<string, string>> = {}): Run {
  const env = { PATH: process.env.PATH, TMPDIR: temporary, ...variables };
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, output: () => said, ended };
}

async function occupied(): Promise<{ port: number; free(): Promise<unknown> }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, free: () => new Promise((resolve) => server.close(resolve)) };
}

describe('npm run demo', () => {
  it(
    'plays its story through a server, and every fact holds',
    async () => {
      const run = start(DEMO, ['--once']);
      expect(await run.ended, run.output()).toBe(0);
      expect(run.output()).toMatch(/All 27 facts hold/);
      expect(run.output()).toMatch(/latency .* better/);
      expect(run.output()).toMatch(/sample ratio: as configured \(sequential p /);
      expect(readdirSync(temporary)).toEqual([]);
    },
    STORY_MS,
  );

  it('logs in whoever opens its link first, and ends cleanly when it is interrupted', async () => {
    const port = await freePort();
    const run = start(DEMO, [], { SLUICE_PORT: String(port) });
    await expect.poll(run.output).toMatch(/logs you in, once/);
    const link = /http:\S+\/enter\/\S+/.exec(run.output())?.[0] ?? '';
    const entered = await fetch(link, { redirect: 'manual' });
    expect(entered.headers.get('location')).toBe(`http://127.0.0.1:${port}`);
    const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
    const me = await fetch(`http://127.0.0.1:${port}/api/v1/me`, { headers: { cookie } });
    expect(await me.json()).toMatchObject({ kind: 'person', actor: 'you@example.com', roles: { '*': 'admin' } });
    expect((await fetch(link, { redirect: 'manual' })).headers.get('set-cookie')).toBeNull();
    run.child.kill('SIGINT');
    expect(await run.ended, run.output()).toBe(0);
    expect(run.output()).toContain('Ending');
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('says what to do when its port is taken, or an argument or a variable is none', async () => {
    const { port, free } = await occupied();
    const busy = start(DEMO, [], { SLUICE_PORT: String(port) });
    expect(await busy.ended).toBe(1);
    expect(busy.output()).toContain(`another program listens at port ${port}`);
    expect(busy.output()).toContain(`SLUICE_PORT=${port + 1} npm run demo`);
    await free();
    const misspelt = start(DEMO, ['--onze']);
    expect([await misspelt.ended, misspelt.output()]).toEqual([1, expect.stringContaining('there is no option --onze')]);
    const wrong = start(DEMO, [], { SLUICE_PORT: 'high' });
    expect([await wrong.ended, wrong.output()]).toEqual([
      1,
      expect.stringContaining('SLUICE_PORT must be a number from 1 to 65535; it is "high"'),
    ]);
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe('npm run demo:library', () => {
  it.runIf(SOAK)(
    'plays the story in one process, and every fact holds',
    async () => {
      expect(existsSync(LIBRARY_DEMO)).toBe(true);
      const run = start(LIBRARY_DEMO);
      expect(await run.ended, run.output()).toBe(0);
      expect(run.output()).toMatch(/All 26 facts hold/);
    },
    STORY_MS,
  );
});
