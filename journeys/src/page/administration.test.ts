import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluated } from '../server/server-process.testing.ts';
import { BROWSER_MS } from './browser.testing.ts';
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
    response.writeHead(request.url === '/refuses' ? 500 : 204).end();
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

const open = (part: string, on = page) => on.goto(`${BASE}/admin/${part}`);

it('makes a token, shows it once with a program that connects, and refuses it once it is revoked', async () => {
  await open('tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('checkout-service');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await seen('cannot be shown again', page);
  const made = page.getByRole('dialog', { name: 'The token checkout-service' });
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
  const { port } = receiver.address() as AddressInfo;
  await open('webhooks');
  await page.getByRole('button', { name: 'New webhook' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Key' }).fill('audit');
  await dialog.getByRole('textbox', { name: 'URL' }).fill(`http://127.0.0.1:${port}/takes`);
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await page.getByRole('button', { name: 'I have it' }).click();
  await page.getByRole('button', { name: 'Send a test' }).click();
  await seen('audit took the message', page);
  expect(heard.join('\n')).toMatch(/test/);
  await at.client.webhooks.set({
    project: 'default',
    key: 'audit',
    settings: { url: `http://127.0.0.1:${port}/refuses` },
  });
  await page.getByRole('button', { name: 'Send a test' }).click();
  await seen('audit did not take the message', page);
  await seen(/500/, page);
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
