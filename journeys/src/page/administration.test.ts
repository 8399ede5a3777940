import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluated } from '../server/server-process.testing.ts';
import { seriousFindings } from './axe.testing.ts';
import { BROWSER_MS } from './browser.testing.ts';
import { giveUp } from './given-up.testing.ts';
import { BASE, OTHERS, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { seen, within } from './seeing.testing.ts';

let at: PageWorld;
let page: Page;
let receiver: Server;
const heard: string[] = [];
beforeAll(async () => {
  receiver = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    heard.push(Buffer.concat(chunks).toString());
    response.writeHead({ '/refuses': 500, '/gone': 410 }[request.url ?? ''] ?? 204).end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  at = await pageWorld({ variables: { SLUICE_ALLOW_OUTBOUND: '127.0.0.1' } });
  await at.client.flags.set({ ...PLACE, key: 'search', settings: { enabled: true, rolloutPercentage: 100 } });
  page = await at.loggedIn();
}, BROWSER_MS);
afterAll(async () => {
  await at?.close();
  receiver?.close();
});

const address = (path: string) => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}${path}`;
const receivedAt = (path: string) =>
  at.client.webhooks.set({ project: 'default', key: 'audit', settings: { url: address(path) } });
const open = (part: string, on = page) => on.goto(`${BASE}/admin/${part}`);

it('makes a token, shows it once with a program that connects, and refuses it once it is revoked', async () => {
  await open('tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('checkout-service');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await seen('cannot be shown again', page);
  const made = page.getByRole('dialog', { name: 'The token checkout-service' });
  // Whoever pressed Enter twice has not put it away unread.
  await made.getByRole('button', { name: 'Copy the secret' }).and(page.locator(':focus')).waitFor(within);
  const secret = (await made.getByText(/^sl_server_/).innerText()).trim();
  expect(await made.innerText()).toContain(`token: '${secret}'`);
  expect(await evaluated(at.server.url, secret, 'search', 'ann')).toMatchObject({ status: 200, value: true });
  await page.getByRole('button', { name: 'I have it' }).click();
  await page.reload();
  await seen('checkout-service', page);
  expect(await page.content()).not.toContain(secret);
  const row = page.getByRole('listitem').filter({ hasText: 'checkout-service' });
  await row.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: /Why/ }).fill('it leaked');
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await row.waitFor({ state: 'detached', ...within });
  expect((await evaluated(at.server.url, secret, 'search', 'ann')).status).toBe(401);
});

it('lets somebody in with a first password, changes a role and takes that back', async () => {
  await open('people');
  await page.getByRole('button', { name: 'Let somebody in' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'E-mail' }).fill('eve@example.org');
  await dialog.getByRole('button', { name: 'Let them in' }).click();
  await seen('The first password of eve@example.org', page);
  await page.getByRole('button', { name: 'I have it' }).click();
  const roleOf = async () => (await at.client.people.get({ email: 'eve@example.org' })).roles;
  expect(await roleOf()).toEqual({ '*': 'viewer' });
  await page.getByRole('combobox', { name: 'Role of eve@example.org in Every project' }).click();
  await page.getByRole('option', { name: 'editor' }).click();
  await expect.poll(roleOf, within).toEqual({ '*': 'editor' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(roleOf, within).toEqual({ '*': 'viewer' });
});

it('adds an environment, and unprotects one only for whoever types its name', async () => {
  await open('environments');
  await page.getByRole('button', { name: 'New environment' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Key' }).fill('preview');
  await page.getByRole('dialog').getByRole('button', { name: 'Add it' }).click();
  await page.getByRole('listitem').filter({ hasText: 'preview' }).waitFor(within);
  await page.getByRole('listitem').filter({ hasText: 'production' }).getByRole('button', { name: 'Unprotect' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /Why/ }).fill('a migration');
  const button = dialog.getByRole('button', { name: 'Unprotect' });
  expect(await button.isDisabled()).toBe(true);
  await dialog.getByRole('textbox', { name: /Type production/ }).fill('production');
  await button.click();
  const isProtected = async () =>
    (await at.client.projects.get({ project: 'default' })).environments.find(({ key }) => key === 'production')?.isProtected;
  await expect.poll(isProtected, within).toBe(false);
});

it('makes a webhook, sends a test, and says what a receiver answered that does not take it', async () => {
  await open('webhooks');
  await page.getByRole('button', { name: 'New webhook' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Key' }).fill('audit');
  await dialog.getByRole('textbox', { name: 'URL' }).fill(address('/takes'));
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await page.getByRole('button', { name: 'I have it' }).click();
  await page.getByRole('button', { name: 'Send a test' }).click();
  await seen('audit took the message', page);
  expect(heard.join('\n')).toMatch(/test/);
  await receivedAt('/refuses');
  await page.getByRole('button', { name: 'Send a test' }).click();
  await seen('audit did not take the message', page);
  await seen(/500/, page);
});

it('shows what a webhook gave up, with what its receiver answered last, and tells it again', async () => {
  const card = page.getByRole('region', { name: 'Webhook audit' });
  // Its own change, by the test before, is what it was told in vain.
  await giveUp(at, 'audit');
  await open('webhooks');
  const letter = card.getByText(/^webhook\.updated, event \d+, after 10 attempts, .*answered 500/s);
  const [, seq = ''] = /event (\d+)/.exec(await letter.innerText(within)) ?? [];
  await card.getByText('1 given up').waitFor(within);
  await card.getByRole('button', { name: 'Send again' }).click();
  await page.getByText('It was not taken').waitFor(within);
  expect(await letter.count()).toBe(1);
  await receivedAt('/takes');
  heard.length = 0;
  await card.getByRole('button', { name: 'Send again' }).click();
  await letter.waitFor({ state: 'detached', ...within });
  expect(heard.map((message) => (JSON.parse(message) as { data: { seq: number } }).data.seq)).toContain(Number(seq));
});

it('says of a webhook whose receiver is gone that it was switched off for that, and switches it on again', async () => {
  const card = page.getByRole('region', { name: 'Webhook audit' });
  await receivedAt('/gone');
  await card.getByText('gone', { exact: true }).waitFor(within);
  await card.getByText(/It was switched off .*answered 410 Gone/).waitFor(within);
  await card.getByText(/^webhook\.updated, event \d+, after one attempt, .*answered 410/s).waitFor(within);
  expect(await card.getByRole('button', { name: 'Send again' }).isDisabled()).toBe(true);
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await seriousFindings(page), colorScheme).toEqual([]);
  }
  await receivedAt('/takes');
  await card.getByRole('button', { name: 'Switch on' }).click();
  await card.getByText('works', { exact: true }).waitFor(within);
  expect(await card.getByText('410 Gone').count()).toBe(0);
});

describe('whoever may not', () => {
  it('sees no administration as a viewer, in the navigation or by its address', async () => {
    const viewer = await at.loggedIn(OTHERS.viewer);
    await viewer.getByRole('link', { name: 'History' }).waitFor(within);
    expect(await viewer.getByRole('link', { name: 'Administration' }).count()).toBe(0);
    await open('tokens', viewer);
    await seen('This is for others', viewer);
    expect(await viewer.getByRole('button', { name: 'New token' }).count()).toBe(0);
    await viewer.context().close();
  });

  it('sees approvals and what to do on the worst day as an approver, and no tokens or people', async () => {
    const approver = await at.loggedIn(OTHERS.approver);
    await approver.getByRole('link', { name: 'Administration' }).click();
    await approver.getByRole('tab', { name: 'Approvals' }).waitFor(within);
    expect(await approver.getByRole('tab').allInnerTexts()).toEqual(['Approvals', 'Metric sources', 'Break-glass']);
    await approver.context().close();
  });
});

it('makes a personal token that does what its person may, and takes it back', async () => {
  await page.goto(`${BASE}/account`);
  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('my laptop');
  await page.getByRole('dialog').getByRole('button', { name: 'Make it' }).click();
  const secret = (await page.getByRole('dialog').getByText(/^sl_/).innerText()).trim();
  const me = async () => (await fetch(`${at.server.url}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } })).status;
  expect(await me()).toBe(200);
  await page.getByRole('button', { name: 'I have it' }).click();
  await page.getByRole('listitem').filter({ hasText: 'my laptop' }).getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: /Why/ }).fill('lost');
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect.poll(me, within).toBe(401);
});

it('breaks no rule of its own policy', () => {
  expect(at.complaints).toEqual([]);
});
