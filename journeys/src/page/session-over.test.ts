/** A session that is over while somebody works: they are told, log in, and go on where they were. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ME } from '../server/server-process.testing.ts';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { confirm, seen, within } from './seeing.testing.ts';

let at: PageWorld;
let page: Page;
beforeAll(async () => {
  at = await pageWorld();
  await at.client.flags.set({ ...PLACE, key: 'search', settings: { enabled: true } });
  page = await at.loggedIn();
}, BROWSER_MS);
afterAll(() => at?.close());

const status = async () => (await at.client.flags.get({ ...PLACE, key: 'search' })).status;

async function logInAgain(): Promise<void> {
  await page.waitForURL('**/login', within);
  // By the keyboard alone: the first field has it.
  await page.locator('input[type=email]:focus').waitFor(within);
  await page.keyboard.insertText(ME.email);
  await page.keyboard.press('Tab');
  await page.keyboard.insertText(ME.password);
  await page.keyboard.press('Enter');
}

it('a kill that comes too late says to log in, kills nothing, and works after it', async () => {
  await page.goto(`${BASE}/flags/search?tab=history`);
  await page.getByRole('button', { name: 'Kill', exact: true }).waitFor(within);
  await page.context().clearCookies();
  await confirm(page, { button: 'Kill', reason: 'finds nothing' });
  await seen(/nobody is logged in here, or not any more: log in/, page);
  await logInAgain();
  await page.waitForURL(`**${BASE}/flags/search?tab=history`, within);
  expect(await status()).toBe('enabled');
  await confirm(page, { button: 'Kill', reason: 'finds nothing' });
  await expect.poll(status, within).toBe('disabled');
});

it('an edit that was typed is there after logging in again', async () => {
  await page.goto(`${BASE}/flags/search/edit`);
  await page.getByLabel('What it is for').waitFor(within);
  await page.context().clearCookies();
  // What is typed is tried out on the server, which does not know any more for whom.
  await page.getByLabel('What it is for').fill('finds things');
  await logInAgain();
  await page.waitForURL(`**${BASE}/flags/search/edit`, within);
  await expect.poll(() => page.getByLabel('What it is for').inputValue(), within).toBe('finds things');
});
