import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { DATABASES, pageWorldOver } from './over-databases.testing.ts';
import { BASE, OTHERS, type PageWorld, PLACE } from './page-world.testing.ts';
import { confirm, seen, within } from './seeing.testing.ts';

describe.each(DATABASES)('over %s', (database) => {
  let at: PageWorld;
  let page: Page;
  beforeAll(async () => {
    at = await pageWorldOver(database);
    page = await at.loggedIn();
  }, BROWSER_MS);
  afterAll(() => at?.close());

  const flag = (key: string) => at.client.flags.get({ ...PLACE, key });
  const rolloutOf = (key: string) => ({ ...PLACE, flag: key, reason: 'a journey' });

  it('takes somebody from an empty environment to a flag that is half open', async () => {
    await seen('Welcome', page);
    await page.getByLabel('Name').fill('new_checkout');
    await page.getByLabel('What it is for').fill('One page instead of three');
    await page.getByRole('button', { name: /Create it/ }).click();
    await page.waitForURL(new RegExp(`${BASE}/start/new_checkout`));
    await page.getByRole('link', { name: 'Go to the flag' }).click();
    await confirm(page, { button: 'Switch on', reason: 'to try it' });
    await expect.poll(async () => (await flag('new_checkout')).status, within).not.toBe('disabled');
    await page.getByRole('textbox', { name: 'Percentage' }).fill('50');
    await confirm(page, { button: 'Set 50 %', reason: 'half of them' });
    await expect.poll(async () => (await flag('new_checkout')).servedPercentage, within).toBe(50);
  });

  it('says step by step what a user gets', async () => {
    await page.getByRole('textbox', { name: 'User' }).fill('ann');
    await page.getByRole('button', { name: 'What do they get?' }).click();
    await seen('allocation', page);
    const { variant } = await at.client.flags.explain({ ...PLACE, key: 'new_checkout', unit: { userId: 'ann' } });
    await page.getByText(`They get ${variant}`).waitFor(within);
  });

  it('kills a flag in two clicks and a reason, and restores an earlier revision', async () => {
    await confirm(page, { button: 'Kill', reason: 'orders are lost' });
    await expect.poll(async () => (await flag('new_checkout')).status, within).toBe('disabled');
    await seen('orders are lost', page);
    await page.getByRole('button', { name: 'Restore' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
    await expect.poll(async () => (await flag('new_checkout')).servedPercentage, within).toBe(50);
  });

  it('keeps in the address which flags were looked for, and finds them again on the way back', async () => {
    await at.client.flags.set({ ...PLACE, key: 'new_search', settings: { enabled: false } });
    await page.goto(`${BASE}/flags?find=new_&state=off`);
    const field = page.getByLabel('Find flags');
    await page.getByText('new_search', { exact: true }).waitFor(within);
    expect(await page.locator('a.row-link').count()).toBe(1);
    await field.press('End');
    await page.keyboard.type('se');
    await page.waitForURL(/find=new_se&state=off$/, within);
    await page.getByText('new_search', { exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'new_search' }).waitFor(within);
    await page.goBack();
    await expect.poll(() => field.inputValue(), within).toBe('new_se');
    await page.getByRole('navigation').getByRole('link', { name: 'Flags' }).click();
    await expect.poll(() => field.inputValue(), within).toBe('');
    await page.getByText('new_checkout', { exact: true }).waitFor(within);
  });

  it('shows a rollout that advances and completes, without being loaded again', async () => {
    await at.client.flags.set({ ...PLACE, key: 'search', settings: { enabled: true, rolloutPercentage: 0 } });
    const settings = { strategy: 'percentage', stages: [10, 50, 100], bakeMs: 1500, minExposures: 0, unvalidated: true } as const;
    await at.client.rollouts.start({ ...rolloutOf('search'), settings });
    await page.goto(`${BASE}/rollouts/search`);
    await page.getByRole('img', { name: /10 % passed, 50 % under way/ }).waitFor(within);
    await seen('completed', page);
    await page.getByRole('img', { name: /10 % passed, 50 % passed, 100 % passed/ }).waitFor(within);
  });

  it('lets another person approve a stage, and says on the overview that somebody has to', async () => {
    await at.client.flags.set({ ...PLACE, key: 'prices', settings: { enabled: true, rolloutPercentage: 0 } });
    const settings = { strategy: 'percentage', stages: [10, 100], bakeMs: 100, minExposures: 0, unvalidated: true } as const;
    await at.client.rollouts.start({ ...rolloutOf('prices'), settings: { ...settings, autoAdvance: false } });
    await page.goto(BASE);
    await seen('prices needs you', page);
    const other = await at.loggedIn(OTHERS.approver);
    await other.goto(`${BASE}/rollouts/prices`);
    await confirm(other, { button: 'Approve', reason: 'looks well' });
    await expect.poll(async () => (await at.client.rollouts.status({ ...PLACE, flag: 'prices' })).stage, within).toBe(1);
    await seen(OTHERS.approver, other);
  });

  it('refuses what a viewer may not do, in words, and changes nothing', async () => {
    const viewer = await at.loggedIn(OTHERS.viewer);
    await viewer.goto(`${BASE}/flags/new_checkout`);
    await confirm(viewer, { button: 'Kill', reason: 'I may not' });
    await seen('Nothing was changed', viewer);
    await seen(/needs the permission/, viewer);
    expect((await flag('new_checkout')).status).not.toBe('disabled');
  });

  it('says that it is reconnecting when the server is away, and heals', async () => {
    await page.goto(BASE);
    await page.getByRole('status').getByText('live').waitFor(within);
    await at.server.end('SIGKILL');
    await page.getByRole('status').getByText('reconnecting').waitFor(within);
    await at.restart();
    await at.client.flags.set({ ...PLACE, key: 'after_the_cut', settings: {} });
    await page.getByRole('status').getByText('live').waitFor(within);
    await page.goto(`${BASE}/flags`);
    await seen('after_the_cut', page);
  });

  it('breaks no rule of its own policy', () => {
    expect(at.complaints).toEqual([]);
  });
});
