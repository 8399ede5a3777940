/** The page in a real browser, over a real server. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS, openBrowser } from '../../../journeys/src/page/browser.testing.ts';
import { type World, world } from '../../../packages/server/src/world.testing.ts';
import { type PageServer, startPage } from './page-server.ts';

let at: World;
let page: PageServer;
let browser: Browser;
beforeAll(async () => {
  at = await world();
  const { flags } = at.sluice;
  await flags.setFlag('new_checkout', { status: 'whitelist', enabledUsers: ['ann'] });
  await flags.setFlag('theme', {
    enabled: true,
    variants: { light: 'light', dark: 'dark' },
    offVariant: 'light',
    onVariant: 'dark',
  });
  page = await startPage({ url: at.url, serverToken: at.secrets.server, clientToken: at.secrets.client });
  browser = await openBrowser();
}, BROWSER_MS);
afterAll(async () => {
  await browser?.close();
  await page?.close();
  await at?.close();
});

it('shows each user their values at once, and another value as soon as somebody sets it', async () => {
  const [ann, bob] = [await browser.newPage(), await browser.newPage()];
  const failures: string[] = [];
  for (const tab of [ann, bob]) tab.on('pageerror', (error) => failures.push(error.message));
  await ann.goto(`${page.url}/?user=ann`);
  await bob.goto(`${page.url}/?user=bob%3C/script%3E`);
  await expect.poll(() => ann.textContent('h1')).toBe('The new checkout');
  await expect.poll(() => bob.textContent('h1')).toBe('The old checkout');
  expect(await ann.textContent('p')).toBe('The theme is dark, because of STATIC.');

  await at.sluice.flags.disableFlag('theme', { reason: 'unreadable' });
  await at.sluice.flags.addUserToFlag('new_checkout', 'bob</script>');
  for (const tab of [ann, bob]) {
    await expect.poll(() => tab.textContent('p')).toBe('The theme is light, because of DISABLED.');
    expect(await tab.textContent('h1')).toBe('The new checkout');
  }
  const told = ann.waitForRequest(
    (request) => request.url().includes('/ofrep/v1/reports') && /orders/.test(request.postData() ?? ''),
  );
  await ann.getByRole('button', { name: 'Buy' }).click();
  expect((await (await told).response())?.status()).toBe(200);
  expect(await ann.getAttribute('main', 'data-theme')).toBe('light');
  expect(failures).toEqual([]);
});
