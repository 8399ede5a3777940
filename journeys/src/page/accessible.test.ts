import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';

let at: PageWorld;
let axe: string;
beforeAll(async () => {
  at = await pageWorld();
  axe = await readFile(fileURLToPath(import.meta.resolve('axe-core')), 'utf8');
  for (const key of ['search', 'prices'])
    await at.client.flags.set({
      ...PLACE,
      key,
      settings: { enabled: true, rolloutPercentage: 0, description: 'What it is for', tags: ['web'], enabledUsers: ['ann'] },
    });
  const settings = { strategy: 'canary', criteria: [{ metric: 'errorRate', versusControl: 1.2 }] } as const;
  await at.client.rollouts.start({ ...PLACE, flag: 'search', settings, reason: 'a journey' });
  await at.client.flags.kill({ ...PLACE, key: 'prices', reason: 'a journey' });
}, BROWSER_MS);
afterAll(() => at?.close());

interface Found {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

async function findings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const { violations } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as { violations: Found[] };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`).join('\n')}`,
    );
}

const VIEWS = ['', '/flags', '/flags/search', '/rollouts', '/rollouts/search', '/rollbacks', '/history'];

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
      expect(await findings(page), view).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${view} is wider than the screen`).toBe(
        true,
      );
    }
    await page.context().close();
  });
});
