import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { seen, within } from './seeing.testing.ts';

let at: PageWorld;
let page: Page;
const changes: string[] = [];
beforeAll(async () => {
  at = await pageWorld();
  await at.client.flags.set({ ...PLACE, key: 'search', settings: { enabled: true, rolloutPercentage: 0 } });
  await at.client.flags.set({ ...PLACE, key: 'words', settings: {} });
  const settings = { strategy: 'percentage', stages: [10, 30, 100], bakeMs: 100, minExposures: 0, unvalidated: true } as const;
  await at.client.rollouts.start({
    ...PLACE,
    flag: 'search',
    reason: 'a journey',
    settings: { ...settings, autoAdvance: false },
  });
  page = await at.loggedIn();
  page.on('request', (request) => {
    if (!['GET', 'HEAD'].includes(request.method())) changes.push(new URL(request.url()).pathname);
  });
}, BROWSER_MS);
afterAll(() => at?.close());

it('approves one stage by a double click, and not the next, too', async () => {
  await page.goto(`${BASE}/rollouts/search`);
  await page.getByRole('button', { name: 'Approve', exact: true }).click(within);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /Why/ }).fill('looks well');
  await dialog.getByRole('button', { name: 'Approve', exact: true }).dblclick();
  await dialog.waitFor({ state: 'detached', ...within });
  await expect.poll(async () => (await at.client.rollouts.status({ ...PLACE, flag: 'search' })).stage, within).toBe(1);
  expect(changes.filter((path) => path.endsWith('/approve'))).toHaveLength(1);
});

it('asks for the reason that another environment needs, and saves an edit once by a double click', async () => {
  await page.goto(`${BASE}/flags/words/edit`);
  await page.getByLabel('What it is for').fill('finds things');
  await page.getByRole('button', { name: 'Review and save' }).click(within);
  // production has the same words, and is protected: the dialog says so, and goes on.
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await page
    .getByRole('dialog')
    .getByRole('alert')
    .getByText(/"production" is a protected environment/)
    .waitFor(within);
  await page.getByRole('dialog').getByRole('textbox', { name: 'Why' }).fill('to be found');
  changes.length = 0;
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).dblclick();
  await seen('words is changed', page);
  expect(changes.filter((path) => path.endsWith('/flags/words'))).toHaveLength(1);
  expect(await page.getByText('Nothing was changed').count()).toBe(0);
});
