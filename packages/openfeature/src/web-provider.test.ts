import { randomUUID } from 'node:crypto';
import { type Client, OpenFeature, ProviderEvents, ProviderStatus } from '@openfeature/web-sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type World, world } from '../../server/src/world.testing.ts';
import { NodeEventSource } from './event-source.testing.ts';
import type { WebOptions } from './web-options.ts';
import { SluiceWebProvider } from './web-provider.ts';

let at: World;
let domain: string;
let client: Client;
let told: string[];
/** What the provider asked, in order: the search and the condition, and how it was answered. */
let asked: { search: string; condition: string | null; status: number }[];
let sources: NodeEventSource[];

beforeAll(async () => {
  at = await world();
  const { flags } = at.sluice;
  await flags.setFlag('on', { enabled: true });
  await flags.setFlag('german', { enabled: true, conditions: { country: 'de' } });
  await flags.setFlag('half', { enabled: true, rolloutPercentage: 50 });
  await flags.setFlag('text', { enabled: true, variants: { off: 'no', on: 'yes' } });
  await flags.setFlag('object', { enabled: true, variants: { off: {}, on: { a: [1] } } });
  await flags.setFlag('number', { enabled: true, variants: { off: 0, on: 7 } });
  await flags.setFlag('empty', { enabled: true, variants: { off: 1, on: null } });
});
afterAll(() => at.close());
beforeEach(() => {
  domain = randomUUID();
  client = OpenFeature.getClient(domain);
  told = [];
  asked = [];
  sources = [];
  for (const event of [ProviderEvents.Ready, ProviderEvents.Stale, ProviderEvents.Error, ProviderEvents.ConfigurationChanged])
    client.addHandler(event, (details) => {
      const flags = details !== undefined && 'flagsChanged' in details ? ` ${details.flagsChanged}` : '';
      told.push(`${event.replace('PROVIDER_', '')}${flags}`);
    });
});
afterEach(() => OpenFeature.clearProviders());

/** Answers in place of the server while it is set. */
let instead: (() => Promise<Response>) | null = null;
afterEach(() => {
  instead = null;
});

function provider(options: Partial<WebOptions> = {}): SluiceWebProvider {
  // A question that is under way when a test ends is none of the next one's.
  const [own, ownSources] = [asked, sources];
  return new SluiceWebProvider({
    ...{ url: at.url, token: at.secrets.client, reports: false },
    fetch: async (url, init) => {
      const response = instead === null ? await fetch(url, init) : await instead();
      const condition = new Headers(init?.headers).get('if-none-match');
      own.push({ search: new URL(String(url)).search, condition, status: response.status });
      return response;
    },
    eventSource: (url) => {
      const source = new NodeEventSource(url);
      ownSources.push(source);
      return source;
    },
    ...options,
  });
}

const ann = { targetingKey: 'ann' };
const setAndWait = async (options: Partial<WebOptions> = {}, context: object = ann) => {
  await OpenFeature.setContext(domain, { ...context });
  await OpenFeature.setProviderAndWait(domain, provider(options));
};
const isOpen = () => sources.at(-1)?.readyState === 1;

