import { randomUUID } from 'node:crypto';
import { type Client, OpenFeature, ProviderStatus } from '@openfeature/web-sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type World, world } from '../../server/src/world.testing.ts';
import { WebCache, type WebStorage } from './web-cache.ts';
import type { WebOptions } from './web-options.ts';
import { SluiceWebProvider } from './web-provider.ts';

const ann = { targetingKey: 'ann', plan: 'pro' };
let at: World;
let domain: string;
let client: Client;
let kept: Map<string, string>;
let storage: WebStorage;

beforeAll(async () => {
  at = await world();
  await at.sluice.flags.setFlag('on', { enabled: true });
});
afterAll(() => at.close());
beforeEach(() => {
  domain = randomUUID();
  client = OpenFeature.getClient(domain);
  kept = new Map();
  storage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
});
afterEach(() => OpenFeature.clearProviders());

async function visit(options: Partial<WebOptions> = {}, context: object = ann): Promise<void> {
  // A provider that is there already would ask for the context, and keep its values.
  await OpenFeature.clearProviders();
  await OpenFeature.setContext(domain, { ...context });
  const settings = { url: at.url, token: at.secrets.client, reports: false, eventSource: null, cache: new WebCache(storage) };
  await OpenFeature.setProviderAndWait(domain, new SluiceWebProvider({ ...settings, ...options }));
}
const away: typeof fetch = () => Promise.reject(new TypeError('the network is away'));
const reason = () => client.getBooleanDetails('on', false).reason;

describe('values that a page keeps', () => {
  it('are there at once at the next visit, as CACHED, and STALE when the server does not answer', async () => {
    await visit();
    expect(reason()).toBe('STATIC');
    await visit({ fetch: away });
    expect(client.getBooleanDetails('on', false)).toMatchObject({ value: true, variant: 'on', reason: 'CACHED' });
    await expect.poll(() => client.providerStatus).toBe(ProviderStatus.STALE);
  });

  it('give way to the answer of the server', async () => {
    await visit();
    await at.sluice.flags.disableFlag('on');
    await visit();
    await expect.poll(reason).toBe('DISABLED');
    expect(client.getBooleanValue('on', true)).toBe(false);
    await at.sluice.flags.restoreFlag('on');
  });

  it('are of one context, and the context itself is not among them', async () => {
    await visit();
    expect([...kept.values()].join()).not.toMatch(/ann|pro"/);
    const other = { ...ann, plan: 'free' };
    await expect(visit({ fetch: away }, other)).rejects.toThrow('cannot be reached');
    await visit({}, other);
    expect(kept.size, 'one entry, of the last').toBe(1);
  });

  it('are not used when they are old, or cannot be read', async () => {
    await visit();
    const [key = '', text = ''] = [...kept][0] ?? [];
    const [id, keptAt, flags] = JSON.parse(text) as [string, number, object[]];
    for (const bad of ['{', '[]', 'null', JSON.stringify([id, keptAt - 31 * 86_400_000, flags])]) {
      kept.set(key, bad);
      await expect(visit({ fetch: away }), bad).rejects.toThrow('cannot be reached');
    }
  });

  it('are no more when the token is refused', async () => {
    await visit();
    await visit({ fetch: () => Promise.resolve(new Response('', { status: 401 })) });
    await expect.poll(() => client.providerStatus).toBe(ProviderStatus.FATAL);
    expect(kept.size).toBe(0);
  });

  it('are asked for where a browser gives no room', async () => {
    const refuse = (): never => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    await visit({ cache: new WebCache({ getItem: refuse, setItem: refuse, removeItem: refuse }) });
    expect(reason()).toBe('STATIC');
  });
});
