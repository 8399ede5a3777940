/** A criterion of the start dialog names the metric source that it is measured by. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seriousFindings } from './axe.testing.ts';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';

/** No host of this name is ever found: who starts a rollout by it asks in vain, and that is no part of this journey. */
const QUALITY = { kind: 'httpJson', url: 'https://quality.invalid/{metric}/{variant}', pointer: '/score', samples: '/samples' };

let at: PageWorld;
beforeAll(async () => {
  at = await pageWorld({ variables: { SLUICE_METRIC_SOURCES: JSON.stringify({ quality: QUALITY }) } });
  await at.client.flags.set({ ...PLACE, key: 'search', settings: { enabled: true, rolloutPercentage: 0 } });
}, BROWSER_MS);
afterAll(() => at?.close());

it('is measured by the own collector until another source of the server is chosen', async () => {
  const page = await at.loggedIn();
  await page.goto(`${BASE}/flags/search`);
  await page.getByRole('button', { name: 'Roll out' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Add a criterion' }).click();
  const source = dialog.getByRole('combobox', { name: 'Source of criterion 2' });
  expect(await source.inputValue()).toBe('own collector');
  await source.click();
  await page.getByRole('option', { name: 'quality', exact: true }).click();
  await dialog.getByLabel('Metric of criterion 2').fill('mean(relevance)');
  await dialog.getByLabel('Value of criterion 2').fill('0.8');
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole('textbox', { name: /Why/ }).fill('a journey');
  await dialog.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForURL(new RegExp(`${BASE}/rollouts/search$`));
  expect((await at.client.rollouts.status({ ...PLACE, flag: 'search' })).criteria).toMatchObject([
    { metric: 'errorRate', source: 'collector' },
    { metric: 'mean(relevance)', source: 'quality', max: 0.8 },
  ]);
  expect(at.complaints).toEqual([]);
});
