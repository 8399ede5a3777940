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
  { colorScheme: 'dark', width: 390 },
] as const)('can be read and used by everybody, and fits: $colorScheme, $width wide', async (looks) => {
  const other = await at.loggedIn(undefined, looks);
  for (const view of ['/tests', '/tests/search', '/tests/draft']) {
    await other.goto(`${BASE}${view}`);
    await other.getByRole('heading', { level: 1 }).waitFor(within);
    await other.waitForLoadState('networkidle').catch(() => {});
    expect(await seriousFindings(other), view).toEqual([]);
    expect(await other.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${view} is too wide`).toBe(true);
  }
  await other.context().close();
});

it('is stopped with a reason, and its winner is shipped by a rollout', async () => {
  await page.goto(`${BASE}/tests/search`);
  for (const button of ['Stop', 'Ship the winner']) await confirm(page, { button, reason: 'it is shown' });
  await page.waitForURL(new RegExp(`${BASE}/rollouts/search`));
  expect(await at.client.experiments.get({ ...PLACE, test: 'search' })).toMatchObject({ shippedVariant: 'treatment' });
  expect(await at.client.rollouts.status({ ...PLACE, flag: 'search' })).toMatchObject({ strategy: 'canary' });
  expect(at.complaints).toEqual([]);
});
