/** Tests on the page: results that can be read at a glance, by everybody, and a winner that is shipped. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seriousFindings } from './axe.testing.ts';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { confirm, within } from './seeing.testing.ts';

const UNITS = 1_200;
let at: PageWorld;
let page: Page;

/** Both arms alike but for 3 ms of 50; what each met counts once. */
async function measured(test: string): Promise<void> {
  const units = Array.from({ length: UNITS }, (_, index) => ({
    unit: `user-${index}`,
    variant: index % 2 === 0 ? 'control' : 'treatment',
    value: 50 + (index % 14) - (index % 2) * 3,
  }));
  await at.client.metrics.observe({
    ...PLACE,
    sender: { instanceId: 'a journey', seq: 1 },
    exposures: units.map(({ unit, variant }) => ({ flag: test, unit, variant })),
    observations: units.map(({ value, ...of }) => ({ ...of, test, metric: 'seconds', value })),
  });
}

beforeAll(async () => {
  at = await pageWorld();
  const settings = { testId: 'search', controlComponent: 'old', treatmentComponent: 'new', description: 'Is it faster?' };
  const trackedMetrics = [{ name: 'seconds', goal: 'decrease' as const }];
  await at.client.experiments.create({ ...PLACE, settings: { ...settings, trackedMetrics } });
  await at.client.experiments.create({ ...PLACE, settings: { ...settings, testId: 'draft' } });
  await at.client.experiments.start({ ...PLACE, test: 'search', reason: 'a journey' });
  await measured('search');
  page = await at.loggedIn();
}, BROWSER_MS);
afterAll(() => at?.close());

it('says of a test what may be concluded, by how much, and whether the arms are alike, as the API does', async () => {
  await page.goto(`${BASE}/tests`);
  await page.getByText('search', { exact: true }).click();
  const { conclusion, metrics } = await at.client.experiments.results({ ...PLACE, test: 'search' });
  expect(conclusion[0]).toBe('treatment is better than the control.');
  for (const sentence of conclusion) await page.getByText(sentence).first().waitFor(within);
  const { controlUnits = 0, treatmentUnits = 0 } = metrics.seconds ?? {};
  expect(controlUnits + treatmentUnits).toBe(UNITS);
  await page.getByText(UNITS.toLocaleString('en-US')).first().waitFor(within);
});

it.each([
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'light', width: 768 },
  { colorScheme: 'dark', width: 390 },
] as const)('can be read and used by everybody, and fits: $colorScheme, $width wide', async (looks) => {
  const other = await at.loggedIn(undefined, looks);
  for (const view of ['/tests', '/tests/search', '/tests/draft']) {
    await other.goto(`${BASE}${view}`);
    await other.getByRole('heading', { level: 1 }).waitFor(within);
    if (view === '/tests/search') await other.getByRole('cell', { name: 'better' }).waitFor(within);
    await other.waitForLoadState('networkidle').catch(() => {});
    expect(await seriousFindings(other), view).toEqual([]);
    expect(await other.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${view} is too wide`).toBe(true);
  }
  await other.context().close();
});

it('is stopped with a reason, and its winner is shipped by the rollout that is chosen', async () => {
  await page.goto(`${BASE}/tests/search`);
  await confirm(page, { button: 'Stop', reason: 'it is shown' });
  const sources = page.waitForResponse(/\/metric-sources$/);
  await page.getByRole('button', { name: 'Ship the winner', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Percentage', { exact: true }).click();
  await dialog.getByLabel('Stages', { exact: true }).fill('20, 60, 100');
  await dialog.getByLabel('Bake of each stage').fill('7');
  await dialog.getByRole('button', { name: 'Add a criterion' }).click();
  await dialog.getByLabel('Metric of criterion 2').fill('p95');
  await dialog.getByRole('combobox', { name: 'Bound of criterion 2' }).click();
  await page.getByRole('option', { name: 'at most × control' }).click();
  await dialog.getByLabel('Value of criterion 2').fill('1.5');
  await dialog.getByText('Say which latency is slow').waitFor(within);
  await sources;
  expect(await seriousFindings(page)).toEqual([]);
  expect(await dialog.getByLabel(/^Source of criterion/).count(), 'a choice where there is one source').toBe(0);
  await dialog.getByLabel('A user is slow who meets a latency above').fill('300');
  await dialog.getByText('at most 1.5 times as many users may meet a latency above 300 as of the control').waitFor(within);
  await dialog.getByRole('textbox', { name: /Why/ }).fill('it is shown');
  await dialog.getByRole('button', { name: 'Ship the winner', exact: true }).click();
  await page.waitForURL(new RegExp(`${BASE}/rollouts/search`));
  expect(await at.client.experiments.get({ ...PLACE, test: 'search' })).toMatchObject({ shippedVariant: 'treatment' });
  expect(await at.client.rollouts.status({ ...PLACE, flag: 'search' })).toMatchObject({
    strategy: 'percentage',
    stagePercentages: [20, 60, 100],
    bakeMs: 420_000,
    criteria: [{ versusControl: 1.2 }, { metric: 'p95', versusControl: 1.5, slowerThan: 300 }],
  });
  expect(at.complaints).toEqual([]);
});

it('is put away with a reason when it is over, and can still be read', async () => {
  await page.goto(`${BASE}/tests/draft`);
  await confirm(page, { button: 'Archive', reason: 'never needed' });
  await page.waitForURL(new RegExp(`${BASE}/tests$`));
  await page.getByText('search', { exact: true }).waitFor(within);
  expect(await page.getByText('draft', { exact: true }).count()).toBe(0);
  expect(await at.client.experiments.get({ ...PLACE, test: 'draft' })).toMatchObject({ archivedAt: expect.any(String) });
  await page.goto(`${BASE}/tests/draft`);
  await page.getByText('archived', { exact: true }).waitFor(within);
  expect(await page.getByRole('button', { name: 'Archive' }).count()).toBe(0);
});