describe('a provider for a page', () => {
  it('has the values of one context, each with its variant, reason and metadata', async () => {
    await setAndWait();
    expect(client.providerStatus).toBe(ProviderStatus.READY);
    expect(client.getBooleanDetails('on', false)).toEqual({
      flagKey: 'on',
      value: true,
      variant: 'on',
      reason: 'STATIC',
      flagMetadata: { flagSetId: 'shop/production', version: expect.any(Number) },
    });
    expect(client.getBooleanValue('german', true)).toBe(false);
    expect([client.getStringValue('text', ''), client.getNumberValue('number', 0)]).toEqual(['yes', 7]);
    expect(client.getObjectValue('object', {})).toEqual({ a: [1] });
  });

  it('gives the default, with a code, for what is not there, of another type, or cannot be answered, and a value that is null', async () => {
    await setAndWait({}, { country: 'de' });
    expect(client.getBooleanDetails('none', true)).toMatchObject({ value: true, errorCode: 'FLAG_NOT_FOUND', reason: 'ERROR' });
    expect(client.getStringDetails('on', 'mine')).toMatchObject({ value: 'mine', errorCode: 'TYPE_MISMATCH' });
    expect(client.getBooleanDetails('half', true)).toMatchObject({ value: true, errorCode: 'TARGETING_KEY_MISSING' });
    const empty = client.getNumberDetails('empty', 5);
    expect([empty.value, empty.variant, empty.errorCode]).toEqual([5, 'on', undefined]);
  });

  it('asks again when the context changes, and reconciles', async () => {
    await setAndWait();
    const seen: string[] = [];
    client.addHandler(ProviderEvents.Reconciling, () => void seen.push('reconciling'));
    client.addHandler(ProviderEvents.ContextChanged, () => void seen.push('changed'));
    await OpenFeature.setContext(domain, { ...ann, country: 'de' });
    expect([client.getBooleanValue('german', false), seen]).toEqual([true, ['reconciling', 'changed']]);
    expect(asked.filter(({ search }) => search === '').map(({ condition }) => condition)).toEqual([null, null]);
    await Promise.all([
      OpenFeature.setContext(domain, { ...ann, country: 'fr' }),
      OpenFeature.setContext(domain, { ...ann, country: 'de' }),
      OpenFeature.setContext(domain, { ...ann, country: 'it' }),
    ]);
    expect(client.getBooleanValue('german', true)).toBe(false);
  });

  it('hears of a change from the event stream, asks with what it was told, and tells which flags changed', async () => {
    await setAndWait();
    await expect.poll(isOpen).toBe(true);
    await at.sluice.flags.disableFlag('on');
    await expect.poll(() => client.getBooleanValue('on', true)).toBe(false);
    expect(told.filter((event) => event.startsWith('CONFIGURATION'))).toEqual(['CONFIGURATION_CHANGED on']);
    expect(asked.at(-1)).toMatchObject({ search: expect.stringMatching(/^\?flagConfigEtag=%22/), status: 200 });
    await at.sluice.flags.restoreFlag('on');
    await expect.poll(() => client.getBooleanValue('on', false)).toBe(true);
    expect(sources.length).toBe(1);
  });

  it('takes 304 for an answer', async () => {
    await setAndWait();
    // The stream begins by telling of the present definitions.
    await expect.poll(() => asked.length).toBe(2);
    expect(asked[1]).toMatchObject({ condition: expect.stringMatching(/^"/), status: 304 });
    expect(told).toEqual(['READY']);
  });

  it('polls where there is no event stream', async () => {
    await setAndWait({ eventSource: null, pollMs: 20 });
    await at.sluice.flags.setFlag('text', { variants: { off: 'no', on: 'si' } });
    await expect.poll(() => client.getStringValue('text', '')).toBe('si');
    await at.sluice.flags.setFlag('text', { variants: { off: 'no', on: 'yes' } });
  });

  it('is STALE at once when the stream is lost, an ERROR after the grace period, and READY when it is back; values stay', async () => {
    await setAndWait({ graceMs: 100 });
    await expect.poll(isOpen).toBe(true);
    // The stream begins by telling of the present definitions; the answer to that has to be here first.
    await expect.poll(() => asked.length).toBe(2);
    instead = () => Promise.reject(new TypeError('the network is away'));
    sources[0]?.onerror?.(undefined as never);
    expect(client.providerStatus).toBe(ProviderStatus.STALE);
    await expect.poll(() => client.providerStatus).toBe(ProviderStatus.ERROR);
    expect(client.getBooleanValue('on', false)).toBe(true);
    instead = null;
    sources[0]?.onopen?.(undefined as never);
    await expect.poll(() => client.providerStatus).toBe(ProviderStatus.READY);
    expect(told).toEqual(['READY', 'STALE', 'ERROR', 'READY']);
    expect(asked.at(-1)).toMatchObject({ condition: null });
  });

  it('goes on by polling when the stream does not come back, and takes a new one', async () => {
    await setAndWait({ pollMs: 20 });
    await expect.poll(isOpen).toBe(true);
    sources[0]?.close();
    sources[0]?.onerror?.(undefined as never);
    await expect.poll(() => sources.length).toBe(2);
    await expect.poll(isOpen).toBe(true);
    expect(client.providerStatus).toBe(ProviderStatus.READY);
  });

  it('is FATAL when the token is refused, and an ERROR when the server does not answer', async () => {
    await expect(OpenFeature.setProviderAndWait(domain, provider({ token: 'slc_c_none' }))).rejects.toMatchObject({
      code: 'PROVIDER_FATAL',
    });
    expect(client.providerStatus).toBe(ProviderStatus.FATAL);
    const other = OpenFeature.getClient(`${domain}-other`);
    instead = () => Promise.resolve(new Response('', { status: 502 }));
    await expect(OpenFeature.setProviderAndWait(`${domain}-other`, provider())).rejects.toThrow('the server answered 502');
    expect(other.providerStatus).toBe(ProviderStatus.ERROR);
  });

  it('begins with what the server put into the page, and tells what is otherwise', async () => {
    const flags = [
      { key: 'on', value: true, variant: 'on', reason: 'STATIC' },
      { key: 'german', value: true, variant: 'on', reason: 'TARGETING_MATCH' },
    ];
    let letThrough = (): void => {};
    const held = new Promise<void>((resolve) => {
      letThrough = resolve;
    });
    await OpenFeature.setContext(domain, ann);
    const page = new SluiceWebProvider({
      ...{ url: at.url, token: at.secrets.client, bootstrap: { flags }, eventSource: null },
      fetch: async (url, init) => {
        await held;
        return fetch(url, init);
      },
    });
    await OpenFeature.setProviderAndWait(domain, page);
    expect([client.getBooleanValue('on', false), client.getBooleanValue('german', false)]).toEqual([true, true]);
    letThrough();
    await expect.poll(() => client.getBooleanValue('german', true)).toBe(false);
    expect(told.at(-1)).toMatch(/^CONFIGURATION_CHANGED .*german/);
    expect(told.at(-1)).not.toMatch(/\bon\b/);
  });

  it('closes its stream and asks no more when it is shut down', async () => {
    await setAndWait({ pollMs: 20 });
    await expect.poll(isOpen).toBe(true);
    // The stream begins by telling of the present definitions; the answer to that has to be here first.
    await expect.poll(() => asked.length).toBe(2);
    await OpenFeature.clearProviders();
    const before = asked.length;
    await at.sluice.flags.setFlag('another', { enabled: true });
    expect([sources[0]?.readyState, asked.length]).toEqual([2, before]);
  });
});
