import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { startCanary, underTraffic, wasNeverLoadedAgain } from './canary.testing.ts';
import { type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { within } from './seeing.testing.ts';

let at: PageWorld;
beforeAll(async () => {
  at = await pageWorld();
}, BROWSER_MS);
afterAll(() => at?.close());

it('starts a canary from its dialog, and is seen to advance and to end without being loaded again', async () => {
  const page = await at.loggedIn();
  await startCanary(at, page, 'ranking');
  await underTraffic(at, page, 'ranking', 1_000, 'Nothing showed harm to the end.');
  await page.getByRole('img', { name: /1 % passed, 5 % passed/ }).waitFor(within);
  const left = page.getByRole('listitem').filter({ hasText: 'stage 1 passed at 1 %' });
  await left
    .getByRole('list', { name: 'As it was judged' })
    .getByText(/^errorRate: errorRate is/)
    .waitFor(within);
  expect(await at.client.rollouts.status({ ...PLACE, flag: 'ranking' })).toMatchObject({
    phase: 'completed',
    strategy: 'canary',
    stagePercentages: [1, 5],
  });
  expect(await wasNeverLoadedAgain(page)).toBe(true);
  expect(at.complaints).toEqual([]);
});
