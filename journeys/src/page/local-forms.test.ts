/** A reader far from the server: instants are asked for by their clock, numbers stand in the form of the sentences around them. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { seen, within } from './seeing.testing.ts';

let at: PageWorld;
let page: Page;
beforeAll(async () => {
  at = await pageWorld();
  await at.client.flags.set({ ...PLACE, key: 'search', settings: { enabled: true, expires: '2027-01-31T08:00:00Z' } });
  await at.client.segments.set({
    ...PLACE,
    key: 'crowd',
    settings: { members: Array.from({ length: 1234 }, (_, n) => `u${n}`) },
  });
  await at.client.segments.set({ ...PLACE, key: 'payers', settings: { condition: { plan: 'pro' } } });
  page = await at.loggedIn(undefined, { locale: 'de-DE', timezoneId: 'Australia/Adelaide' });
}, BROWSER_MS);
afterAll(() => at?.close());

const expires = async () => (await at.client.flags.settings({ ...PLACE, key: 'search' })).settings.expires;

it('asks by the clock of the reader when a flag expires, and says by which', async () => {
  await page.goto(`${BASE}/flags/search/edit`);
  const field = page.getByLabel('Expires');
  await field.waitFor(within);
  expect([await field.getAttribute('type'), await field.inputValue()]).toEqual(['datetime-local', '2027-01-31T18:30']);
  await seen('Time of Australia/Adelaide', page);
  await field.fill('2027-02-28T00:00');
  await page.getByRole('button', { name: 'Review and save' }).click(within);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /Why/ }).fill('a month more');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await expect.poll(expires, within).toBe('2027-02-27T13:30:00.000Z');
});

it('says numbers as the page does, and of a segment that it has a condition', async () => {
  await page.goto(`${BASE}/segments`);
  await seen('1,234 members', page);
  await page
    .getByRole('link', { name: /payers/ })
    .getByText('by condition')
    .waitFor(within);
});

it('says in words why a user gets what they get', async () => {
  await page.goto(`${BASE}/flags/search`);
  await page.getByLabel('User', { exact: true }).fill('user-1');
  await page.getByRole('button', { name: 'What do they get?' }).click();
  await seen('They get on, whoever they are. STATIC', page);
});
