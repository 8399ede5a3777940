import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, OTHERS, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { confirm, seen as seenOn, within } from './seeing.testing.ts';

let at: PageWorld;
let page: Page;
beforeAll(async () => {
  at = await pageWorld();
  for (const key of ['accounts', 'checkout', 'contested'])
    await at.client.flags.set({ ...PLACE, key, settings: { enabled: true, rolloutPercentage: 20, tags: ['web'] } });
  await at.client.segments.set({ ...PLACE, key: 'staff', settings: { members: ['ann'] } });
  page = await at.loggedIn();
}, BROWSER_MS);
afterAll(() => at?.close());

const seen = (text: string | RegExp, on = page) => seenOn(text, on);
const settings = async (key: string) => (await at.client.flags.settings({ ...PLACE, key })).settings;
const part = (name: string | RegExp, on = page) => on.getByRole('region', { name });

async function edited(key: string, on = page): Promise<void> {
  await on.goto(`${BASE}/flags/${key}/edit`);
  await on.getByRole('heading', { name: `Edit ${key}` }).waitFor(within);
}

async function saved(reason: string, on = page): Promise<void> {
  await on.getByRole('button', { name: 'Review and save' }).click(within);
  const dialog = on.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /Why/ }).fill(reason);
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
}

it('creates a flag and gives it conditions, a rule, a name and a prerequisite, each typed', async () => {
  await page.goto(`${BASE}/flags`);
  await page.getByRole('button', { name: 'New flag' }).click();
  await page.getByLabel('Name').fill('greeting');
  await page.getByRole('button', { name: /Create it/ }).click();
  await page.getByRole('link', { name: 'Edit', exact: true }).click(within);
  const conditions = part('Only units for which this holds');
  await conditions.getByRole('button', { name: 'Condition', exact: true }).click();
  await conditions.getByRole('textbox', { name: 'Attribute' }).fill('age');
  await conditions.getByRole('combobox', { name: 'Operator' }).click();
  await page.getByRole('option', { name: 'is at least', exact: true }).click();
  await conditions.getByRole('textbox', { name: 'Value' }).fill('18');
  const rules = part(/^Rules/);
  await rules.getByRole('button', { name: 'Rule', exact: true }).click();
  await rules.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'In a segment' }).click();
  await rules.getByRole('combobox', { name: 'In one of the segments' }).click();
  await page.getByRole('option', { name: 'staff' }).click();
  await page.keyboard.press('Escape');
  await part('By name').getByRole('combobox', { name: 'Users who are in' }).fill('bob');
  await page.keyboard.press('Enter');
  const needs = part('Prerequisites');
  await needs.getByRole('button', { name: 'Prerequisite', exact: true }).click();
  await needs.getByRole('combobox', { name: 'Flag that is needed' }).fill('accounts');
  await needs.getByRole('combobox', { name: 'Variants that it must serve' }).click();
  await page.getByRole('option', { name: 'on', exact: true }).click();
  await page.keyboard.press('Escape');
  await seen('4 settings are changed');
  await saved('who greets whom');
  await expect
    .poll(() => settings('greeting'), within)
    .toMatchObject({
      conditions: { age: { gte: 18 } },
      rules: [{ if: { in_segment: 'staff' }, variant: 'on' }],
      enabledUsers: ['bob'],
      prerequisites: [{ flag: 'accounts', variants: ['on'] }],
    });
  await seen('age is at least 18');
});

it('says beside the field what is wrong, as one types, and lets nothing of it be saved', async () => {
  await edited('checkout');
  await page.getByRole('textbox', { name: 'Share', exact: true }).fill('140');
  await seen('must be from 0 to 100; it is 140');
  expect(await page.getByRole('button', { name: 'Review and save' }).isDisabled()).toBe(true);
  await page.getByRole('textbox', { name: 'Share', exact: true }).fill('30');
  const conditions = part('Only units for which this holds');
  await conditions.getByRole('button', { name: 'Condition', exact: true }).click();
  await conditions.getByRole('textbox', { name: 'Attribute' }).fill('version');
  await conditions.getByRole('combobox', { name: 'Operator' }).click();
  await page.getByRole('option', { name: 'is at least version' }).click();
  await conditions.getByRole('textbox', { name: 'Value' }).fill('latest');
  await conditions
    .getByText(/version/i)
    .first()
    .waitFor(within);
  await expect.poll(() => conditions.locator('[data-error]').count(), within).toBeGreaterThan(0);
  await conditions.getByRole('textbox', { name: 'Value' }).fill('2.1.0');
  await expect.poll(() => conditions.locator('[data-error]').count(), within).toBe(0);
  await page.getByRole('button', { name: 'Review and save' }).click(within);
  await seen('from 20 % to 30 %');
  await page.getByText('As JSON').click();
  await seen(/"semver_gte": "2\.1\.0"/);
  await page.getByRole('button', { name: 'Go on editing' }).click();
});

