import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { seen } from './seeing.testing.ts';

let at: PageWorld;
let page: Page;
beforeAll(async () => {
  at = await pageWorld();
  await at.client.flags.set({ ...PLACE, key: 'search', settings: {} });
  page = await at.loggedIn();
}, BROWSER_MS);
afterAll(() => at?.close());

it.each([
  ['rollouts/nothing', 'nothing has no rollout'],
  ['tests/nothing', 'There is no test nothing'],
  ['flags/nothing', 'There is no such thing'],
  ['flags/nothing/edit', 'There is no such thing'],
  ['start/nothing', 'There is no such thing'],
  // Cut in the middle of a letter, as a mail may cut it.
  ['flags/%E0%A4%A', 'There is no such thing'],
])('says at %s that there is none, once the server says so', async (address, said) => {
  await page.goto(`${BASE}/${address}`);
  await seen(said, page);
});

it('says of an environment that is not there that there is none, and of nothing else', async () => {
  await page.goto('/p/shop/nowhere/flags');
  await seen('There is no such environment', page);
  expect(await page.getByText('could not be read').count()).toBe(0);
  await page.goto(`${BASE}/account`);
  await seen('Personal tokens', page);
});

it.each([
  ['rollouts/search', '**/rollouts/search', 'has no rollout'],
  ['tests/search', '**/experiments/search', 'There is no test'],
])('says at %s that it could not be read, not that there is none, while the server fails', async (address, asked, not) => {
  await page.route(asked, (route) => (route.request().isNavigationRequest() ? route.continue() : route.abort()));
  await page.goto(`${BASE}/${address}`);
  await seen('This could not be read', page);
  expect(await page.getByText(not).count()).toBe(0);
  await page.unroute(asked);
});
