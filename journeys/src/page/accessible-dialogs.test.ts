import { afterAll, beforeAll, expect, it } from 'vitest';
import { seriousFindings } from './axe.testing.ts';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { within } from './seeing.testing.ts';

let at: PageWorld;
beforeAll(async () => {
  at = await pageWorld();
  for (const key of ['free', 'moving'])
    await at.client.flags.set({ ...PLACE, key, settings: { enabled: true, rolloutPercentage: 0 } });
  const settings = { strategy: 'percentage', stages: [10, 100], bakeMs: 600_000, unvalidated: true } as const;
  await at.client.rollouts.start({ ...PLACE, flag: 'moving', settings, reason: 'a journey' });
}, BROWSER_MS);
afterAll(() => at?.close());

const IS_STILL = `document.getAnimations().every(({ playState }) => playState !== 'running')`;

const DIALOGS = [
  { view: '/flags', button: 'New flag' },
  { view: '/flags/free', button: 'Roll out' },
  { view: '/flags/free', button: 'Roll back' },
  { view: '/flags/free', button: 'Kill' },
  { view: '/segments', button: 'New segment' },
  { view: '/tests', button: 'New test' },
  { view: '/rollouts/moving', button: 'Pause' },
  { view: '/admin/tokens', button: 'New token' },
  { view: '/admin/people', button: 'Let somebody in' },
  { view: '/admin/webhooks', button: 'New webhook' },
  { view: '/admin/environments', button: 'New environment' },
];

it.each([
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 390 },
] as const)('every dialog can be read and used by everybody: $colorScheme, $width wide', async (looks) => {
  const page = await at.loggedIn(undefined, looks);
  // What fades in has no contrast yet.
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: looks.colorScheme });
  for (const { view, button } of DIALOGS) {
    await page.goto(`${BASE}${view}`);
    await page.getByRole('button', { name: button, exact: true }).first().click(within);
    const dialog = page.getByRole('dialog');
    await dialog.waitFor(within);
    await expect.poll(() => page.evaluate(IS_STILL), within).toBe(true);
    expect(await seriousFindings(page), `${button} of ${view}`).toEqual([]);
    const isWide = await dialog.evaluate((element) => element.scrollWidth > element.clientWidth);
    expect(isWide, `${button} of ${view} is wider than its dialog`).toBe(false);
  }
  await page.context().close();
});