it('keeps a begun edit while one looks elsewhere, and undoes one that was saved', async () => {
  await page.goto(`${BASE}/flags`);
  await edited('checkout');
  await seen('2 settings are changed');
  await saved('a third of them');
  await expect.poll(async () => (await settings('checkout')).rolloutPercentage, within).toBe(30);
  await page.getByRole('button', { name: 'Undo' }).click(within);
  await expect.poll(async () => (await settings('checkout')).rolloutPercentage, within).toBe(20);
});

it('has an edit made at an instant, lists it, and cancels it', async () => {
  await edited('checkout');
  await page.getByRole('textbox', { name: 'Share', exact: true }).fill('90');
  await page.getByRole('button', { name: 'Review and save' }).click(within);
  await page.getByText('At an instant').click();
  await page.getByLabel(/When, in/).fill('2040-01-31T08:00');
  await page.getByRole('textbox', { name: /Why/ }).fill('after the holidays');
  await page.getByRole('button', { name: 'Schedule it' }).click();
  await part('Scheduled').getByText('from 20 % to 90 %').waitFor(within);
  const { edits } = await at.client.flags.scheduled({ ...PLACE, flag: 'checkout' });
  expect(edits).toMatchObject([{ settings: { rolloutPercentage: 90 }, reason: 'after the holidays' }]);
  await part('Scheduled').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(async () => (await at.client.flags.scheduled({ ...PLACE, flag: 'checkout' })).edits, within).toEqual([]);
});

