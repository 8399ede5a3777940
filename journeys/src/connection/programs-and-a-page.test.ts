/** A server over SQLite, two programs and a page: what one person does is seen by all, and what all report arrives in one result. */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SluiceClient } from '@sluice/client';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PageServer, startPage } from '../../../examples/react-page/src/page-server.ts';
import { BROWSER_MS, openBrowser } from '../page/browser.testing.ts';
import {
  admitted,
  clientOf,
  freePort,
  type ServerPlace,
  type ServerProcess,
  spawnServer,
} from '../server/server-process.testing.ts';

const CLI = join(import.meta.dirname, '../../../packages/cli/bin/sluice.js');
/** A page that was loaded while the server was away hears no stream, and would ask again after half a minute. */
const POLL_MS = 1_000;
const SCOPE = { project: 'default', environment: 'development' } as const;

let folder: string;
let place: ServerPlace;
let server: ServerProcess;
let secret: string;
let client: SluiceClient;
let programs: Program[];
let pageServer: PageServer;
let browser: Browser;
let page: Page;

/** A program of its own process, asked over its channel. */
class Program {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #asked = 0;

  constructor(url: string, token: string) {
    const env = { PATH: process.env.PATH, SLUICE_URL: url, SLUICE_TOKEN: token };
    this.#child = fork(join(import.meta.dirname, 'sdk-process.mjs'), { env, execArgv: [] });
    this.#child.on('message', ({ id, answer }: { id: number; answer: unknown }) => this.#waiting.get(id)?.(answer));
  }

  ready(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(0, resolve);
      this.#child.once('exit', (code) => reject(new Error(`a program ended with ${code}`)));
    });
  }

  ask<T>(command: string, rest: object = {}): Promise<T> {
    this.#asked += 1;
    const id = this.#asked;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve as (answer: unknown) => void);
      this.#child.send({ id, command, ...rest });
    });
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}

/** The command of a person at a terminal. */
function sluice(...words: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, SLUICE_URL: server.url, SLUICE_TOKEN: secret };
  const scope = ['--project', SCOPE.project, '--environment', SCOPE.environment];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [CLI, ...words, ...scope], { env, cwd: folder }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`sluice ${words.join(' ')}: ${stderr}`)),
    );
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-programs-'));
  place = { dataFolder: folder, port: await freePort() };
  server = spawnServer(place);
  await server.ready();
  secret = (await admitted(server)).secret;
  client = clientOf(server, secret);
  const token = async (kind: 'server' | 'client') =>
    (await client.tokens.create({ project: SCOPE.project, kind, label: kind, boundTo: SCOPE.environment })).secret;
  const [serverToken, clientToken] = [await token('server'), await token('client')];
  await client.flags.set({ ...SCOPE, key: 'new_checkout', settings: { enabled: true } });
  programs = [new Program(server.url, serverToken), new Program(server.url, serverToken)];
  await Promise.all(programs.map((program) => program.ready()));
  pageServer = await startPage({ url: server.url, serverToken, clientToken, pollMs: POLL_MS });
  browser = await openBrowser();
  page = await browser.newPage();
  await page.goto(`${pageServer.url}/?user=ann`);
}, BROWSER_MS);
afterAll(async () => {
  await browser?.close();
  await pageServer?.close();
  for (const program of programs ?? []) program.end();
  await server?.end('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const sizesOf = ({ sampleSizes }: { readonly sampleSizes: Readonly<Record<string, number>> }): number =>
  Object.values(sampleSizes).reduce((sum, size) => sum + size, 0);

const everywhere = async (): Promise<unknown[]> => [
  ...(await Promise.all(programs.map((program) => program.ask('isOn', { flag: 'new_checkout' })))),
  (await page.textContent('h1')) === 'The new checkout',
];

it('shows a kill from the terminal to two programs and a page, and the flag that is back', async () => {
  await expect.poll(everywhere, { timeout: 20_000 }).toEqual([true, true, true]);
  await sluice('kill', 'new_checkout', '--reason', 'orders are lost');
  await expect.poll(everywhere, { timeout: 20_000 }).toEqual([false, false, false]);
  await sluice('flag', 'unkill', 'new_checkout', '--reason', 'mended', '--yes');
  await expect.poll(everywhere, { timeout: 20_000 }).toEqual([true, true, true]);
});

it('has what both programs served and tracked in the result of the test, each unit once', async () => {
  await client.experiments.create({
    ...SCOPE,
    settings: {
      testId: 'button',
      controlComponent: 'blue',
      treatmentComponent: 'green',
      trackedMetrics: [{ name: 'revenue', goal: 'increase', role: 'primary', aggregation: 'mean' }],
    },
  });
  await client.experiments.start({ ...SCOPE, test: 'button' });
  const revenue = { control: 10, treatment: 12 };
  const reasons = () => Promise.all(programs.map((program) => program.ask('reasonOf', { flag: 'button' })));
  await expect.poll(reasons, { timeout: 20_000 }).toEqual(['SPLIT', 'SPLIT']);
  const answers = await Promise.all(
    programs.map((program, index) =>
      program.ask<{ served: Record<string, number>; counts: { dropped: number } }>('serve', {
        ...{ flag: 'button', revenue },
        from: 1 + 300 * index,
        to: 1 + 300 * (index + 1),
      }),
    ),
  );
  expect(answers.map(({ counts }) => counts.dropped)).toEqual([0, 0]);
  const served = (arm: string): number => answers.reduce((sum, answer) => sum + (answer.served[arm] ?? 0), 0);
  const results = () => client.experiments.results({ ...SCOPE, test: 'button' });
  const [control, treatment] = [served('control'), served('treatment')];
  expect(control + treatment).toBe(600);
  await expect.poll(async () => sizesOf(await results()), { timeout: 20_000 }).toBe(600);
  const { sampleSizes, controlMean, treatmentMean } = await results();
  expect(sampleSizes).toEqual({ control, treatment });
  expect([controlMean, treatmentMean]).toEqual([{ revenue: 10 }, { revenue: 12 }]);
});

it('goes on in all three while the server is dead, and shows what was changed at once after its restart', async () => {
  await server.end('SIGKILL');
  expect(await everywhere()).toEqual([true, true, true]);
  await page.reload().catch(() => {});
  expect(await everywhere()).toEqual([true, true, true]);
  server = spawnServer(place);
  await server.ready();
  await sluice('kill', 'new_checkout', '--reason', 'orders are lost again');
  await expect.poll(everywhere, { timeout: 60_000 }).toEqual([false, false, false]);
});
