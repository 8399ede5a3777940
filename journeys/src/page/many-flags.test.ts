import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';

const FLAGS = 10_000;
let at: PageWorld;
let page: Page;
beforeAll(async () => {
  at = await pageWorld();
  await importFlags();
  page = await at.loggedIn();
}, BROWSER_MS);
afterAll(() => at?.close());

/** So many that a request takes them. */
const AT_ONCE = 1_000;

async function importFlags(): Promise<void> {
  await at.client.flags.set({ ...PLACE, key: 'flag_00000', settings: { description: 'What number 0 is for' } });
  const document = await at.client.transfer.export(PLACE);
  const [model] = document.flags as readonly object[];
  for (let from = 1; from < FLAGS; from += AT_ONCE) {
    const flags = Array.from({ length: Math.min(AT_ONCE, FLAGS - from) }, (_, index) => ({
      ...model,
      name: `flag_${String(from + index).padStart(5, '0')}`,
      description: `What number ${from + index} is for`,
    }));
    const part = { ...document, flags } as unknown as typeof document;
    await at.client.transfer.import({ ...PLACE, document: part, reason: 'ten thousand' });
  }
}

/** Counts frames and the work that held up the page, until it is asked for them. */
const WATCH = `(() => {
  const seen = { frames: 0, longest: 0, blocked: 0, last: performance.now(), began: performance.now() };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.blocked = Math.max(seen.blocked, duration);
  }).observe({ type: 'longtask', buffered: false });
  const frame = (now) => {
    seen.frames += 1;
    seen.longest = Math.max(seen.longest, now - seen.last);
    seen.last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  window.seen = seen;
})()`;

interface Seen {
  readonly frames: number;
  readonly longest: number;
  readonly blocked: number;
  readonly began: number;
  readonly last: number;
}

/** The first are there at once; the others are waited for. */
async function allRead(): Promise<void> {
  await page.getByText('flag_00000', { exact: true }).waitFor({ timeout: 60_000 });
  await page.getByText(/read so far/).waitFor({ state: 'detached', timeout: 60_000 });
}

it('scrolls through ten thousand flags to the last, and draws only those that are seen', async () => {
  await page.goto(`${BASE}/flags`);
  await allRead();
  await page.evaluate(WATCH);
  for (let step = 0; step < 60; step++) await page.mouse.wheel(0, 1_200);
  await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
  await page.getByText(`flag_0${FLAGS - 1}`, { exact: true }).waitFor({ timeout: 30_000 });
  expect(await page.locator('a.row-link').count()).toBeLessThan(60);
  report('scrolling', (await page.evaluate('window.seen')) as Seen);
});

it('loses no key that is typed into the search, and answers each', async () => {
  await page.goto(`${BASE}/flags`);
  await allRead();
  await page.evaluate(WATCH);
  const search = page.getByLabel('Find flags');
  await search.click();
  await page.keyboard.type('number 9876 is', { delay: 20 });
  expect(await search.inputValue()).toBe('number 9876 is');
  await page.getByText('flag_09876', { exact: true }).waitFor();
  expect(await page.locator('a.row-link').count()).toBe(1);
  for (let key = 0; key < 14; key++) await page.keyboard.press('Backspace');
  expect(await search.inputValue()).toBe('');
  await page.getByText('flag_00000', { exact: true }).waitFor();
  report('typing', (await page.evaluate('window.seen')) as Seen);
});

function report(what: string, { frames, longest, blocked, began, last }: Seen): void {
  const rate = (1000 * frames) / (last - began);
  const words = `${what}: ${rate.toFixed(0)} frames a second, the longest ${longest.toFixed(0)} ms, longest task ${blocked.toFixed(0)} ms`;
  process.stderr.write(`${words}\n`);
  // A machine that does much else holds frames up; what a page must never do is hold keys up for as long as one notices.
  expect(blocked, words).toBeLessThan(1_000);
}
