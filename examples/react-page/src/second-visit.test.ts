/** What a page keeps, and when it asks again, in a real browser. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from '../../../journeys/src/page/browser.testing.ts';
import { type TestSite, testSite } from './test-site.testing.ts';

let site: TestSite;
beforeAll(async () => {
  site = await testSite();
}, BROWSER_MS);
afterAll(() => site?.close());

const ASKED = '**/ofrep/v1/evaluate/flags*';
const within = { timeout: 30_000 };
const shown = (page: Page) => expect.poll(() => page.textContent('body'), within).toMatch(/blue|green/);
const reasonOn = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { details(): { reason: string } }).details().reason);

it('shows a second visit its values though the server is away', async () => {
  const page = await site.browser.newPage();
  await page.goto(`${site.origin}/?user=ann`);
  await shown(page);
  const first = await page.textContent('body');
  await page.route(ASKED, (route) => route.abort());
  await page.reload();
  await shown(page);
  expect([await page.textContent('body'), await reasonOn(page)]).toEqual([first, 'CACHED']);
  await page.unroute(ASKED);
  await page.reload();
  await shown(page);
  await expect.poll(() => reasonOn(page), within).toBe('SPLIT');
  await page.close();
});

it('asks when it is seen again, and not when it is hidden', async () => {
  const page = await site.browser.newPage();
  let asked = 0;
  page.on('request', (request) => {
    if (request.url().includes('/evaluate/flags')) asked += 1;
  });
  await page.goto(`${site.origin}/?user=bob`);
  await shown(page);
  // The stream begins by telling of the present definitions, so there is a second question.
  await expect.poll(() => asked, within).toBe(2);
  const turn = (state: string) =>
    page.evaluate((to) => {
      const { document, Event: Told } = globalThis as unknown as { document: EventTarget; Event: typeof Event };
      Object.defineProperty(document, 'visibilityState', { value: to, configurable: true });
      document.dispatchEvent(new Told('visibilitychange', { bubbles: true }));
    }, state);
  await turn('hidden');
  expect(asked).toBe(2);
  await turn('visible');
  await expect.poll(() => asked, within).toBe(3);
  await page.close();
});
