import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient } from '@sluice/client';
import { DEFAULT_SETTINGS, serverLog, startServer } from '@sluice/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findPromtool } from '../../../packages/engine/src/metrics/prometheus-binary.testing.ts';

const promtool = findPromtool();
const RULES = 'sluice-alerts.yaml';
const run = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alerts-'));
  for (const file of [RULES, 'sluice-alerts.test.yaml', 'prometheus.yaml'])
    await cp(join(import.meta.dirname, file), join(folder, file));
});
afterAll(() => rm(folder, { recursive: true }));

const check = async (...args: string[]): Promise<string> => {
  const { stdout, stderr } = await run(promtool ?? '', args, { cwd: folder }).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  return `${stdout}${stderr}`;
};

it.skipIf(promtool === null)('the rules are rules, and fire when they should and not before', async () => {
  expect(await check('check', 'rules', RULES)).toMatch(/SUCCESS: 12 rules found/);
  expect(await check('test', 'rules', 'sluice-alerts.test.yaml')).toMatch(/SUCCESS/);
});

it.skipIf(promtool === null)('a rule that fires too late is found by their tests', async () => {
  const rules = await readFile(join(folder, RULES), 'utf8');
  await writeFile(join(folder, RULES), rules.replace('< 900', '< 9'));
  expect(await check('test', 'rules', 'sluice-alerts.test.yaml')).toMatch(/FAILED/);
  await writeFile(join(folder, RULES), rules);
});

it.skipIf(promtool === null)('the settings for Prometheus are taken', async () => {
  await writeFile(join(folder, 'sluice.token'), 'a token');
  expect(await check('check', 'config', 'prometheus.yaml')).toMatch(/SUCCESS: .*valid/);
});

it('every figure that a rule asks for is one that a server has', async () => {
  const told = await figuresOfServer();
  const rules = await readFile(join(folder, RULES), 'utf8');
  const asked = new Set([...rules.matchAll(/\bsluice_\w+/g)].map(([name]) => name.replace(/_count$/, '')));
  expect(asked.size).toBeGreaterThan(8);
  expect([...asked].filter((name) => !told.has(name))).toEqual([]);
  const tested = await readFile(join(folder, 'sluice-alerts.test.yaml'), 'utf8');
  const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name = '']) => name);
  expect(alerts.filter((name) => !tested.includes(name))).toEqual([]);
});

it('every figure of the dashboard is one that a server has, and every question is one that Prometheus understands', async () => {
  const text = await readFile(join(import.meta.dirname, 'grafana-dashboard.json'), 'utf8');
  const { panels } = JSON.parse(text) as { panels: { targets: { expr: string }[] }[] };
  const asked = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  expect(asked.length).toBeGreaterThan(15);
  const names = new Set([...text.matchAll(/\bsluice_\w+/g)].map(([name]) => name.replace(/_(count|bucket)$/, '')));
  const told = await figuresOfServer();
  expect([...names].filter((name) => !told.has(name))).toEqual([]);
  if (promtool === null) return;
  const rules = asked.map((expr, index) => ({ record: `asked:${index}`, expr }));
  await writeFile(join(folder, 'asked.json'), JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
  expect(await check('check', 'rules', 'asked.json')).toContain(`SUCCESS: ${asked.length} rules found`);
});

it('every alert has its page in the runbook', async () => {
  const guide = await readFile(join(import.meta.dirname, '../../../DEPLOYMENT_GUIDE.md'), 'utf8');
  const pages = [...guide.matchAll(/^### (Sluice.*)$/gm)].flatMap(([, names = '']) => names.split(', ')).sort();
  const rules = await readFile(join(import.meta.dirname, RULES), 'utf8');
  expect([...rules.matchAll(/alert: (\w+)/g)].map(([, name = '']) => name).sort()).toEqual(pages);
});

async function figuresOfServer(): Promise<ReadonlySet<string>> {
  const printed: string[] = [];
  const log = serverLog({ logLevel: 'warn' }, { write: (line: string) => void printed.push(line) });
  const dataFolder = await mkdtemp(join(folder, 'data-'));
  const server = await startServer({ ...DEFAULT_SETTINGS, port: 0, dataFolder }, log);
  const me = { email: 'ann@example.com', password: 'at least twelve characters' };
  const { url } = server;
  await createClient({ url }).session.setUp({ ...me, secret: /setup#([\w-]+)"/.exec(printed.join(''))?.[1] ?? '' });
  const login = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(me),
  });
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  const text = await (await fetch(`${url}/metrics`, { headers: { cookie } })).text();
  await server.close();
  return new Set([...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name));
}
