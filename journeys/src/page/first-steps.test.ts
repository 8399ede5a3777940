import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { connect } from '@sluice/client';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { seen } from './seeing.testing.ts';

const run = promisify(execFile);
let at: PageWorld;
let page: Page;
beforeAll(async () => {
  at = await pageWorld();
  page = await at.loggedIn();
}, BROWSER_MS);
afterAll(() => at?.close());

const waits = () => seen(/Waits for the first program/, page);
/** Below how it is installed, where it has to be. */
const program = () => page.locator('pre').last().innerText();

it('takes an empty server to a flag whose first evaluation is seen, by what is shown to copy', async () => {
  await seen('Welcome', page);
  await page.getByRole('textbox', { name: 'Name' }).fill('new_checkout');
  await page.getByRole('button', { name: /Create it/ }).click();
  await page.waitForURL(`**${BASE}/start/new_checkout`);
  await waits();
  await page.getByRole('combobox', { name: 'Language' }).click();
  await page.getByRole('option', { name: 'curl' }).click();
  await page.getByRole('button', { name: 'Make a server token for it' }).click();
  await seen('cannot be shown again', page);
  const { stdout } = await run('bash', ['-c', await program()]);
  expect(JSON.parse(stdout)).toMatchObject({ key: 'new_checkout', value: false });
  await seen('new_checkout is live', page);
});

it('sees a program that evaluates by itself, with the token that is shown', async () => {
  await at.client.flags.set({ ...PLACE, key: 'search', settings: { enabled: true, rolloutPercentage: 100 } });
  await page.goto(`${BASE}/start/search`);
  await waits();
  await page.getByRole('button', { name: 'Make a server token for it' }).click();
  await seen('cannot be shown again', page);
  const [, url = '', token = ''] = /url: '([^']+)', token: '([^']+)'/.exec(await program()) ?? [];
  const flags = connect({ url, token });
  await flags.ready();
  expect(flags.isEnabled('search', { userId: 'user-1' })).toBe(true);
  await seen('search is live', page);
  await flags.close();
});

it('makes a few examples where nobody is hurt, and makes up no traffic for them', async () => {
  await at.client.projects.create({ settings: { key: 'shop' } });
  await page.goto('/p/shop/production');
  await page.getByRole('button', { name: 'Load examples into development' }).click();
  await page.waitForURL('**/p/shop/development');
  await seen('example_search_ranking', page);
  const shop = { project: 'shop', environment: 'development' };
  expect((await at.client.flags.list(shop)).members).toHaveLength(3);
  expect((await at.client.rollouts.status({ ...shop, flag: 'example_search_ranking' })).endedAt).toBeNull();
  expect((await at.client.flags.stats({ ...shop, key: 'example_new_checkout' })).evaluations).toBe(0);
});
