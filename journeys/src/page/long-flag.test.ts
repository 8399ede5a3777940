/** A flag with many rules, conditions and names: looked through and changed as quickly as a short one. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seriousFindings } from './axe.testing.ts';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { seen, within } from './seeing.testing.ts';

const RULES = 20;
let at: PageWorld;
let page: Page;

beforeAll(async () => {
  at = await pageWorld();
  const settings = {
    description: 'What it is for, in many words. '.repeat(300),
    enabled: true,
    rolloutPercentage: 20,
    enabledUsers: Array.from({ length: 100 }, (_, index) => `customer-${index}`),
    conditions: { all: Array.from({ length: 50 }, (_, index) => ({ [`attribute_${index}`]: { gte: index } })) },
    rules: Array.from({ length: RULES }, (_, index) => ({ if: { plan: `plan-${index + 1}` }, variant: 'on' })),
  };
  await at.client.flags.set({ ...PLACE, key: 'long', settings });
  page = await at.loggedIn();
}, BROWSER_MS);
afterAll(() => at?.close());

const rules = async () => (await at.client.flags.settings({ ...PLACE, key: 'long' })).settings.rules ?? [];

it('is shown shortened, and whole when it is asked for', async () => {
  await page.goto(`${BASE}/flags/long`);
  await page.getByRole('button', { name: 'Show all of it' }).waitFor(within);
  const targetingTop = async () => (await page.getByRole('region', { name: 'Who gets what' }).boundingBox())?.y ?? 0;
  expect(await targetingTop()).toBeLessThan(400);
  await page.getByRole('button', { name: 'Show all of it' }).click();
  await page.getByRole('button', { name: 'Show less' }).first().click(within);
  const targeting = page.getByRole('region', { name: 'Who gets what' });
  await targeting.getByText('plan is "plan-6" → on').waitFor(within);
  expect(await targeting.getByText('plan is "plan-7" → on').count()).toBe(0);
  await targeting.getByRole('button', { name: `Show all ${RULES} rules` }).click();
  await targeting.getByText(`plan is "plan-${RULES}" → on`).waitFor(within);
});

it('is edited with a line for each rule, whose fields are opened one by one, and draws no option that nobody asked for', async () => {
  await page.goto(`${BASE}/flags/long/edit`);
  await page.getByRole('button', { name: 'Open rule 3', exact: true }).waitFor(within);
  expect(await page.locator('[role=option]').count()).toBe(0);
  const third = page.getByRole('group', { name: 'Rule 3', exact: true });
  expect(await third.getByRole('textbox', { name: 'Value' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Open rule 3', exact: true }).click();
  await third.getByRole('textbox', { name: 'Value' }).fill('pro');
  expect(await seriousFindings(page)).toEqual([]);
});

it('keeps what was begun in a rule that is folded again, and saves what was changed alone', async () => {
  const third = page.getByRole('group', { name: 'Rule 3', exact: true });
  await third.getByRole('button', { name: 'Condition', exact: true }).click();
  await page.getByRole('button', { name: 'Fold rule 3', exact: true }).click();
  await third.getByText('plan is "pro" → on').waitFor(within);
  await page.getByRole('button', { name: 'Open rule 3', exact: true }).click();
  expect(await third.getByRole('textbox', { name: 'Attribute' }).count()).toBe(2);
  const before = await rules();
  await page.getByRole('button', { name: 'Review and save' }).click(within);
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await expect.poll(async () => (await rules())[2], within).toEqual({ if: { plan: 'pro' }, variant: 'on' });
  expect((await rules()).filter((_, index) => index !== 2)).toEqual(before.filter((_, index) => index !== 2));
});

it('says of a flag that is not there that it is not, and leads to those that are', async () => {
  await page.goto(`${BASE}/flags/gone`);
  await seen('There is no such thing', page);
  await page.getByRole('link', { name: 'All flags' }).click();
  await page.waitForURL(new RegExp(`${BASE}/flags$`));
});
