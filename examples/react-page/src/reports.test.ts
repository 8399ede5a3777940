/** What a page used and what its user did, in a real browser. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from '../../../journeys/src/page/browser.testing.ts';
import { type TestSite, testSite } from './test-site.testing.ts';

let site: TestSite;
beforeAll(async () => {
  site = await testSite();
}, BROWSER_MS);
afterAll(() => site?.close());

const results = () => site.at.sluice.abTests.getTestResults('button');
const units = async () => {
  const { control, treatment } = (await results()).sampleSizes;
  return control + treatment;
};
/** What the units of both arms have brought together. */
async function revenue(): Promise<number> {
  const { sampleSizes, controlMean, treatmentMean } = await results();
  return sampleSizes.control * (controlMean.revenue ?? 0) + sampleSizes.treatment * (treatmentMean.revenue ?? 0);
}
/** The server's clock moves by hand: a sale is seconds after what the page was served, also where one of the two was longer on its way. */
const passes = () => site.at.clock.advance(5_000);
const sell = async (page: Page, value: number) => {
  await passes();
  await page.evaluate((amount) => (globalThis as unknown as { sell(value: number): void }).sell(amount), value);
};
/** Long: several browsers share a machine. */
const within = { timeout: 30_000 };

async function visit(user: string): Promise<Page> {
  const page = await site.browser.newPage();
  await page.goto(`${site.origin}/?user=${user}`);
  await expect.poll(() => page.textContent('body'), within).toMatch(/blue|green/);
  return page;
}

it('counts a visitor and a sale once, also when the page is loaded again', async () => {
  const page = await visit('ann');
  await expect.poll(units, within).toBe(1);
  const arm = site.at.sluice.flags.explain('button', { userId: 'ann' })?.variant;
  expect((await results()).sampleSizes[arm as 'control']).toBe(1);
  expect(await page.textContent('body')).toBe(arm === 'control' ? 'blue' : 'green');
  await sell(page, 10);
  await expect.poll(revenue, within).toBeCloseTo(10);
  const evaluations = async () => (await site.at.sluice.flags.getFlagStats('button')).evaluations;
  for (let turn = 2; turn < 4; turn++) {
    await page.reload();
    await expect.poll(evaluations, within).toBe(turn);
  }
  expect([await units(), await revenue()]).toEqual([1, expect.closeTo(10)]);
  await page.close();
});

it('brings what was met in the last moment of a page that is left or closed at once', async () => {
  const [before, earned] = [await units(), await revenue()];
  const left = await visit('bob');
  await passes();
  await left.evaluate(() => {
    (globalThis as unknown as { sell(value: number): void }).sell(7);
    (globalThis as unknown as { location: { href: string } }).location.href = 'about:blank';
  });
  await expect.poll(revenue, within).toBeCloseTo(earned + 7);
  await left.close();
  const closed = await visit('cid');
  await sell(closed, 5);
  await closed.close({ runBeforeUnload: true });
  await expect.poll(revenue, within).toBeCloseTo(earned + 12);
  expect(await units()).toBe(before + 2);
});

it('goes on when the server was away, and counts once', async () => {
  const [before, earned] = [await units(), await revenue()];
  const page = await site.browser.newPage();
  let [sent, sold, repeated] = [0, 0, 0];
  // The server takes the first, and the first with the sale, and their answers are lost. No more than these: the page waits twice as long each time.
  await page.route('**/ofrep/v1/reports*', async (route) => {
    const isSale = route.request().postData()?.includes('revenue') === true;
    sent += 1;
    sold += Number(isSale);
    const isLost = sent === 1 || (isSale && sold === 1);
    const response = await route.fetch();
    repeated += Number(isSale && !isLost);
    return isLost ? route.abort() : route.fulfill({ response });
  });
  await page.goto(`${site.origin}/?user=dan`);
  await expect.poll(() => page.textContent('body'), within).toMatch(/blue|green/);
  await sell(page, 3);
  await expect.poll(() => repeated, within).toBe(1);
  await passes();
  expect(await revenue()).toBeCloseTo(earned + 3);
  expect(await units()).toBe(before + 1);
  await page.close();
});
