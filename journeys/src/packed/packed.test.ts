/** What npm would publish is whole: each part is used as whoever installed it would, outside this workspace. */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@sluice/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../server/server-process.testing.ts';
import { begin, install, pack, type RunOptions, run, use } from './installed.testing.ts';
import { runWorkflow } from './workflow.testing.ts';

const WORKSPACE = join(import.meta.dirname, '../../..');
const PLAN = 'config/deployment/rollout_plan.yaml';

const PASSWORD = 'correct horse battery staple';
let root = '';
let folder = '';
let url = '';
let ending: (() => Promise<unknown>) | null = null;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-packed-'));
  folder = join(root, 'project');
  await mkdir(folder);
  await install(await pack(root), folder);
});
afterAll(async () => {
  await ending?.();
  await rm(root, { recursive: true });
});

const sluice = (line: string, options: Partial<RunOptions> = {}) =>
  run(join(folder, 'node_modules/.bin/sluice'), line.split(' '), { folder, ...options });
const done = async (line: string, options: Partial<RunOptions> = {}) => {
  const ran = await sluice(line, options);
  expect([line, ran.exit, ran.err]).toEqual([line, 0, expect.any(String)]);
  return ran.out;
};

/** Resolves with the secret of its set-up once it is ready at `url`. */
async function serve(data: string): Promise<string> {
  const port = await freePort();
  const child = begin(join(folder, 'node_modules/.bin/sluice'), ['serve', '--port', String(port), '--data', data], { folder });
  const ended = new Promise((resolve) => child.on('close', resolve));
  ending = async () => {
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  };
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  url = `http://127.0.0.1:${port}`;
  const ready = async () => (await fetch(`${url}/readyz`).catch(() => null))?.status ?? said;
  await expect.poll(ready).toBe(200);
  await expect.poll(() => said).toContain('setup#');
  return /setup#([\w-]+)/.exec(said)?.[1] ?? '';
}

it('every package carries the licence under which it is published', async () => {
  const licence = await readFile(join(WORKSPACE, 'LICENSE'), 'utf8');
  const names = ['core', 'protocol', 'client', 'server', 'cli', 'openfeature'].map((name) => `@sluice/${name}`);
  for (const name of ['sluice', ...names])
    expect([name, await readFile(join(folder, 'node_modules', name, 'LICENSE'), 'utf8')]).toEqual([name, licence]);
});

it('the command begins in a folder, and changes and kills a flag in a file', async () => {
  expect(await done('init')).toContain('sluice.json');
  await done('plan check --replicates 2');
  await done('flag create checkout --percentage 10');
  expect(await done('flag list')).toMatch(/checkout .*10 %/);
  await done('kill checkout --reason totals');
  expect(await done('flag explain checkout --user ann')).toContain('DISABLED');
});

it('the command serves the page and the API, and is its client', async () => {
  const setup = await serve('data');
  const page = await fetch(url, { headers: { accept: 'text/html' } });
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1];
  expect([page.status, (await fetch(`${url}${script}`)).status]).toEqual([200, 200]);
  await done(`login --url ${url} --email ann@example.org --setup ${setup} --environment development`, { input: PASSWORD });
  const there = { variables: { SLUICE_URL: url } };
  await done('flag create search --percentage 10', there);
  await done('kill search --reason totals', there);
  expect(await done('flag get search --json', there)).toContain('"disabled"');
});

const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=ann', '-c', 'user.email=ann@example.org', ...args], { cwd: join(root, 'repository') })
    .toString()
    .trim();

/** Resolves with the commit. */
async function committed(edit: (plan: string) => string): Promise<string> {
  const path = join(root, 'repository', PLAN);
  await writeFile(path, edit(await readFile(path, 'utf8')));
  git('commit', '--quiet', '--all', '--message', 'the plan');
  return git('rev-parse', 'HEAD');
}

async function tokenIn(home: string): Promise<string> {
  const profile = JSON.parse(await readFile(join(home, '.config/sluice/profile.json'), 'utf8')) as { token: string };
  return profile.token;
}

/** The secret of the repository: a token of somebody who edits the shop. */
async function editorToken(admin: ReturnType<typeof createClient>): Promise<string> {
  const email = 'robot@example.org';
  await admin.people.create({ email, password: PASSWORD, roles: { shop: 'editor' } });
  const home = join(root, 'robot');
  await done(`login --url ${url} --email ${email}`, { input: PASSWORD, variables: { HOME: home } });
  return tokenIn(home);
}

