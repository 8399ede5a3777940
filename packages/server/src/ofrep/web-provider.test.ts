import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { OpenFeature, type Provider } from '@openfeature/web-sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { type World, world } from '../world.testing.ts';

let at: World;
afterEach(async () => {
  await OpenFeature.clearProviders();
  await OpenFeature.clearContexts();
  await at.close();
});

/** The provider's own types say less of its optional members than the SDK asks for. */
const providerOf = ({ url }: World, token: string) =>
  new OFREPWebProvider({
    baseUrl: url,
    headers: [['authorization', `Bearer ${token}`]],
    cacheMode: 'disabled',
    changeDetection: 'none',
  }) as unknown as Provider;

describe("OpenFeature's web provider", () => {
  it('evaluates against the server, and follows its context and its configuration', async () => {
    at = await world();
    const { flags } = at.sluice;
    await flags.setFlag('german', { enabled: true, conditions: { country: 'de' } });
    await flags.setFlag('text', { enabled: true, variants: { off: 'a', on: 'b' } });
    await flags.setFlag('half', { enabled: true, rolloutPercentage: 50 });
    await OpenFeature.setContext({ targetingKey: 'ann', country: 'fr' });
    const provider = providerOf(at, at.secrets.client);
    await OpenFeature.setProviderAndWait(provider);
    const client = OpenFeature.getClient();
    expect(client.getBooleanDetails('german', true)).toMatchObject({ value: false, reason: 'DEFAULT', variant: 'off' });
    expect(client.getStringDetails('text', 'z')).toMatchObject({ value: 'b', reason: 'STATIC' });
    expect(client.getBooleanDetails('text', false)).toMatchObject({ value: false, errorCode: 'TYPE_MISMATCH' });
    expect(client.getBooleanDetails('none', true)).toMatchObject({ value: true, errorCode: 'FLAG_NOT_FOUND' });
    await OpenFeature.setContext({ targetingKey: 'ann', country: 'de' });
    expect(client.getBooleanValue('german', false)).toBe(true);
    await flags.disableFlag('german');
    await OpenFeature.setContext({ targetingKey: 'ann', country: 'de', again: 1 });
    expect(client.getBooleanDetails('german', true)).toMatchObject({ value: false, reason: 'DISABLED' });
  });

  it('fails to start with a token that is not known, and says so', async () => {
    at = await world();
    await expect(OpenFeature.setProviderAndWait(providerOf(at, 'nobody'))).rejects.toThrow();
    expect(OpenFeature.getClient().getBooleanValue('german', true)).toBe(true);
  });
});
