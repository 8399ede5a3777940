import { afterAll, beforeAll, expect, it } from 'vitest';
import { seriousFindings } from './axe.testing.ts';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, pageWorld } from './page-world.testing.ts';
import { within } from './seeing.testing.ts';

let at: PageWorld;
beforeAll(async () => {
  at = await pageWorld();
}, BROWSER_MS);
afterAll(() => at?.close());

it('leads from a view to its guide, and from guide to guide, at every width', async () => {
  for (const width of [1280, 390]) {
    const page = await at.loggedIn(undefined, { width });
    await page.goto(`${BASE}/rollouts`);
    await page.getByRole('link', { name: 'Help for this view' }).click(within);
    await page.getByRole('heading', { name: 'Rollouts', level: 2 }).waitFor(within);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.getByRole('main').getByRole('link', { name: 'choosing criteria' }).first().click(within);
    await page.getByRole('heading', { name: 'Choosing criteria' }).waitFor(within);
    expect(page.url()).toMatch(/\/help\/guides\/choosing-criteria$/);
    await expect.poll(() => page.evaluate('scrollY')).toBe(0);
    await page.context().close();
  }
});

it('leads to the heading that a link names: from elsewhere, within a guide, and from guide to guide', async () => {
  const page = await at.loggedIn();
  const main = page.getByRole('main');
  // Below the head of the page, which hides what is behind it.
  const isShown = (id: string) =>
    page.evaluate(`(() => {
      const heading = document.getElementById('${id}');
      const { top = -1 } = heading?.getBoundingClientRect() ?? {};
      return scrollY > 0 && top >= 56 && top < innerHeight - 40 && document.activeElement === heading;
    })()`);
  await page.goto(`${BASE}/help/guides/ab-tests#ship-the-winner`);
  await expect.poll(() => isShown('ship-the-winner')).toBe(true);
  await page.goto(`${BASE}/help/guides/disaster`);
  // Followed again, it leads there again.
  for (let follow = 0; follow < 2; follow++) {
    await main.getByRole('link', { name: 'restore a backup' }).first().click(within);
    await expect.poll(() => isShown('restore-a-backup')).toBe(true);
    await page.evaluate('scrollTo(0, 0)');
  }
  await main.getByRole('link', { name: 'break-glass' }).first().click(within);
  await page.waitForURL(/\/help\/guides\/break-glass#over-a-server$/);
  await expect.poll(() => isShown('over-a-server')).toBe(true);
  expect(at.complaints).toEqual([]);
  await page.context().close();
});