it('the workflow of the guide checks a plan in a pull request and applies it once it is merged', async () => {
  const admin = createClient({ url, token: await tokenIn(folder) });
  await admin.projects.create({ settings: { key: 'shop' } });
  const secrets = { SLUICE_EDITOR_TOKEN: await editorToken(admin) };
  await cp(join(WORKSPACE, 'examples/plan'), join(root, 'repository'), { recursive: true });
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '.');
  git('commit', '--quiet', '--message', 'begun');
  const runner = { repository: join(root, 'repository'), folder: root, commands: join(folder, 'node_modules/.bin') };
  const happened = (github: { sha: string; [name: string]: unknown }, known: Record<string, string> = secrets) =>
    runWorkflow(
      join(WORKSPACE, 'docs/examples/github-actions/plan.yaml'),
      { github: { actor: 'ann', repository: 'shop/flags', ...github }, vars: { SLUICE_URL: url }, secrets: known },
      runner,
    );
  const proposed = (sha: string, from: string, known?: Record<string, string>) =>
    happened({ sha, event_name: 'pull_request', event: { pull_request: { head: { repo: { full_name: from } } } } }, known);
  const { flags, history, rollouts } = admin;
  const there = { project: 'shop', environment: 'production' };
  const kept = async () => (await flags.list(there)).members.map(({ name }) => name);

  // Production is protected: what no rollout moves stays at the first stage, also by a schedule.
  const early = await committed((plan) => plan.replace('rollout_percentage: 10', 'rollout_percentage: 1'));
  expect((await proposed(early, 'shop/flags'))[1]?.out).toMatch(/schedule new_ner_model refused: .*rollout_plan\.yaml:\d+:\d+/);
  const good = await committed((plan) => plan.replace('rollout_percentage: 50', 'rollout_percentage: 1'));
  const own = await proposed(good, 'shop/flags');
  expect(own.map(({ step, exit }) => [step.slice(0, 17), exit])).toEqual([
    ['sluice plan check', 0],
    ['sluice plan diff ', 0],
  ]);
  expect(own[1]?.out).toContain('kb_enrichment');
  const foreign = await proposed(good, 'eve/flags', {});
  expect(foreign.map(({ step, exit }) => [step, exit])).toEqual([['sluice plan check', 0]]);
  expect(await kept()).toEqual([]);

  const merged = await happened({ sha: good, event_name: 'push' });
  expect(merged.map(({ exit, err }) => [exit, err])).toEqual([[0, '']]);
  expect(await kept()).toEqual(['dynamic_ner_models', 'kb_enrichment', 'new_ner_model', 'pattern_matching']);
  expect((await rollouts.status({ ...there, flag: 'dynamic_ner_models' })).strategy).toBe('canary');
  const [latest] = (await history.list({ ...there, limit: 1 })).members;
  expect([latest?.reason, latest?.actor]).toEqual([`${good} by ann`, 'robot@example.org']);
  expect((await happened({ sha: good, event_name: 'push' }))[0]?.out).toContain('Nothing was to be changed');

  const bad = await committed((plan) => plan.replace('stages: [5, 20', 'stages: [20, 5'));
  const [refused, ...after] = await proposed(bad, 'shop/flags');
  expect([refused?.exit, after]).toEqual([2, []]);
  expect(refused?.err).toMatch(/rollout_plan\.yaml:\d+:\d+/);
}, 300_000);

const PROGRAM = `import { createSluice, memoryStore } from 'sluice';
import { connect, createClient } from '@sluice/client';
import { SluiceProvider } from '@sluice/openfeature/server';
import { SluiceWebProvider } from '@sluice/openfeature/web';

const { flags, close } = createSluice({ store: memoryStore() });
await flags.setFlag('checkout', { enabled: true });
const isOn: boolean = flags.isEnabled('checkout', { userId: 'ann' });
console.log(isOn, typeof createClient, typeof connect, typeof SluiceProvider, typeof SluiceWebProvider);
// @ts-expect-error a truth is no text
const text: string = isOn;
await close();
`;

it('its types compile in a program of their own, which runs', async () => {
  for (const name of ['typescript', '@types/node', '@openfeature/server-sdk', '@openfeature/web-sdk', '@openfeature/core'])
    await use(name, folder);
  const compilerOptions = { module: 'nodenext', target: 'es2023', strict: true, types: ['node'] };
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
  await writeFile(join(folder, 'program.ts'), PROGRAM);
  const compiled = await run(process.execPath, ['node_modules/typescript/bin/tsc'], { folder });
  expect([compiled.out, compiled.exit]).toEqual(['', 0]);
  expect((await run(process.execPath, ['program.js'], { folder })).out).toBe('true function function function function\n');
});
