/** Scenarios of the OpenFeature specification (v0.8.0) for a provider with a static context; the numbers are its requirements. */
import { randomUUID } from 'node:crypto';
import { type Client, type Hook, OpenFeature, ProviderStatus } from '@openfeature/web-sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type World, world } from '../../server/src/world.testing.ts';
import { NodeEventSource } from './event-source.testing.ts';
import { SluiceWebProvider } from './web-provider.ts';

const [german, french] = [
  { targetingKey: 'ann', country: 'de' },
  { targetingKey: 'ann', country: 'fr' },
];
let at: World;
let domain: string;
let client: Client;

beforeAll(async () => {
  at = await world();
  const { flags } = at.sluice;
  await flags.setFlag('on', { enabled: true });
  await flags.setFlag('german', { enabled: true, conditions: { country: 'de' } });
  await flags.setFlag('text', { enabled: true, variants: { off: 'no', on: 'yes' } });
  await flags.setFlag('number', { enabled: true, variants: { off: 0, on: 7 } });
  await flags.setFlag('object', { enabled: true, variants: { off: {}, on: { a: [1] } } });
});
afterAll(() => at.close());
beforeEach(() => {
  domain = randomUUID();
  client = OpenFeature.getClient(domain);
});
afterEach(async () => {
  OpenFeature.clearHooks();
  await OpenFeature.clearProviders();
  await OpenFeature.clearContexts();
});

const provider = () => new SluiceWebProvider({ url: at.url, token: at.secrets.client, reports: false, eventSource: null });

describe('evaluation for a page', () => {
  it('2.2.7: gives TYPE_MISMATCH and the default for a value of another type, of every pair of types', async () => {
    await OpenFeature.setProviderAndWait(domain, provider(), german);
    const flags = ['on', 'text', 'number', 'object'] as const;
    for (const [fitting, key] of flags.entries()) {
      const answers = [
        client.getBooleanDetails(key, false),
        client.getStringDetails(key, 'default'),
        client.getNumberDetails(key, 9),
        client.getObjectDetails(key, { default: true }),
      ];
      for (const [index, { errorCode, value }] of answers.entries()) {
        if (index === fitting) expect(errorCode, key).toBeUndefined();
        else expect([errorCode, value], key).toEqual(['TYPE_MISMATCH', [false, 'default', 9, { default: true }][index]]);
      }
    }
  });
});

describe('context of a page', () => {
  it('3.2.2, 3.2.4: is that of the API until the domain has one of its own, and again when that is cleared', async () => {
    await OpenFeature.setContext(german);
    await OpenFeature.setProviderAndWait(domain, provider());
    expect(client.getBooleanValue('german', false)).toBe(true);
    await OpenFeature.setContext(domain, french);
    expect(client.getBooleanValue('german', true)).toBe(false);
    await OpenFeature.clearContext(domain);
    expect(client.getBooleanValue('german', false)).toBe(true);
    await OpenFeature.setContext(french);
    expect(client.getBooleanValue('german', true)).toBe(false);
  });
});

describe('hooks of a page', () => {
  it('4.3: run before, after and finally, in order, with the context and the details that the provider gave', async () => {
    await OpenFeature.setProviderAndWait(domain, provider(), german);
    const stages: string[] = [];
    const hookOf = (name: string): Hook => ({
      before: ({ context }) => void stages.push(`before ${name} ${context.country}`),
      after: (_, { variant }) => void stages.push(`after ${name} ${variant}`),
      error: () => void stages.push(`error ${name}`),
      finally: () => void stages.push(`finally ${name}`),
    });
    OpenFeature.addHooks(hookOf('api'));
    client.getBooleanValue('german', false, { hooks: [hookOf('call')] });
    const before = ['before api de', 'before call de'];
    expect(stages).toEqual([...before, 'after call on', 'after api on', 'finally call', 'finally api']);
  });

  it('4.4.5: run error instead of after when the flag cannot be answered', async () => {
    await OpenFeature.setProviderAndWait(domain, provider(), german);
    const seen: unknown[] = [];
    const hook: Hook = { after: () => void seen.push('after'), error: (_, error) => void seen.push((error as Error).name) };
    expect(client.getBooleanValue('none', true, { hooks: [hook] })).toBe(true);
    expect(seen).toEqual(['FlagNotFoundError']);
  });
});

describe('shutdown of a page', () => {
  it('1.6.1, 2.5.1: ends the stream, and leaves a provider that can be set again, with a stream of its own', async () => {
    const sources: NodeEventSource[] = [];
    const states = () => sources.map(({ readyState }) => readyState);
    const eventSource = (url: string) => {
      const source = new NodeEventSource(url);
      sources.push(source);
      return source;
    };
    const again = new SluiceWebProvider({ url: at.url, token: at.secrets.client, reports: false, eventSource });
    await OpenFeature.setProviderAndWait(domain, again, german);
    await expect.poll(states).toEqual([1]);
    await OpenFeature.clearProviders();
    expect(states()).toEqual([2]);
    await OpenFeature.setProviderAndWait(domain, again, german);
    expect([client.providerStatus, client.getBooleanValue('german', false)]).toEqual([ProviderStatus.READY, true]);
    await expect.poll(states).toEqual([2, 1]);
  });
});
