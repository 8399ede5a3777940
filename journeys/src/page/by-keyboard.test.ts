/** Whoever has no mouse at hand when something burns. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { seen, within } from './seeing.testing.ts';

let at: PageWorld;
let page: Page;
beforeAll(async () => {
  at = await pageWorld();
  await at.client.flags.set({ ...PLACE, key: 'search', settings: { enabled: true } });
  page = await at.loggedIn();
}, BROWSER_MS);
afterAll(() => at?.close());

const MOST_STEPS = 40;

const palette = () => page.getByRole('textbox', { name: 'A flag or a view' });

/** Steps on until the button has the focus. */
async function steppedTo(name: string): Promise<void> {
  const focused = page.locator(':focus');
  for (let step = 0; step < MOST_STEPS; step++) {
    await page.keyboard.press('Tab');
    if ((await focused.textContent())?.trim() === name) return;
  }
  throw new Error(`no ${name} within ${MOST_STEPS} steps`);
}

it('goes to a flag, kills it with a reason, and goes on where it stands', async () => {
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor(within);
  await page.keyboard.press('Control+k');
  await palette().waitFor(within);
  await page.keyboard.type('search');
  await page.getByRole('dialog').getByText('search', { exact: true }).waitFor(within);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'search' }).waitFor(within);
  await palette().waitFor({ state: 'detached', ...within });
  await steppedTo('Kill');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('textbox', { name: /Why/ }).waitFor(within);
  await page.keyboard.type('finds nothing');
  await steppedTo('Kill');
  await page.keyboard.press('Enter');
  await seen('search is off for everybody', page);
  expect((await at.client.flags.get({ ...PLACE, key: 'search' })).status).toBe('disabled');
  const isInView = () => page.evaluate("document.activeElement?.closest('#content') !== null");
  await expect.poll(isInView, within).toBe(true);
});

it('takes the first hit also when the flags come after the last letter was typed', async () => {
  let read = () => {};
  const typed = new Promise<void>((resolve) => (read = resolve));
  await page.route(/\/flags\?/, async (route) => {
    await typed;
    await route.continue();
  });
  await page.goto(BASE);
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor(within);
  await page.keyboard.press('Control+k');
  await palette().waitFor(within);
  await page.keyboard.type('search');
  await seen('Looking through the flags', page);
  read();
  await page.getByRole('dialog').getByText('search', { exact: true }).waitFor(within);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'search' }).waitFor(within);
});
