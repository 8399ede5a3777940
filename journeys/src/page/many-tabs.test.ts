import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { seen, within } from './seeing.testing.ts';

/** One more than a browser has connections to a server. */
const MANY = 7;

let at: PageWorld;
let page: Page;
beforeAll(async () => {
  at = await pageWorld();
  await at.client.flags.set({ ...PLACE, key: 'before', settings: {} });
  page = await at.loggedIn();
}, BROWSER_MS);
afterAll(() => at?.close());

/** A browser without a screen shows all its tabs at once: what a person does by choosing another is done for it. */
const turnTo = (tab: Page, visibility: 'hidden' | 'visible') =>
  tab.evaluate(`
    Object.defineProperty(document, 'visibilityState', { value: '${visibility}', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  `);

const live = (tab: Page) => tab.getByRole('status').getByText('live').waitFor(within);

it('goes on in one more tab than a browser has connections, and one that is looked at again shows what it missed', async () => {
  await page.goto(`${BASE}/flags`);
  await seen('before', page);
  const tabs = [page];
  while (tabs.length < MANY) {
    await turnTo(tabs.at(-1) as Page, 'hidden');
    const tab = await page.context().newPage();
    tabs.push(tab);
    await tab.goto(`${BASE}/flags`);
    await live(tab);
  }
  await at.client.flags.set({ ...PLACE, key: 'meanwhile', settings: {} });
  await seen('meanwhile', tabs.at(-1) as Page);
  expect(await page.getByText('meanwhile').count()).toBe(0);
  await turnTo(page, 'visible');
  await seen('meanwhile', page);
  expect(at.complaints).toEqual([]);
});
