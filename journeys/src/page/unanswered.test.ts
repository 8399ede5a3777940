/** A change whose answer is lost: whoever asked for it is not told that nothing was changed. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { confirm, seen, within } from './seeing.testing.ts';

let at: PageWorld;
let page: Page;
beforeAll(async () => {
  at = await pageWorld();
  await at.client.flags.set({ ...PLACE, key: 'search', settings: { enabled: true, description: 'finds' } });
  page = await at.loggedIn();
}, BROWSER_MS);
afterAll(() => at?.close());

/** The server gets the change that is sent there, and nobody hears what it answers. */
const deafTo = (path: string) =>
  page.route(path, async (route) => {
    if (route.request().method() === 'GET') return route.fallback();
    await route.fetch();
    await route.abort();
  });
const UNKNOWN = 'It is not known whether this was done';
const flag = () => at.client.flags.get({ ...PLACE, key: 'search' });

it('says of a kill that it is not known whether it was done, and shows that it was', async () => {
  await page.goto(`${BASE}/flags/search`);
  await deafTo('**/flags/search/kill');
  await confirm(page, { button: 'Kill', reason: 'finds nothing' });
  await seen(UNKNOWN, page);
  await seen(/Look how it stands before you do it again/, page);
  expect(await page.getByText('Nothing was changed').count()).toBe(0);
  expect((await flag()).status).toBe('disabled');
  await page.getByRole('button', { name: 'Switch on', exact: true }).waitFor(within);
});

it('says the same of an edit that was saved', async () => {
  await page.goto(`${BASE}/flags/search/edit`);
  await page.getByLabel('What it is for').fill('finds things');
  await page.getByRole('button', { name: 'Review and save' }).click(within);
  await deafTo('**/environments/development/flags/search');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /Why/ }).fill('in more words');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await seen(UNKNOWN, page);
  expect((await flag()).description).toBe('finds things');
});

it('sends a kill again while nothing is heard of the server, as when it is started anew, and it is done once', async () => {
  await page.unrouteAll();
  await at.client.flags.set({ ...PLACE, key: 'search', settings: { enabled: true } });
  const { revision } = await flag();
  const keys: (string | undefined)[] = [];
  await page.route('**/flags/search/kill', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    // The fourth comes to the server, and its answer is lost.
    if (keys.length === 4) await route.fetch();
    await (keys.length <= 4 ? route.abort() : route.continue());
  });
  await page.goto(`${BASE}/flags/search`);
  await confirm(page, { button: 'Kill', reason: 'finds nothing' });
  await page.getByRole('button', { name: 'Switch on', exact: true }).waitFor(within);
  expect(await page.getByText(UNKNOWN).count()).toBe(0);
  expect([keys.length, new Set(keys).size, await flag()]).toMatchObject([5, 1, { status: 'disabled', revision: revision + 1 }]);
});

it('says it of a network that is too slow after three attempts, and lets nobody wait for many more', async () => {
  const slow = await at.loggedIn();
  await slow.clock.install();
  await slow.goto(`${BASE}/flags/search`);
  let attempts = 0;
  await slow.route(/search\/(kill|unkill)$/, () => {
    attempts++;
  });
  await slow.getByRole('button', { name: /^(Kill|Switch on)$/ }).click(within);
  const dialog = slow.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /Why/ }).fill('as was asked for');
  await dialog.getByRole('button', { name: /^(Kill|Switch on)$/ }).click();
  await expect
    .poll(async () => {
      await slow.clock.fastForward(11_000);
      return slow.getByText(UNKNOWN).count();
    }, within)
    .toBe(1);
  await seen(/did not answer in time/, slow);
  expect(attempts).toBe(3);
  await slow.context().close();
});

it('says of what the server refuses that nothing was changed', async () => {
  await page.unrouteAll();
  await page.goto(`${BASE}/flags`);
  await page.getByRole('button', { name: 'New flag' }).click(within);
  await page.getByLabel('Name').fill('search');
  await page.getByRole('button', { name: /Create it/ }).click();
  await seen('Nothing was changed', page);
  expect(await page.getByText(UNKNOWN).count()).toBe(0);
});
