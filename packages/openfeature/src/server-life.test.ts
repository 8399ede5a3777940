/** Statuses and events of a provider whose server comes and goes. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, InMemoryProvider, OpenFeature, ProviderEvents, ProviderStatus } from '@openfeature/server-sdk';
import type { ConnectOptions } from '@sluice/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flagOf, StreamServer, snapshotAt, until } from '../../client/src/connection/stream-server.testing.ts';
import { SluiceProvider } from './server-provider.ts';

let server: StreamServer;
let told: string[];
let domain: string;
let client: Client;
beforeEach(async () => {
  server = await StreamServer.start();
  domain = randomUUID();
  client = OpenFeature.getClient(domain);
  told = [];
});
afterEach(async () => {
  const closing = OpenFeature.clearProviders();
  await server.clock.advance(60_000);
  await closing;
  await server.end();
});

function provider(options: Partial<ConnectOptions> = {}): SluiceProvider {
  for (const event of [ProviderEvents.Ready, ProviderEvents.Stale, ProviderEvents.Error, ProviderEvents.ConfigurationChanged])
    client.addHandler(event, (details) => {
      const flags = details !== undefined && 'flagsChanged' in details ? ` ${details.flagsChanged}` : '';
      told.push(`${event.replace('PROVIDER_', '')}${flags}`);
    });
  return new SluiceProvider({ url: server.url, token: 'secret', clock: server.clock, random: () => 0, ...options });
}

const isOn = () => client.getBooleanValue('a', false, { targetingKey: 'ann' });

describe('a provider whose server comes and goes', () => {
  it('is STALE at once and ERROR after the grace period, answers the last good values, and is READY before it tells what changed', async () => {
    await OpenFeature.setProviderAndWait(domain, provider());
    await server.stop();
    await until(() => client.providerStatus === ProviderStatus.STALE);
    const stale = await client.getBooleanDetails('a', false, { targetingKey: 'ann' });
    expect([stale.value, stale.flagMetadata]).toMatchObject([true, { staleSince: expect.any(Number) }]);
    await server.clock.advance(5_000);
    await until(() => client.providerStatus === ProviderStatus.ERROR);
    expect(await isOn()).toBe(true);
    await server.listen();
    server.meetings = [
      [{ type: 'snapshot', snapshot: snapshotAt(9, flagOf('a', { revision: 2, status: 'disabled' }), flagOf('b')) }],
    ];
    await server.advanceUntil(() => told.length >= 5);
    expect(told).toEqual(['READY', 'STALE', 'ERROR', 'READY', 'CONFIGURATION_CHANGED a,b']);
    expect(await isOn()).toBe(false);
  });

  it('begins with what is on disk when the server is away, and says that it is STALE', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-life-'));
    const stateFile = join(folder, 'state');
    await OpenFeature.setProviderAndWait(domain, provider({ stateFile }));
    const closing = OpenFeature.setProviderAndWait(domain, new InMemoryProvider());
    await server.clock.advance(10_000);
    await closing;
    await until(() => existsSync(stateFile));
    await server.stop();
    told = [];
    await OpenFeature.setProviderAndWait(domain, provider({ stateFile }));
    await until(() => client.providerStatus === ProviderStatus.STALE);
    expect(await isOn()).toBe(true);
    await rm(folder, { recursive: true });
  });

  it('is FATAL when the token is refused at the start, and evaluations say so', async () => {
    server.meetings = [{ status: 401 }];
    await expect(OpenFeature.setProviderAndWait(domain, provider())).rejects.toMatchObject({ code: 'PROVIDER_FATAL' });
    expect([client.providerStatus, told]).toEqual([ProviderStatus.FATAL, ['ERROR']]);
    expect(await client.getBooleanDetails('a', true)).toMatchObject({ value: true, errorCode: 'PROVIDER_FATAL' });
  });

  it('is FATAL when the token is taken back later', async () => {
    await OpenFeature.setProviderAndWait(domain, provider());
    server.meetings = [{ status: 401 }];
    server.cut();
    await until(() => client.providerStatus === ProviderStatus.STALE);
    await server.clock.advance(2_000);
    await until(() => client.providerStatus === ProviderStatus.FATAL);
    expect(told).toEqual(['READY', 'STALE', 'ERROR']);
  });

  it('is an ERROR when nothing comes at the start, and READY when it does', async () => {
    server.meetings = ['hang'];
    const setting = OpenFeature.setProviderAndWait(domain, provider()).catch((error: Error) => error.message);
    await until(() => server.places.length === 1);
    expect(await client.getBooleanDetails('a', true)).toMatchObject({ errorCode: 'PROVIDER_NOT_READY' });
    await server.clock.advance(5_000);
    expect(await setting).toBe('no definitions came within 5000 ms');
    expect(client.providerStatus).toBe(ProviderStatus.ERROR);
    expect(await client.getBooleanDetails('a', true)).toMatchObject({ value: true, errorCode: 'PROVIDER_NOT_READY' });
    server.meetings = [[{ type: 'snapshot', snapshot: snapshotAt(1, flagOf('a')) }]];
    await server.advanceUntil(() => client.providerStatus === ProviderStatus.READY);
    expect([told, await isOn()]).toEqual([['ERROR', 'READY'], true]);
  });
});
