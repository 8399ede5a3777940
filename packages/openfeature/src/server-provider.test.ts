/** Scenarios of the OpenFeature specification (v0.8.0); the numbers are its requirements. */
import {
  type Client,
  type EvaluationContext,
  type Hook,
  OpenFeature,
  ProviderEvents,
  ProviderStatus,
} from '@openfeature/server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type World, world } from '../../server/src/world.testing.ts';
import { SluiceProvider } from './server-provider.ts';

let at: World;
let client: Client;
let provider: SluiceProvider;
beforeAll(async () => {
  at = await world();
  const { flags } = at.sluice;
  await flags.setFlag('on', { enabled: true });
  await flags.setFlag('half', { enabled: true, rolloutPercentage: 50 });
  await flags.setFlag('killed', { enabled: true });
  await flags.disableFlag('killed');
  await flags.setFlag('german', { enabled: true, conditions: { country: 'de' } });
  await flags.setFlag('text', { enabled: true, variants: { off: 'no', on: 'yes' } });
  await flags.setFlag('number', { enabled: true, variants: { off: 0, on: 9_007_199_254_740_991 } });
  await flags.setFlag('object', { enabled: true, variants: { off: {}, on: { a: [1, 'two'] } } });
  await flags.setFlag('empty', { enabled: true, variants: { off: 'no', on: null } });
  provider = new SluiceProvider({ url: at.url, token: at.secrets.server });
  await OpenFeature.setProviderAndWait(provider);
  client = OpenFeature.getClient();
});
afterAll(async () => {
  await OpenFeature.clearProviders();
  await at.close();
});
afterEach(() => {
  OpenFeature.clearHooks();
  OpenFeature.setContext({});
});

const ann = { targetingKey: 'ann' };

describe('evaluation', () => {
  it('2.1.1, 2.4: has a name, and is READY when definitions are there', () => {
    expect([client.metadata.providerMetadata.name, client.providerStatus]).toEqual(['sluice', ProviderStatus.READY]);
  });

  it('2.2: gives the value with variant, reason, and metadata of the flag', async () => {
    expect(await client.getBooleanDetails('on', false, ann)).toEqual({
      flagKey: 'on',
      value: true,
      variant: 'on',
      reason: 'STATIC',
      flagMetadata: { flagSetId: 'shop/production', version: 1 },
    });
    expect(await client.getStringDetails('text', '', ann)).toMatchObject({ value: 'yes', variant: 'on' });
    expect(await client.getNumberDetails('number', 1, ann)).toMatchObject({ value: 9_007_199_254_740_991 });
    expect(await client.getObjectDetails('object', {}, ann)).toMatchObject({ value: { a: [1, 'two'] } });
  });

  it('2.2.5: gives the reason as it is', async () => {
    const reasonOf = async (key: string, context: EvaluationContext) =>
      (await client.getBooleanDetails(key, true, context)).reason;
    expect(await reasonOf('half', ann)).toBe('SPLIT');
    expect(await reasonOf('killed', ann)).toBe('DISABLED');
    expect(await reasonOf('german', ann)).toBe('DEFAULT');
    expect(await client.getBooleanValue('killed', true, ann)).toBe(false);
  });

  it('1.4.10, 2.2.7: gives the default with a code for what cannot be answered, and never rejects', async () => {
    expect(await client.getBooleanDetails('none', true, ann)).toMatchObject({
      value: true,
      reason: 'ERROR',
      errorCode: 'FLAG_NOT_FOUND',
      errorMessage: 'there is no such flag',
    });
    expect(await client.getBooleanDetails('half', true)).toMatchObject({ value: true, errorCode: 'TARGETING_KEY_MISSING' });
    const long = { targetingKey: 'x'.repeat(2_000) };
    expect(await client.getBooleanDetails('half', true, long)).toMatchObject({ errorCode: 'INVALID_CONTEXT' });
  });

  it('gives TYPE_MISMATCH and the default for a value of another type, of every pair of types', async () => {
    const flags = ['on', 'text', 'number', 'object'] as const;
    for (const key of flags) {
      const answers = [
        await client.getBooleanDetails(key, false, ann),
        await client.getStringDetails(key, 'default', ann),
        await client.getNumberDetails(key, 7, ann),
        await client.getObjectDetails(key, { default: true }, ann),
      ];
      const fitting = flags.indexOf(key);
      for (const [index, { errorCode, value }] of answers.entries()) {
        if (index === fitting) expect(errorCode, key).toBeUndefined();
        else expect([errorCode, value], key).toEqual(['TYPE_MISMATCH', [false, 'default', 7, { default: true }][index]]);
      }
    }
  });

  it('takes a value that is null as the default that is meant, without an error', async () => {
    const details = await client.getStringDetails('empty', 'mine', ann);
    expect([details.value, details.variant, details.errorCode]).toEqual(['mine', 'on', undefined]);
  });

  it('answers what the server answers over OFREP, for the same context', async () => {
    for (let user = 0; user < 50; user++) {
      const context = { targetingKey: `user-${user}`, country: user % 2 === 0 ? 'de' : 'fr', groups: ['beta'] };
      for (const key of ['half', 'german']) {
        const told = await at.ask('POST', `/ofrep/v1/evaluate/flags/${key}`, { as: 'client', body: { context } });
        const { value, variant, reason } = await client.getBooleanDetails(key, false, context);
        expect({ value, variant, reason }).toEqual({
          value: told.body.value,
          variant: told.body.variant,
          reason: told.body.reason,
        });
      }
    }
  });
});

