import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Snapshot, servedFlags } from '@sluice/core';
import { followStream } from '@sluice/protocol';
import { manualClock, memoryStore, openWorkspace } from 'sluice';
import { expect, it } from 'vitest';
import { workspaceDefinitions } from './definition-source.ts';
import { pushEmergencies } from './push-emergencies.ts';
import { StreamHub } from './stream-hub.ts';
import { START, StreamReader } from './stream-world.testing.ts';

it('a hub over a workspace streams each environment by itself, and a kill in it', async () => {
  const [store, clock] = [memoryStore(), manualClock(START)];
  const workspace = openWorkspace({ store, clock });
  await workspace.ready;
  const by = { actor: 'ann', reason: 'because' };
  await workspace.projects.create({ key: 'shop' }, by);
  const flags = (environment: string) => workspace.environment('shop', environment).flags;
  await flags('staging').setFlag('f', { enabled: true }, by);
  const hub = new StreamHub({
    source: workspaceDefinitions(workspace),
    clock,
    onProblem: (error) => expect.fail(`${error}`),
  });
  const scope = { project: 'shop', environment: 'staging' };
  const sluice = workspace.environment('shop', 'staging');
  const stop = pushEmergencies({ scope, sluice, hub, clock });
  const server = createServer((request, response) => {
    const environment = (request.url ?? '').slice(1);
    void hub.serveDefinitions(request, response, { scope: { project: 'shop', environment }, holder: 'token' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const [staging, development] = [await StreamReader.open(port, '/staging'), await StreamReader.open(port, '/development')];
  await staging.count(1);
  await development.count(1);
  await flags('staging').disableFlag('f', by);
  await flags('development').setFlag('f', { rolloutPercentage: 5 }, by);
  const served = (reader: StreamReader): unknown => {
    const snapshot = reader.messages.reduce<Snapshot | null>(followStream, null);
    return snapshot === null ? null : servedFlags(snapshot).map(({ status, share }) => ({ status, share }));
  };
  await staging.count(2);
  await development.count(2);
  expect(served(staging)).toMatchObject([{ status: 'disabled' }]);
  expect(served(development)).toMatchObject([{ share: 5_000 }]);
  stop();
  hub.close();
  await new Promise((resolve) => server.close(resolve));
  await workspace.close();
});
