import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { startCanary, underTraffic, wasNeverLoadedAgain } from './canary.testing.ts';
import { DATABASES, pageWorldOver } from './over-databases.testing.ts';
import { type PageWorld, PLACE } from './page-world.testing.ts';
import { seen, within } from './seeing.testing.ts';

describe.each(DATABASES)('over %s', (database) => {
  let at: PageWorld;
  let page: Page;
  beforeAll(async () => {
    at = await pageWorldOver(database);
    page = await at.loggedIn();
  }, BROWSER_MS);
  afterAll(() => at?.close());

  it('shows that errors took a canary back by itself, and why, without being loaded again', async () => {
    await startCanary(at, page, 'checkout');
    await underTraffic(at, page, 'checkout', 3, 'It did harm, and was taken back.');
    expect((await at.client.rollouts.status({ ...PLACE, flag: 'checkout' })).phase).toBe('failed');
    await page.getByRole('button', { name: 'Pause' }).waitFor({ state: 'detached', ...within });
    expect((await at.client.flags.get({ ...PLACE, key: 'checkout' })).servedPercentage).toBe(0);
    await page.getByRole('link', { name: 'Rollbacks', exact: true }).click();
    await seen('by itself, by the evidence', page);
    expect(await wasNeverLoadedAgain(page)).toBe(true);
    expect(at.complaints).toEqual([]);
  });
});
