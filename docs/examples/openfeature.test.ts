import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import { OpenFeature as PageFeature } from '@openfeature/web-sdk';
import { connect } from '@sluice/client';
import { bootstrapOf, SluiceProvider, unitContext } from '@sluice/openfeature/server';
import { SluiceWebProvider, WebCache } from '@sluice/openfeature/web';
import express from 'express';
import fastify, { type FastifyRequest } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type World, world } from '../../packages/server/src/world.testing.ts';

let at: World;
let folder: string;
beforeAll(async () => {
  at = await world();
  folder = await mkdtemp(join(tmpdir(), 'sluice-guide-'));
  await at.sluice.flags.setFlag('new_checkout', { enabled: true });
  await at.sluice.flags.setFlag('theme', {
    enabled: true,
    variants: { light: 'light', dark: 'dark' },
    onVariant: 'dark',
    offVariant: 'light',
  });
  await at.sluice.abTests.createTest({
    testId: 'button',
    controlComponent: 'blue',
    treatmentComponent: 'green',
    trackedMetrics: ['revenue'],
  });
  await at.sluice.abTests.startTest('button');
  // What a page tells is a moment old.
  await at.clock.advance(60_000);
});
afterAll(async () => {
  await OpenFeature.clearProviders();
  await at.close();
  await rm(folder, { recursive: true });
});

it('asks flags through OpenFeature in a server', async () => {
  const [url, token, told] = [at.url, at.secrets.server, [] as string[]];
  // #region server
  const provider = new SluiceProvider({ url, token, stateFile: join(folder, 'flags.state') });
  await OpenFeature.setProviderAndWait(provider);
  const client = OpenFeature.getClient();

  const ann = { targetingKey: 'ann', plan: 'pro', groups: ['beta'] };
  const isOn = await client.getBooleanValue('new_checkout', false, ann);
  const theme = await client.getStringDetails('theme', 'light', ann); // value, variant, reason
  client.addHandler(ProviderEvents.ConfigurationChanged, (details) => {
    told.push(...(details?.flagsChanged ?? []));
  });
  // #endregion
  expect([isOn, theme.value]).toEqual([true, 'dark']);
  // #region track
  await client.getStringValue('button', 'blue', ann); // ann is in the test from here on
  client.track('revenue', ann, { value: 49.9 });
  // #endregion
  // #region direct
  const flags = provider.connection; // the same definitions, asked without a promise
  const isDirectlyOn = flags?.isEnabled('new_checkout', { userId: 'ann' });
  // #endregion
  expect(isDirectlyOn).toBe(true);
  await at.sluice.flags.disableFlag('theme');
  await expect.poll(() => told).toEqual(['theme']);
});

it('connects without OpenFeature', async () => {
  const [url, token, log] = [at.url, at.secrets.server, [] as string[]];
  // #region connect
  const flags = connect<{ new_checkout: boolean; theme: 'light' | 'dark' }>({
    url,
    token,
    stateFile: join(folder, 'direct.state'),
    failSafe: { new_checkout: { offWhenStaleMs: 10 * 60_000 } },
  });
  flags.on('status', ({ status, error }) => log.push(`${status} ${error?.message ?? ''}`));
  await flags.ready();

  if (flags.isEnabled('new_checkout', { userId: 'ann' })) flags.observe('latency', 84, { flag: 'new_checkout', variant: 'on' });
  await flags.close();
  // #endregion
  expect(log).toEqual(['READY ', 'NOT_READY ']);
  expect(flags.counts).toMatchObject({ waiting: 0, dropped: 0 });
});

it('is told other values by a test of a program', () => {
  // #region overrides
  const flags = connect({ url: 'http://127.0.0.1:9', overrides: { new_checkout: true, theme: 'dark' } });
  flags.isEnabled('new_checkout'); // true, without a server
  flags.override('theme', 'light');
  flags.clearOverrides();
  // #endregion
  flags.on('problem', () => {});
  expect(flags.listOverrides()).toEqual({});
  void flags.close();
});

it('puts the unit of a request into the transaction context', async () => {
  const app = express();
  // #region express
  app.use(unitContext((request: express.Request) => ({ targetingKey: String(request.headers['x-user']) })));
  app.get('/checkout', async (_request, response) => {
    response.json(await OpenFeature.getClient().getBooleanValue('new_checkout', false));
  });
  // #endregion
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await (await fetch(`http://127.0.0.1:${port}/checkout`, { headers: { 'x-user': 'ann' } })).json()).toBe(true);
  server.closeAllConnections();
  server.close();
  const service = fastify();
  // #region fastify
  service.addHook(
    'preHandler',
    unitContext((request: FastifyRequest) => ({ targetingKey: String(request.headers['x-user']) })),
  );
  // #endregion
  service.get('/checkout', () => OpenFeature.getClient().getBooleanValue('new_checkout', false));
  const answer = await service.inject({ url: '/checkout', headers: { 'x-user': 'ann' } });
  expect(answer.json()).toBe(true);
});

it('has values evaluated for a page', async () => {
  const [url, clientToken] = [at.url, at.secrets.client];
  const connection = connect({ url, token: at.secrets.server });
  await connection.ready();
  // #region bootstrap
  const bootstrap = bootstrapOf(connection, { targetingKey: 'ann' }); // on the server, put into the page as JSON
  // #endregion
  // #region web
  await PageFeature.setContext({ targetingKey: 'ann' });
  await PageFeature.setProviderAndWait(new SluiceWebProvider({ url, token: clientToken, bootstrap }));
  const isOn = PageFeature.getClient().getBooleanValue('new_checkout', false);
  // #endregion
  expect(isOn).toBe(true);
  const { evaluations } = await at.sluice.flags.getFlagStats('button');
  // #region web-reports
  PageFeature.getClient().getStringValue('button', 'blue'); // ann is in the test from here on
  PageFeature.getClient().track('revenue', { value: 10 });
  // #endregion
  await expect.poll(async () => (await at.sluice.flags.getFlagStats('button')).evaluations).toBe(evaluations + 1);
  const kept = new Map<string, string>();
  const localStorage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const keeping =
    // #region web-cache
    new SluiceWebProvider({ url, token: clientToken, cache: new WebCache(localStorage) });
  // #endregion
  await PageFeature.setProviderAndWait(keeping);
  expect(kept.size).toBe(1);
  await PageFeature.clearProviders();
  await PageFeature.clearContexts();
  await connection.close();
});
