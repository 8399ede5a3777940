/** What a plan would do is said before it is started: in a worker of the page, with the figures of the command. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RolloutForecast } from '@sluice/core';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seriousFindings } from './axe.testing.ts';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { within } from './seeing.testing.ts';

const run = promisify(execFile);
const COMMAND = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));
const PLAN = {
  strategy: 'canary',
  targetPercentage: 100,
  bakeMs: 60_000,
  criteria: [{ metric: 'errorRate', versusControl: 1.2 }],
} as const;

let at: PageWorld;
let page: Page;
beforeAll(async () => {
  at = await pageWorld();
  await at.client.flags.set({ ...PLACE, key: 'search', settings: { enabled: true, rolloutPercentage: 0 } });
  page = await at.loggedIn();
}, BROWSER_MS);
afterAll(() => at?.close());

async function simulation(on: Page): Promise<Locator> {
  await on.goto(`${BASE}/flags/search`);
  await on.getByRole('button', { name: 'Roll out' }).click();
  await on.getByLabel('Bake of each stage').fill('1');
  return on.getByRole('region', { name: 'Simulation' });
}

async function ofCommand(replicates: number): Promise<RolloutForecast> {
  const world = ['--units-per-second', '20', '--error-rate', '0.02', '--change-error-rate', '0.3'];
  const asked = ['--replicates', String(replicates), '--seed', 'a journey', '--settings', JSON.stringify(PLAN)];
  const { stdout } = await run(process.execPath, [COMMAND, 'rollout', 'simulate', ...world, ...asked, '--json']);
  return JSON.parse(stdout) as RolloutForecast;
}

it('says the figures that the command says for the same seed, and changes nothing', async () => {
  const dialog = await simulation(page);
  for (const [label, value] of [
    ['Users an hour', '72000'],
    ['Errors today', '2'],
    ['Errors with a bad change', '30'],
    ['Simulated rollouts', '5'],
    ['Seed', 'a journey'],
  ] as const)
    await dialog.getByLabel(label).fill(value);
  await dialog.getByRole('button', { name: 'Simulate' }).click();
  const { assumed, falseRollback } = await ofCommand(5);
  const forecast = dialog.getByRole('status', { name: 'Forecast' });
  await forecast.waitFor(within);
  const cells = async (row: string) =>
    forecast
      .getByRole('row', { name: new RegExp(`^${row}`) })
      .getByRole('cell')
      .allInnerTexts();
  const counts = ({ p50, p90, p99 }: RolloutForecast['assumed']['exposedUnits']) =>
    [p50, p90, p99].map((count) => count?.toLocaleString('en-US'));
  expect(await cells('Users who got it')).toEqual(counts(assumed.exposedUnits));
  expect(await cells('Users who met an error')).toEqual(counts(assumed.errorUnits));
  expect(assumed.detectionMs.p99).not.toBeNull();
  expect(await cells('Found after')).toHaveLength(3);
  expect(await forecast.innerText()).toMatch(new RegExp(`Good change taken back\\s+${falseRollback * 100} %`));
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByLabel('Errors today').fill('3');
  await dialog.getByText('Simulate again').waitFor(within);
  expect((await at.client.rollouts.list(PLACE)).rollouts).toEqual([]);
  expect(at.complaints).toEqual([]);
});

it('says how far it is, and stops when it is told to', async () => {
  const dialog = await simulation(page);
  await dialog.getByLabel('Simulated rollouts').fill('10000');
  await dialog.getByRole('button', { name: 'Simulate' }).click();
  await dialog.getByRole('progressbar', { name: /^[1-9]\d* of 10000 rollouts simulated/ }).waitFor(within);
  expect(page.workers()).toHaveLength(1);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.getByRole('button', { name: 'Simulate' }).waitFor(within);
  await expect.poll(() => page.workers().length, within).toBe(0);
});

it('says why a plan cannot be simulated, and fits on a phone in the dark', async () => {
  const phone = await at.loggedIn(undefined, { colorScheme: 'dark', width: 390 });
  const dialog = await simulation(phone);
  await phone.getByText('Percentage', { exact: true }).last().click();
  await phone.getByLabel('Stages', { exact: true }).fill('50, 20');
  await dialog.getByRole('button', { name: 'Simulate' }).click();
  await dialog.getByRole('alert').filter({ hasText: '/stages' }).waitFor(within);
  expect(await seriousFindings(phone)).toEqual([]);
  expect(await phone.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await phone.context().close();
});
