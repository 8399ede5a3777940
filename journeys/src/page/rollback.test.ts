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
  const on = (key: string, rolloutPercentage: number) =>
    at.client.flags.set({ ...PLACE, key, settings: { enabled: true, rolloutPercentage } });
  const stages = { strategy: 'percentage', stages: [10, 100], bakeMs: 100, minExposures: 0, unvalidated: true } as const;

  it('kills a flag in two clicks and a reason, gives its report to copy, and undoes what was by mistake', async () => {
    await on('checkout', 60);
    await page.goto(`${BASE}/flags/checkout`);
    await confirm(page, { button: 'Roll back', confirm: 'Kill it', reason: 'orders are lost' });
    await expect.poll(async () => (await flag('checkout')).status, within).toBe('disabled');
    await page.goto(`${BASE}/rollbacks`);
    await seen('orders are lost', page);
    await page.getByRole('link', { name: 'Report' }).click();
    await page.getByRole('button', { name: 'Copy as Markdown' }).waitFor(within);
    await expect.poll(() => page.getByRole('dialog').innerText(), within).toMatch(/checkout[\s\S]*orders are lost/);
    await on('checkout', 60);
    await page.goto(`${BASE}/flags/checkout`);
    await confirm(page, { button: 'Kill', reason: 'the wrong one' });
    await expect.poll(async () => (await flag('checkout')).status, within).toBe('disabled');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => (await flag('checkout')).servedPercentage, within).toBe(60);
    await page.goto(`${BASE}/rollbacks`);
    await seen('the wrong one', page);
    expect(await page.getByRole('link', { name: 'Report' }).count()).toBe(2);
  });

  it('takes a rollout back in the middle of it, and says so where it is watched', async () => {
    await on('search', 0);
    await at.client.rollouts.start({ ...PLACE, flag: 'search', settings: { ...stages, bakeMs: 600_000 }, reason: 'a journey' });
    await page.goto(`${BASE}/rollouts/search`);
    await confirm(page, { button: 'Roll back', confirm: 'Kill it', reason: 'nobody finds anything' });
    await expect.poll(async () => (await flag('search')).status, within).toBe('disabled');
    await seen('nobody finds anything', page);
    await page.getByRole('button', { name: 'Pause' }).waitFor({ state: 'detached', ...within });
  });

  it('lets another person approve a stage from everything that waits for somebody', async () => {
    await on('prices', 0);
    await at.client.rollouts.start({
      ...PLACE,
      flag: 'prices',
      settings: { ...stages, autoAdvance: false },
      reason: 'a journey',
    });
    const other = await at.loggedIn(OTHERS.approver);
    await other.goto(`${BASE}/admin/approvals`);
    await other.getByRole('region', { name: 'prices in development' }).waitFor(within);
    await confirm(other, { button: 'Approve', reason: 'looks well' });
    const approved = async () =>
      (await at.client.history.list({ ...PLACE, kind: 'rollout', key: 'prices', type: 'rollout.approved' })).members;
    await expect
      .poll(async () => (await approved()).map(({ actor, reason }) => ({ actor, reason })), within)
      .toEqual([{ actor: OTHERS.approver, reason: 'looks well' }]);
    await other.context().close();
  });

  it('shows whoever may approve what waits in other projects, and lets them decide from there', async () => {
    await at.client.projects.create({ settings: { key: 'shop', name: 'Shop' }, reason: 'a journey' });
    const there = { project: 'shop', environment: 'development' };
    await at.client.flags.set({ ...there, key: 'basket', settings: { enabled: true, rolloutPercentage: 0 } });
    const settings = { ...stages, autoAdvance: false };
    await at.client.rollouts.start({ ...there, flag: 'basket', settings, reason: 'a journey' });
    const phase = async () => (await at.client.rollouts.status({ ...there, flag: 'basket' })).phase;
    await expect.poll(phase, within).toBe('awaiting_approval');
    const other = await at.loggedIn(OTHERS.approver);
    await other.goto(`${BASE}/admin/approvals`);
    const waiting = other.getByRole('region', { name: 'basket in development of shop' });
    await waiting.getByRole('button', { name: 'Reject' }).waitFor(within);
    await confirm(other, { button: 'Reject', reason: 'the sums are wrong', among: waiting });
    await waiting.waitFor({ state: 'detached', ...within });
    expect(await phase()).toBe('rolled_back');
    await other.context().close();
  });
});
