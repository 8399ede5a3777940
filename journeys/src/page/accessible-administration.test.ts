import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousFindings } from './axe.testing.ts';
import { BROWSER_MS } from './browser.testing.ts';
import { BASE, type PageWorld, PLACE, pageWorld } from './page-world.testing.ts';
import { within } from './seeing.testing.ts';

let at: PageWorld;
beforeAll(async () => {
  at = await pageWorld({ variables: { SLUICE_ALLOW_OUTBOUND: '127.0.0.1' } });
  const { client } = at;
  await client.flags.set({ ...PLACE, key: 'search', settings: { enabled: true, rolloutPercentage: 0 } });
  const settings = { strategy: 'percentage', stages: [10, 100], startApproval: true, unvalidated: true } as const;
  await client.rollouts.start({ ...PLACE, flag: 'search', settings, reason: 'a journey' });
  const token = await client.tokens.create({ project: 'default', kind: 'client', label: 'web', boundTo: 'development' });
  await client.tokens.create({ project: 'default', kind: 'server', label: 'backend', boundTo: 'production' });
  await client.tokens.revoke({ project: 'default', id: token.token.id, reason: 'a journey' });
  await client.people.create({ email: 'eve@example.org', roles: { default: 'editor' } });
  await client.people.disable({ email: 'eve@example.org', reason: 'a journey' });
  // Nobody listens there: it is shown as failing.
  await client.webhooks.set({ project: 'default', key: 'audit', settings: { url: 'http://127.0.0.1:9/' } });
  await client.flags.kill({ ...PLACE, key: 'search', reason: 'a journey' });
}, BROWSER_MS);
afterAll(() => at?.close());

const PARTS = ['approvals', 'environments', 'tokens', 'people', 'webhooks', 'sources', 'break-glass', 'log'];
const VIEWS = [...PARTS.map((part) => `/admin/${part}`), '/account', '/start', '/start/search'];

describe.each([
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 390 },
] as const)('in $colorScheme, $width wide', (looks) => {
  it('every part can be read and used by everybody, and fits', async () => {
    const reader = await at.loggedIn(undefined, looks);
    for (const view of VIEWS) {
      await reader.goto(`${BASE}${view}`);
      await reader.getByRole('heading', { level: 1 }).waitFor(within);
      await reader.getByLabel('Loading').waitFor({ state: 'detached', ...within });
      expect(await seriousFindings(reader), view).toEqual([]);
      expect(await reader.evaluate('document.documentElement.scrollWidth <= innerWidth'), view).toBe(true);
    }
    await reader.context().close();
  });
});
