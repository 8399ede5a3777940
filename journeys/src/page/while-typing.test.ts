/** What is typed is not lost to what happens meanwhile, and what it comes to is said before it is sent. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, OTHERS, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { confirm, seen, within } from './seeing.testing.ts';

const LONG = 'search_with_vectors';
const FUTURE = '2100-01-01T00:00:00Z';
let at: PageWorld;
let page: Page;
beforeAll(async () => {
  at = await pageWorld();
  for (const key of ['moving', 'asked', LONG])
    await at.client.flags.set({ ...PLACE, key, settings: { enabled: true, rolloutPercentage: 0 } });
  const settings = { strategy: 'canary', bakeMs: 3_600_000, unvalidated: true } as const;
  await at.client.rollouts.start({ ...PLACE, flag: 'moving', settings, reason: 'a journey' });
  await at.client.rollouts.start({
    ...PLACE,
    flag: 'asked',
    settings: { ...settings, startApproval: true },
    reason: 'a journey',
  });
  page = await at.loggedIn();
}, BROWSER_MS);
afterAll(() => at?.close());

const dialog = (on = page) => on.getByRole('dialog');

async function chosen(of: string, option: string): Promise<void> {
  await dialog().getByRole('combobox', { name: of }).click();
  await page.getByRole('option', { name: option }).click();
}

it('keeps the dialog of a command when one taps beside it, and when the rollout moves on', async () => {
  await page.goto(`${BASE}/rollouts/moving`);
  await page.getByRole('button', { name: 'Pause', exact: true }).click(within);
  const why = dialog().getByRole('textbox', { name: /Why/ });
  await why.fill('errors in the shop');
  await page.mouse.click(5, 400);
  await at.client.rollouts.pause({ ...PLACE, flag: 'moving', reason: 'somebody else was first' });
  await dialog()
    .getByText(/The rollout has moved on meanwhile/)
    .waitFor(within);
  expect(await why.inputValue()).toBe('errors in the shop');
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached', ...within });
  await page.getByRole('button', { name: 'Resume', exact: true }).waitFor(within);
  expect(await page.getByRole('button', { name: 'Pause', exact: true }).count()).toBe(0);
});

it('sends whoever may not approve a start to somebody who may', async () => {
  const viewer = await at.loggedIn(OTHERS.viewer);
  await viewer.goto(`${BASE}/rollouts/asked`);
  await seen('That is for an approver.', viewer);
  await seen('Nobody has the change by it yet.', viewer);
  await viewer.context().close();
});

it('sets a test up with parts, a rate and a covariate, and says of it what was set up', async () => {
  await page.goto(`${BASE}/tests`);
  await page.getByRole('button', { name: 'New test' }).click(within);
  await dialog().getByRole('textbox', { name: /^Name/ }).first().fill('ranking');
  await dialog().getByRole('button', { name: 'One more arm' }).click();
  for (const [index, served] of ['old', 'new', 'newest'].entries())
    await dialog()
      .getByLabel(`What arm ${index + 1} serves`)
      .fill(served);
  await dialog().getByLabel('In equal parts').uncheck();
  expect(await dialog().getByLabel('Part of arm 3').inputValue()).toBe('33.333 %');
  await dialog().getByLabel('Part of arm 3').fill('20');
  await dialog().getByText('The parts must come to 100 %; they come to 86.667 %').waitFor(within);
  const create = dialog().getByRole('button', { name: 'Create the draft' });
  expect(await create.isDisabled()).toBe(true);
  await dialog().getByLabel('Part of arm 1').fill('46.667');
  await dialog().getByLabel('Metric 1', { exact: true }).fill('orders');
  await chosen('What counts of a user in metric 1', 'largest of a user');
  await dialog().getByLabel('Covariate of metric 1').check();
  await create.click();
  await page.waitForURL(/\/tests\/ranking$/, within);
  await seen('orders: primary, good is more, largest of a user, what was there before is taken out', page);
  expect(await at.client.experiments.get({ ...PLACE, test: 'ranking' })).toMatchObject({
    arms: [{ weight: 0.46667 }, { weight: 0.33333 }, { weight: 0.2 }],
    trackedMetrics: [{ name: 'orders', aggregation: 'max', covariate: true }],
  });
});

it('says of a test that waits for its time when that is', async () => {
  const settings = { testId: 'later', controlComponent: 'old', treatmentComponent: 'new', startAt: FUTURE };
  await at.client.experiments.create({ ...PLACE, settings });
  await at.client.experiments.start({ ...PLACE, test: 'later', reason: 'a journey' });
  await page.goto(`${BASE}/tests`);
  await page.getByRole('link', { name: /^later scheduled.* starts / }).waitFor(within);
  await page.goto(`${BASE}/tests/later`);
  await page.getByText('starts', { exact: true }).waitFor(within);
});

it('says what a key may be while it is typed, and takes none that is none', async () => {
  await page.goto(`${BASE}/admin/environments`);
  await page.getByRole('button', { name: 'New environment' }).click(within);
  await dialog().getByRole('textbox', { name: /^Key/ }).fill('Perf test');
  await dialog()
    .getByText(/^must be letters, digits/)
    .waitFor(within);
  expect(await dialog().getByRole('button', { name: 'Add it' }).isDisabled()).toBe(true);
  await page.keyboard.press('Escape');
});

it('has a button of its whole width by which a kill is undone on a phone', async () => {
  const phone = await at.loggedIn(undefined, { width: 390 });
  await phone.goto(`${BASE}/flags/${LONG}`);
  await confirm(phone, { button: 'Kill', reason: 'a journey' });
  const undo = phone.getByRole('button', { name: 'Undo', exact: true });
  await undo.waitFor(within);
  const isWhole = await undo.evaluate((button) =>
    [button, ...button.querySelectorAll('*')].every(
      ({ scrollWidth, clientWidth }) => clientWidth === 0 || scrollWidth <= clientWidth,
    ),
  );
  expect(isWhole).toBe(true);
  expect(at.complaints).toEqual([]);
  await phone.context().close();
});
