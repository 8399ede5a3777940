import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { within } from './seeing.testing.ts';

const HOUR_MS = 3_600_000;

let at: PageWorld;
beforeAll(async () => {
  at = await pageWorld();
  await at.client.flags.set({ ...PLACE, key: 'lately', settings: {} });
}, BROWSER_MS);
afterAll(() => at?.close());

it.each([-HOUR_MS, HOUR_MS])(
  'says when something happened by the clock of the server, in a browser that is wrong by %i ms',
  async (wrong) => {
    const page = await at.loggedIn();
    await page.clock.install({ time: Date.now() + wrong });
    await page.goto(`${BASE}/history`);
    const told = page.getByRole('main').locator('time').first();
    await told.waitFor(within);
    await expect.poll(() => told.innerText(), within).toMatch(/^(now|(\d+ seconds?|[12] minutes?) ago)$/);
    await page.context().close();
  },
);
