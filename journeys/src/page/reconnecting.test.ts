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
}, BROWSER_MS);
afterAll(async () => {
  await proxy?.close();
  await at?.close();
});

it('says that it is reconnecting when the network is cut, and shows what it missed once that is mended', async () => {
  await at.client.flags.set({ ...PLACE, key: 'before', settings: {} });
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