it('shows both versions when two edit at once, and puts one on top of the other without losing either', async () => {
  await edited('contested');
  await page.getByRole('textbox', { name: 'Share', exact: true }).fill('55');
  await page.getByRole('textbox', { name: 'Owner' }).fill('mine');
  const other = await at.loggedIn(OTHERS.approver);
  await edited('contested', other);
  await other.getByRole('textbox', { name: 'Share', exact: true }).fill('35');
  await other.getByRole('textbox', { name: 'What it is for' }).fill('theirs');
  await saved('the other one', other);
  await seen(`${OTHERS.approver} changed contested meanwhile`);
  expect(await page.getByRole('button', { name: 'Review and save' }).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Compare both' }).click();
  await part('Theirs, as it is now').getByText('from 20 % to 35 %').waitFor(within);
  await part('Yours, not saved').getByText('from 20 % to 55 %').waitFor(within);
  await page.getByText('Both changed Share').waitFor(within);
  await page.getByRole('button', { name: 'Put mine on top' }).click();
  await saved('mine after all');
  await expect
    .poll(() => settings('contested'), within)
    .toMatchObject({ rolloutPercentage: 55, owner: 'mine', description: 'theirs' });
  await other.context().close();
});

it('gives back an earlier revision, after it said what becomes different', async () => {
  await page.goto(`${BASE}/flags/contested`);
  const history = part('History');
  await history.getByRole('button', { name: 'What changed' }).first().click(within);
  await page.getByRole('dialog').getByText('from 35 % to 55 %').waitFor(within);
  await page.keyboard.press('Escape');
  await history.getByRole('button', { name: 'Restore' }).last().click();
  await page.getByRole('dialog').getByText('from 55 % to 20 %').waitFor(within);
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
  await expect.poll(() => settings('contested'), within).toMatchObject({ rolloutPercentage: 20, owner: null, description: '' });
});

it('takes the targeting of another environment over, to be read before it is saved', async () => {
  await page.goto(`${BASE}/flags/greeting`);
  const here = page.getByRole('article', { name: 'Development' });
  await here.getByRole('button', { name: 'Copy targeting to' }).click(within);
  await page.getByRole('menuitem', { name: 'Staging' }).click();
  await page.waitForURL(/staging\/flags\/greeting\/edit/);
  // A segment that is not there is told before anything is sent.
  const rules = part(/^Rules/);
  await rules.locator('[data-error]').first().waitFor(within);
  await rules.getByRole('button', { name: 'Take rule 1 out' }).click();
  await seen('to: age is at least 18');
  await saved('as in development');
  const place = { ...PLACE, environment: 'staging' };
  await expect
    .poll(async () => (await at.client.flags.settings({ ...place, key: 'greeting' })).settings, within)
    .toMatchObject({ conditions: { age: { gte: 18 } }, enabledUsers: ['bob'], status: 'disabled' });
});

it('makes a segment of members and a condition, and takes members out again', async () => {
  const members = async (key: string) => (await at.client.segments.get({ ...PLACE, key })).members;
  await page.goto(`${BASE}/segments`);
  await page.getByRole('button', { name: 'New segment' }).click(within);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('testers');
  await dialog.getByRole('textbox', { name: 'Who they are' }).fill('They said yes');
  await dialog.getByRole('button', { name: 'Create it, empty' }).click();
  await page.waitForURL(/\/segments\/testers$/);
  const keys = page.getByRole('textbox', { name: 'Keys to add or take out' });
  for (const [label, typed, left] of [
    ['Add', 'ann \nbob\nann', ['ann', 'bob']],
    ['Take out', 'bob\nnobody', ['ann']],
  ] as const) {
    await keys.fill(typed);
    await confirm(page, { button: label, reason: 'they asked for it' });
    await expect.poll(() => members('testers'), within).toEqual(left);
    await part('Members').getByText(left.length.toString(), { exact: true }).waitFor(within);
  }
  const who = part('Who is in');
  await who.getByRole('button', { name: 'Condition', exact: true }).click();
  await who.getByRole('textbox', { name: 'Attribute' }).fill('plan');
  await who.getByRole('textbox', { name: 'Value' }).fill('beta');
  await confirm(page, { button: 'Save the segment', reason: 'whoever pays for it, too' });
  await expect
    .poll(async () => (await at.client.segments.get({ ...PLACE, key: 'testers' })).condition, within)
    .toEqual({ plan: 'beta' });
});

it('says who refers to a segment, and deletes none while somebody does', async () => {
  const settings = { conditions: { in_segment: 'testers' } };
  await at.client.flags.set({ ...PLACE, key: 'accounts', settings });
  const deletion = { button: 'Delete', reason: 'not needed', typed: 'testers' };
  await page.goto(`${BASE}/segments/testers`);
  await part('Who refers to it').getByRole('link', { name: 'accounts' }).waitFor(within);
  await confirm(page, deletion);
  await seen(/segment "testers" is used by .*accounts/);
  expect(await at.client.segments.get({ ...PLACE, key: 'testers' })).toMatchObject({ members: ['ann'] });
  await at.client.flags.set({ ...PLACE, key: 'accounts', settings: { conditions: {} } });
  await seen('Nobody: it can be deleted.');
  await confirm(page, deletion);
  await page.waitForURL(/\/segments$/);
  expect((await at.client.segments.list(PLACE)).members.map(({ name }) => name)).toEqual(['staff']);
});

it('says that a share rises by hand no further than a protected environment lets it, and leads to the rollout that may', async () => {
  const production = { ...PLACE, environment: 'production' };
  const settings = { enabled: true, rolloutPercentage: 1 };
  await at.client.flags.set({ ...production, key: 'wary', settings, reason: 'a journey' });
  await page.goto('/p/default/production/flags/wary');
  const share = part('Share');
  await share.getByRole('textbox', { name: 'Percentage' }).fill('2');
  await expect.poll(() => share.innerText(), within).toMatch(/1 %.*rollout/);
  expect(await share.getByRole('button', { name: 'Set 2 %' }).count()).toBe(0);
  await share.getByRole('button', { name: 'Roll it out instead' }).click();
  await page.getByRole('dialog', { name: 'Roll out wary' }).getByRole('button', { name: 'Leave it' }).click();
  await share.getByRole('textbox', { name: 'Percentage' }).fill('0.5');
  await share.getByRole('button', { name: 'Set 0.5 %' }).waitFor(within);
  expect((await at.client.flags.get({ ...production, key: 'wary' })).rolloutPercentage).toBe(1);
});

it('refuses the edit of a viewer in words, and keeps what they wrote', async () => {
  const viewer = await at.loggedIn(OTHERS.viewer);
  await edited('checkout', viewer);
  await viewer.getByRole('textbox', { name: 'Owner' }).fill('vic');
  await saved('I may not', viewer);
  await seen('Nothing was changed', viewer);
  await seen(/needs the permission/, viewer);
  expect((await settings('checkout')).owner).toBeNull();
  expect(await viewer.getByRole('textbox', { name: 'Owner' }).inputValue()).toBe('vic');
  await viewer.context().close();
});
