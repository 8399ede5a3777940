import { afterAll, beforeAll, expect, it } from 'vitest';
import { TcpProxy } from '../connection/tcp-proxy.testing.ts';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { seen, within } from './seeing.testing.ts';

let at: PageWorld;
let proxy: TcpProxy;
beforeAll(async () => {
  at = await pageWorld();
  proxy = await TcpProxy.to(at.server.url);
  await at.client.flags.set({ ...PLACE, key: 'before', settings: {} });
}, BROWSER_MS);
afterAll(async () => {
  await proxy?.close();
  await at?.close();
});

it('says so on a phone, too, where there is no room for a sign', async () => {
  const page = await at.loggedIn(undefined, { url: proxy.url, width: 390 });
  await page.getByRole('heading', { level: 1 }).waitFor(within);
  const notice = page.getByRole('main').getByText(/Reconnecting: the server cannot be heard/);
  expect(await notice.isVisible()).toBe(false);
  proxy.cut();
  await notice.waitFor(within);
  proxy.mend();
  await notice.waitFor({ state: 'detached', ...within });
  await page.context().close();
});

it('says that it is reconnecting when the network is cut, and shows what it missed once that is mended', async () => {
  const page = await at.loggedIn(undefined, { url: proxy.url });
  await page.goto(`${BASE}/flags`);
  await seen('before', page);
  const sign = page.getByRole('status');
  await sign.getByText('live').waitFor(within);
  proxy.cut();
  await sign.getByText('reconnecting').waitFor(within);
  await at.client.flags.set({ ...PLACE, key: 'meanwhile', settings: {} });
  expect(await page.getByText('meanwhile').count()).toBe(0);
  proxy.mend();
  await sign.getByText('live').waitFor(within);
  await seen('meanwhile', page);
  expect(at.complaints).toEqual([]);
});

it('stays where it is when a view cannot be loaded, and loads it by itself once the network is back', async () => {
  const page = await at.loggedIn(undefined, { url: proxy.url });
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor(within);
  proxy.cut();
  await page.getByRole('link', { name: 'History' }).click();
  await seen('This view could not be shown', page);
  await page.getByRole('link', { name: 'Flags', exact: true }).waitFor(within);
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor(within);
  await page.getByRole('link', { name: 'History' }).click();
  await seen('This view could not be shown', page);
  await page.getByRole('button', { name: 'Load it again' }).waitFor(within);
  proxy.mend();
  await page.getByRole('heading', { level: 1, name: 'History' }).waitFor(within);
});

it('shows that something comes while a view is loaded over a slow network', async () => {
  const page = await at.loggedIn();
  let load = (): void => {};
  const loading = new Promise<void>((resolve) => {
    load = resolve;
  });
  await page.route(/assets\/segments-page/, async (route) => {
    await loading;
    await route.continue();
  });
  await page.goto(`${BASE}/segments`);
  await page.getByRole('main').locator('[aria-busy=true]').waitFor(within);
  load();
  await page.getByRole('heading', { level: 1, name: 'Segments' }).waitFor(within);
});
