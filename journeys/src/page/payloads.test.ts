import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROWSER_MS } from './browser.testing.ts';
import { type Executions, watchExecutions } from './executions.testing.ts';
import { type HostileWorld, hostileWorld, judged, nameOf, testOf } from './hostile-world.testing.ts';
import { BASE } from './page-world.testing.ts';
import { within } from './seeing.testing.ts';
import { PAYLOADS } from './xss-payloads.testing.ts';

let world: HostileWorld;
let page: Page;
let executions: Executions;
beforeAll(async () => {
  world = await hostileWorld();
  page = await world.at.loggedIn();
  executions = await watchExecutions(page.context());
}, BROWSER_MS);
afterAll(() => world?.close());

async function ready(): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor(within);
  await page
    .getByLabel('Loading')
    .first()
    .waitFor({ state: 'detached', ...within });
}

async function harmless(view: string): Promise<void> {
  expect(await executions.foreign(page), view).toEqual([]);
  expect(executions.happened, view).toEqual([]);
}

/** As a click on a link goes there, without loading the page again. */
async function go(...path: readonly string[]): Promise<void> {
  const address = JSON.stringify([BASE, ...path.map(encodeURIComponent)].join('/'));
  await page.evaluate(`history.pushState({}, '', ${address}); dispatchEvent(new PopStateEvent('popstate'))`);
}

it('has a hundred payloads, and sees those that a page writes as HTML', async () => {
  expect(new Set(PAYLOADS).size).toBe(100);
  const context = await world.at.browser.newContext({ baseURL: world.at.server.url });
  const { happened, foreign } = await watchExecutions(context);
  const victim = await context.newPage();
  await victim.goto('/login');
  await victim.getByRole('button', { name: 'Log in' }).waitFor(within);
  expect(await foreign(victim)).toEqual([]);
  const unseen: string[] = [];
  for (const payload of PAYLOADS) {
    const before = happened.length;
    await victim.evaluate(`document.body.innerHTML = ${JSON.stringify(payload)}`);
    if ((await foreign(victim)).length === 0 && happened.length === before) unseen.push(payload);
  }
  // What a parser makes nothing of by itself is a payload in an address or in a template.
  expect(unseen.length, unseen.join('\n')).toBeLessThan(10);
  expect(happened.length).toBeGreaterThan(50);
  await context.close();
});

const LISTS = ['', 'flags', 'segments', 'rollouts', 'tests', 'rollbacks', 'history', 'account', 'start'];
const ADMIN = ['approvals', 'environments', 'tokens', 'people', 'webhooks', 'sources', 'break-glass', 'log'];

it.each([...LISTS, ...ADMIN.map((part) => `admin/${part}`)])('shows the list of hostile texts "%s", to its end', async (view) => {
  await page.goto(`${BASE}/${view}`);
  await ready();
  await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
  await harmless(view);
});

/** Each kind has its own part of them: the lists, and what stands in one flag, have all. */
const KINDS = 8;

it.each([
  { kind: 'flags', named: nameOf, first: 0 },
  { kind: 'rollouts', named: judged, first: 1 },
  { kind: 'tests', named: testOf, first: 2 },
  { kind: 'segments', named: nameOf, first: 3 },
])('shows $kind by their hostile names, with all that was written into them', async ({ kind, named, first }) => {
  await page.goto(`${BASE}/${kind}`);
  await ready();
  for (const payload of PAYLOADS.filter((_, index) => index % KINDS === first)) {
    await go(kind, named(payload));
    await page.getByRole('heading', { level: 1, name: named(payload), exact: true }).waitFor(within);
    await ready();
    await harmless(payload);
  }
});

it('shows a flag of which each setting holds all of them, and has hostile settings edited', async () => {
  for (const path of ['/flags/all_of_them', `/flags/${encodeURIComponent(nameOf(PAYLOADS[24] ?? ''))}/edit`]) {
    await page.goto(`${BASE}${path}`);
    await ready();
    await harmless(path);
  }
});

it('finds a hostile name in the command palette, and shows the report of a rollback and of dead letters', async () => {
  await page.goto(`${BASE}/rollbacks`);
  await page.getByRole('link', { name: 'Report' }).first().click(within);
  await page.getByRole('button', { name: 'Copy as Markdown' }).waitFor(within);
  await harmless('report');
  await page.goto(`${BASE}/admin/webhooks`);
  await page.getByText(/1 given up/).waitFor(within);
  await harmless('dead letters');
  await page.keyboard.press('Control+k');
  await page.getByRole('textbox', { name: 'A flag or a view' }).fill('<img src=x onerror=alert(1)>');
  await page
    .getByRole('button', { name: /<img src=x onerror=alert\(1\)>/ })
    .first()
    .waitFor(within);
  await harmless('palette');
});
