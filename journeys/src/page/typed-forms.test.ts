/** Forms while they are typed: what is not there yet is not taken for 0, and what is wrong is said before anything is sent. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, OTHERS, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { confirm, seen, within } from './seeing.testing.ts';

const PRODUCTION = { ...PLACE, environment: 'production' } as const;
let at: PageWorld;
let page: Page;
beforeAll(async () => {
  at = await pageWorld();
  const settings = { enabled: true, rolloutPercentage: 20, description: 'x'.repeat(300) };
  await at.client.flags.set({ ...PLACE, key: 'search', settings });
  page = await at.loggedIn();
}, BROWSER_MS);
afterAll(() => at?.close());

const dialog = () => page.getByRole('dialog');

async function typedTest(name: string): Promise<void> {
  await page.getByRole('button', { name: 'New test' }).click(within);
  await dialog().getByRole('textbox', { name: /^Name/ }).first().fill(name);
  await dialog().getByLabel('What arm 1 serves').fill('old');
  await dialog().getByLabel('What arm 2 serves').fill('new');
}

it('makes a test where every change needs a reason', async () => {
  await page.goto(`/p/default/production/tests`);
  await typedTest('ranking');
  const make = dialog().getByRole('button', { name: 'Create the draft' });
  expect(await make.isDisabled()).toBe(true);
  await dialog().getByRole('textbox', { name: /^Why/ }).fill('to learn which is better');
  await make.click();
  await page.waitForURL(/\/tests\/ranking$/, within);
  const { members } = await at.client.history.list({ ...PRODUCTION, kind: 'experiment', key: 'ranking' });
  expect(members).toMatchObject([{ reason: 'to learn which is better' }]);
});

it('goes on saying what is wrong with a test once it is planned, and nothing of what was mended', async () => {
  await page.goto(`${BASE}/tests`);
  await typedTest('buttons');
  await dialog().getByLabel('Rate today').fill('5');
  await dialog().getByLabel('New units a day').fill('10000');
  await dialog().getByRole('status', { name: 'What the test needs' }).waitFor(within);
  await dialog().getByLabel('Name of arm 2').fill('control');
  const wrong = dialog().getByText(/is the name of the first arm/);
  await wrong.waitFor(within);
  await dialog().getByLabel('Name of arm 2').fill('green');
  await wrong.waitFor({ state: 'detached', ...within });
  await dialog().getByLabel('Only where this holds').fill('{');
  await dialog().getByLabel('Runs for').fill('');
  await dialog().getByText('Must be a JSON object').waitFor(within);
  await dialog().getByText('A number', { exact: true }).waitFor(within);
  expect(await dialog().getByRole('button', { name: 'Create the draft' }).isDisabled()).toBe(true);
});

it('takes a number that was taken out for none, and not for 0', async () => {
  await page.goto(`${BASE}/flags/search`);
  await page.getByRole('textbox', { name: 'Percentage' }).fill('');
  await page.getByText('A number', { exact: true }).waitFor(within);
  expect(await page.getByRole('button', { name: /^Set / }).count()).toBe(0);
  await page.getByRole('textbox', { name: 'Percentage' }).fill('35');
  await page.getByRole('button', { name: 'Set 35 %' }).waitFor(within);
  await page.getByRole('button', { name: 'Roll out', exact: true }).click();
  await dialog().getByRole('textbox', { name: /^Why/ }).fill('as planned');
  const start = dialog().getByRole('button', { name: 'Start', exact: true });
  await expect.poll(() => start.isEnabled(), within).toBe(true);
  await dialog().getByLabel('Value of criterion 1').fill('');
  expect(await start.isDisabled()).toBe(true);
  await dialog().getByLabel('Value of criterion 1').fill('1.5');
  expect(await start.isEnabled()).toBe(true);
});

it.each(['flags', 'segments'])('says of %s before they are sent which names they cannot have', async (kind) => {
  await page.goto(`${BASE}/${kind}`);
  await page.getByRole('button', { name: /^New / }).click(within);
  await dialog().getByLabel('Name').fill('..');
  await dialog().getByText('must not be “..”').waitFor(within);
  expect(
    await dialog()
      .getByRole('button', { name: /Create it/ })
      .isDisabled(),
  ).toBe(true);
});

it('tells a viewer with a phone that they may only look, fits there, and names the role that may more', async () => {
  const viewer = await at.loggedIn(OTHERS.viewer, { width: 390 });
  await viewer.goto(`${BASE}/flags/search`);
  await viewer.getByText('view only').waitFor(within);
  expect(await viewer.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await confirm(viewer, { button: 'Kill', reason: 'I may not' });
  await seen('this needs the permission "rollbacks.perform", which comes with the role editor', viewer);
  // Whoever tries again need not type it again.
  await viewer.getByRole('button', { name: 'Kill', exact: true }).click(within);
  expect(await viewer.getByRole('dialog').getByRole('textbox', { name: /Why/ }).inputValue()).toBe('I may not');
});
