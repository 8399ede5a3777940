import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousFindings } from './axe.testing.ts';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';

let at: PageWorld;
beforeAll(async () => {
  at = await pageWorld();
  for (const key of ['search', 'prices'])
    await at.client.flags.set({
      ...PLACE,
      key,
      settings: { enabled: true, rolloutPercentage: 0, description: 'What it is for', tags: ['web'], enabledUsers: ['ann'] },
    });
  const settings = { strategy: 'canary', criteria: [{ metric: 'errorRate', versusControl: 1.2 }] } as const;
  await at.client.rollouts.start({ ...PLACE, flag: 'search', settings, reason: 'a journey' });
  await at.client.segments.set({ ...PLACE, key: 'staff', settings: { members: ['ann'], condition: { plan: 'pro' } } });
  await at.client.flags.kill({ ...PLACE, key: 'prices', reason: 'a journey' });
}, BROWSER_MS);
afterAll(() => at?.close());

const VIEWS = [
  '',
  '/flags',
  '/flags/search',
  '/flags/search/edit',
  '/segments',
  '/segments/staff',
  '/rollouts',
  '/rollouts/search',
  '/rollbacks',
  '/history',
];

describe.each([
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 390 },
] as const)('in $colorScheme, $width wide', (looks) => {
  it('every view can be read and used by everybody, and fits', async () => {
    const page = await at.loggedIn(undefined, looks);
    for (const view of VIEWS) {
      await page.goto(`${BASE}${view}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle').catch(() => {});
      expect(await seriousFindings(page), view).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${view} is wider than the screen`).toBe(
        true,
      );
    }
    await page.context().close();
  });
});