describe('context', () => {
  it('3.2.3: merges those of the API, the client, the call and the hooks, later ones first, and evaluates by the result', async () => {
    const german = (context: EvaluationContext, of: Client = client) => of.getBooleanValue('german', false, context);
    OpenFeature.setContext({ country: 'de' });
    expect(await german(ann)).toBe(true);
    const own = OpenFeature.getClient();
    own.setContext({ country: 'fr' });
    expect(await german(ann, own)).toBe(false);
    expect(await german({ ...ann, country: 'de' }, own)).toBe(true);
    const hook: Hook = { before: () => ({ country: 'it' }) };
    expect(await own.getBooleanValue('german', false, { country: 'de' }, { hooks: [hook] })).toBe(false);
  });

  it('3.1: makes the targetingKey the unit, groups its groups, and the rest attributes', async () => {
    await at.sluice.flags.setFlag('named', { status: 'whitelist', enabledUsers: ['ann'], enabledGroups: ['beta'] });
    await expect.poll(() => client.getBooleanValue('named', false, ann)).toBe(true);
    expect(await client.getBooleanValue('named', false, { targetingKey: 'bob', groups: ['beta'] })).toBe(true);
    expect(await client.getBooleanValue('named', false, { targetingKey: 'bob', groups: 'beta', userId: 'ann' })).toBe(false);
  });
});

describe('hooks', () => {
  it('4.3: run before, after and finally, in order, with the details that the provider gave', async () => {
    const stages: string[] = [];
    const hookOf = (name: string): Hook => ({
      before: () => void stages.push(`before ${name}`),
      after: (_, { variant }) => void stages.push(`after ${name} ${variant}`),
      error: () => void stages.push(`error ${name}`),
      finally: () => void stages.push(`finally ${name}`),
    });
    OpenFeature.addHooks(hookOf('api'));
    await client.getBooleanValue('on', false, ann, { hooks: [hookOf('call')] });
    expect(stages).toEqual([...['before api', 'before call', 'after call on', 'after api on', 'finally call', 'finally api']]);
  });

  it('4.4.5: run error instead of after when the flag cannot be answered', async () => {
    const seen: unknown[] = [];
    const hook: Hook = { after: () => void seen.push('after'), error: (_, error) => void seen.push((error as Error).name) };
    await client.getBooleanValue('none', false, ann, { hooks: [hook] });
    expect(seen).toEqual(['FlagNotFoundError']);
  });
});

describe('events', () => {
  it('5.1: tells of a changed configuration with the flags that changed', async () => {
    const told: (string[] | undefined)[] = [];
    client.addHandler(ProviderEvents.ConfigurationChanged, (details) => void told.push(details?.flagsChanged));
    await at.sluice.flags.setFlag('new_one', { enabled: true });
    await at.sluice.flags.disableFlag('on', { reason: 'trouble' });
    await expect.poll(() => told).toEqual([['new_one'], ['on']]);
    expect(await client.getBooleanDetails('on', true, ann)).toMatchObject({ value: false, reason: 'DISABLED' });
  });
});

describe('tracking', () => {
  it('6.1, 2.7.1: is a value of the test that the unit of the merged context is in, 1 unless it is told', async () => {
    const { abTests } = at.sluice;
    await abTests.createTest({
      testId: 'button',
      controlComponent: 'blue',
      treatmentComponent: 'green',
      trackedMetrics: ['revenue', 'clicks'],
    });
    await abTests.startTest('button');
    // What is told is a moment old, and the test is to have begun before.
    await at.clock.advance(60_000);
    const own = OpenFeature.getClient();
    own.setContext({ targetingKey: 'ann' });
    await expect.poll(async () => (await own.getStringDetails('button', '')).reason).toBe('SPLIT');
    const { variant = '' } = await own.getStringDetails('button', '');
    own.track('revenue', {}, { value: 49.5 });
    own.track('clicks');
    await provider.connection?.flush();
    const { controlMean, treatmentMean } = await abTests.getTestResults('button');
    expect({ control: controlMean, treatment: treatmentMean }[variant]).toEqual({ revenue: 49.5, clicks: 1 });
  });
});

describe('shutdown', () => {
  it('1.6.1, 2.5.1: sends what waits, ends the stream, and can be set again', async () => {
    const streams: (AbortSignal | null | undefined)[] = [];
    const other = new SluiceProvider({
      ...{ url: at.url, token: at.secrets.server, flushMs: 60_000 },
      fetch: (url, init) => {
        if (String(url).endsWith('/stream')) streams.push(init?.signal);
        return fetch(url, init);
      },
    });
    await OpenFeature.setProviderAndWait('other', other);
    const others = OpenFeature.getClient('other');
    const count = async () => (await at.sluice.flags.getFlagStats('german')).evaluations;
    const before = await count();
    await others.getBooleanValue('german', false, ann);
    await OpenFeature.setProviderAndWait('other', new SluiceProvider({ url: at.url, token: at.secrets.server }));
    await expect.poll(count).toBe(before + 1);
    await expect.poll(() => streams.map((signal) => signal?.aborted)).toEqual([true]);
    expect(other.connection).toBeNull();
    await OpenFeature.setProviderAndWait('other', other);
    expect(await OpenFeature.getClient('other').getStringValue('text', '', ann)).toBe('yes');
  });
});
