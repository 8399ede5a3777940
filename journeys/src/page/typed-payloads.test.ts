import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { type Executions, watchExecutions } from './executions.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { within } from './seeing.testing.ts';
import { PAYLOADS } from './xss-payloads.testing.ts';

/** The others stand in every text that is stored; each kind of payload is typed. */
const TYPED = PAYLOADS.filter((_, index) => index % 12 === 0);
let at: PageWorld;
let page: Page;
let executions: Executions;
beforeAll(async () => {
  at = await pageWorld();
  for (const key of ['free', 'moving'])
    await at.client.flags.set({ ...PLACE, key, settings: { enabled: true, rolloutPercentage: 0 } });
  const settings = { strategy: 'percentage', stages: [10, 100], bakeMs: 600_000, unvalidated: true } as const;
  await at.client.rollouts.start({ ...PLACE, flag: 'moving', settings, reason: 'a journey' });
  await at.client.segments.set({ ...PLACE, key: 'staff', settings: { members: ['ann'] } });
  page = await at.loggedIn();
  executions = await watchExecutions(page.context());
}, BROWSER_MS);
afterAll(() => at?.close());

const PLACES = [
  { view: '/flags', button: '' },
  { view: '/flags', button: 'New flag' },
  { view: '/flags/free', button: '' },
  { view: '/flags/free', button: 'Roll out' },
  { view: '/flags/free', button: 'Roll back' },
  { view: '/flags/free', button: 'Kill' },
  { view: '/flags/free/edit', button: '' },
  { view: '/rollouts/moving', button: 'Pause' },
  { view: '/segments', button: 'New segment' },
  { view: '/segments/staff', button: '' },
  { view: '/tests', button: 'New test' },
  { view: '/admin/tokens', button: 'New token' },
  { view: '/admin/people', button: 'Let somebody in' },
  { view: '/admin/webhooks', button: 'New webhook' },
  { view: '/admin/environments', button: 'New environment' },
  { view: '/account', button: 'New token' },
  { view: '/start', button: '' },
];

/** Each payload in every field for texts that is shown, as one types, and with Enter where several are taken. */
const TYPE = `(async () => {
  const fields = [...(document.querySelector('[role=dialog]') ?? document).querySelectorAll('textarea, input')].filter(
    ({ type, disabled, readOnly, offsetParent }) =>
      ['textarea', 'text', 'email', 'search', 'password'].includes(type) && !disabled && !readOnly && offsetParent !== null);
  for (const payload of PAYLOADS) {
    for (const field of fields) {
      const proto = field.localName === 'input' ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype;
      Object.getOwnPropertyDescriptor(proto, 'value').set.call(field, payload);
      field.dispatchEvent(new Event('input', { bubbles: true }));
      if (field.closest('.mantine-TagsInput-root') !== null)
        field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', bubbles: true }));
    }
    await new Promise(requestAnimationFrame);
  }
  return fields.length;
})()`;

it.each(PLACES)('runs nothing that is typed into any field of $view $button', async ({ view, button }) => {
  await page.goto(`${BASE}${view}`);
  await page.getByRole('heading', { level: 1 }).waitFor(within);
  await page
    .getByLabel('Loading')
    .first()
    .waitFor({ state: 'detached', ...within });
  if (button !== '') {
    await page.getByRole('button', { name: button, exact: true }).first().click(within);
    await page.getByRole('dialog').getByRole('textbox').first().waitFor(within);
  }
  expect(await page.evaluate(TYPE.replace('PAYLOADS', () => JSON.stringify(TYPED)))).toBeGreaterThan(0);
  expect(await executions.foreign(page)).toEqual([]);
  expect(executions.happened).toEqual([]);
});
