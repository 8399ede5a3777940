import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { within } from './seeing.testing.ts';

let at: PageWorld;
let page: Page;
beforeAll(async () => {
  at = await pageWorld();
  page = await at.loggedIn();
}, BROWSER_MS);
afterAll(() => at?.close());

const flag = (key: string) => at.client.flags.get({ ...PLACE, key });
const on = (key: string, rolloutPercentage: number) =>
  at.client.flags.set({ ...PLACE, key, settings: { enabled: true, rolloutPercentage } });

it('takes a flag down step by step, and from some users', async () => {
  await on('ranking', 100);
  await page.goto(`${BASE}/flags/ranking`);
  await page.getByRole('button', { name: 'Roll back' }).click();
  await page.getByRole('radio', { name: /From some users/ }).check();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Users' }).fill('ann,bob');
  await dialog.getByRole('textbox', { name: /Why/ }).fill('they complained');
  await dialog.getByRole('button', { name: 'Take it from them' }).click();
  await expect.poll(async () => [...(await flag('ranking')).disabledUsers].sort(), within).toEqual(['ann', 'bob']);
  await page.getByRole('button', { name: 'Roll back' }).click();
  await page.getByRole('radio', { name: /Step by step/ }).check();
  expect(await dialog.getByRole('textbox', { name: /Why/ }).inputValue(), 'of what was done before').toBe('');
  await dialog.getByRole('combobox', { name: 'Stages' }).fill('half');
  await page.keyboard.press('Enter');
  await dialog.getByText('Numbers from 0 to 100, as in 75, 50, 0').waitFor(within);
  expect(await dialog.getByRole('button', { name: 'Take it down' }).isDisabled()).toBe(true);
  await page.keyboard.press('Backspace');
  await dialog.getByRole('textbox', { name: /Why/ }).fill('slow');
  await dialog.getByRole('button', { name: 'Take it down' }).click();
  await expect.poll(async () => (await flag('ranking')).servedPercentage, within).toBe(75);
  expect((await at.client.rollouts.status({ ...PLACE, flag: 'ranking' })).strategy).toBe('rollback');
});

it('gives everybody an earlier version of a component', async () => {
  for (const version of ['1.0.0', '2.0.0']) await at.client.components.register({ ...PLACE, component: 'ner', version });
  await at.client.components.swap({ ...PLACE, component: 'ner', version: '2.0.0' });
  await page.goto(`${BASE}/flags/ner`);
  await page.getByRole('button', { name: 'Roll back' }).click();
  await page.getByRole('radio', { name: /To an earlier version/ }).check();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Version' }).click();
  await page.getByRole('option', { name: /1\.0\.0/ }).click();
  await dialog.getByRole('textbox', { name: /Why/ }).fill('finds nobody');
  await dialog.getByRole('button', { name: 'Go back to it' }).click();
  const served = async () =>
    (await at.client.components.versions({ ...PLACE, component: 'ner' })).versions.map(
      ({ servedPercentage }) => servedPercentage,
    );
  await expect.poll(served, within).toEqual([100, 0]);
});

it('asks for the flag by name before everybody in a protected environment loses it', async () => {
  const production = { ...PLACE, environment: 'production' };
  await at.client.flags.set({
    ...production,
    key: 'live',
    settings: { enabled: true, rolloutPercentage: 1 },
    reason: 'a journey',
  });
  await page.goto('/p/default/production/flags/live');
  await page.getByRole('button', { name: 'Roll back' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /Why/ }).fill('errors');
  expect(await dialog.getByRole('button', { name: 'Kill it' }).isDisabled()).toBe(true);
  await dialog.getByRole('textbox', { name: 'Type live to go on' }).fill('live');
  await dialog.getByRole('button', { name: 'Kill it' }).click();
  await expect.poll(async () => (await at.client.flags.get({ ...production, key: 'live' })).status, within).toBe('disabled');
});
