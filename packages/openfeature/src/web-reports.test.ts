import { randomUUID } from 'node:crypto';
import { type Client, OpenFeature } from '@openfeature/web-sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type World, world } from '../../server/src/world.testing.ts';
import type { WebOptions } from './web-options.ts';
import { SluiceWebProvider } from './web-provider.ts';

const [ann, bob] = [{ targetingKey: 'ann' }, { targetingKey: 'bob' }];
let at: World;
let domain: string;
let client: Client;
let reports: { exposures: object[]; values: object[]; id: string; context: object }[];
/** To the next reports, in their order; each other one is taken. */
let answers: (Response | Error)[];

beforeAll(async () => {
  at = await world();
  await at.sluice.flags.setFlag('on', { enabled: true });
});
afterAll(() => at.close());
beforeEach(() => {
  domain = randomUUID();
  client = OpenFeature.getClient(domain);
  [reports, answers] = [[], []];
});
afterEach(() => OpenFeature.clearProviders());

async function setAndWait(options: Partial<WebOptions> = {}, context: object = ann): Promise<void> {
  await OpenFeature.setContext(domain, { ...context });
  const send: typeof fetch = async (url, init) => {
    if (!new URL(String(url)).pathname.endsWith('/reports')) return fetch(url, init);
    reports.push(JSON.parse(String(init?.body)));
    const answer = answers.shift() ?? new Response('{}');
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const settings = { url: at.url, token: at.secrets.client, eventSource: null, fetch: send, ...options };
  await OpenFeature.setProviderAndWait(domain, new SluiceWebProvider(settings));
}

describe('what a page reports', () => {
  it('is what it used, once, and what it tracked, a second later', async () => {
    await setAndWait({});
    for (let turn = 0; turn < 3; turn++) client.getBooleanValue('on', false);
    client.getBooleanValue('none', false);
    client.getStringValue('on', 'of another type');
    client.track('revenue', { value: 5 });
    client.track('clicks');
    await expect.poll(() => reports.length).toBe(1);
    expect(reports[0]).toMatchObject({
      context: ann,
      exposures: [{ flag: 'on', variant: 'on', at: expect.any(Number) }],
      values: [
        { metric: 'revenue', value: 5 },
        { metric: 'clicks', value: 1 },
      ],
    });
    client.getBooleanValue('on', false);
    await OpenFeature.clearProviders();
    expect(reports.length, 'nothing new is nothing to send').toBe(1);
  });

  it('names the context that the values are of, one in each report', async () => {
    await setAndWait({});
    client.getBooleanValue('on', false);
    await OpenFeature.setContext(domain, bob);
    client.getBooleanValue('on', false);
    await OpenFeature.clearProviders();
    expect(reports.map(({ context, exposures }) => [context, exposures.length])).toEqual([
      [ann, 1],
      [bob, 1],
    ]);
  });

  it('is sent again under the same name when the server is away, and not when it is refused', async () => {
    await setAndWait({});
    answers = [new TypeError('away'), new Response('', { status: 503 }), new Response('', { status: 400 })];
    client.track('clicks');
    await expect.poll(() => reports.length, { timeout: 60_000 }).toBe(3);
    expect(new Set(reports.map(({ id }) => id)).size).toBe(1);
    await OpenFeature.clearProviders();
    expect(reports.length).toBe(3);
  });

  it('is bounded while the server is away', async () => {
    await setAndWait({});
    for (let turn = 0; turn < 3_000; turn++) client.track('clicks');
    await OpenFeature.clearProviders();
    expect(reports.map(({ values }) => values.length)).toEqual(Array(20).fill(100));
  });

  it('is nothing without a unit, and nothing where it is not wanted', async () => {
    await setAndWait({}, {});
    client.track('clicks');
    await OpenFeature.clearProviders();
    await setAndWait({ reports: false });
    client.track('clicks');
    client.getBooleanValue('on', false);
    await OpenFeature.clearProviders();
    expect(reports).toEqual([]);
  });
});
