import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OpenFeature } from '@openfeature/server-sdk';
import express from 'express';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type World, world } from '../../server/src/world.testing.ts';
import { SluiceProvider } from './server-provider.ts';
import { unitContext } from './unit-context.ts';

let at: World;
beforeAll(async () => {
  at = await world();
  await at.sluice.flags.setFlag('mine', { status: 'whitelist', enabledUsers: ['ann'] });
  await OpenFeature.setProviderAndWait(new SluiceProvider({ url: at.url, token: at.secrets.server }));
});
afterAll(async () => {
  await OpenFeature.clearProviders();
  await at.close();
});

interface Asked {
  readonly headers: { readonly [name: string]: string | string[] | undefined };
}
const contextOf = ({ headers }: Asked) => {
  const { user } = headers;
  if (user === 'nobody') return undefined;
  if (user === 'broken') throw new Error('the session cannot be read');
  return { targetingKey: String(user) };
};

/** Far from the request, with others answered meanwhile. */
async function isMine(): Promise<boolean> {
  await new Promise((resolve) => setImmediate(resolve));
  return OpenFeature.getClient().getBooleanValue('mine', false);
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function checked(url: string): Promise<void> {
  const ask = async (user: string, body?: object) => {
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const headers = { user, 'content-type': 'application/json' };
    const response = await fetch(url, { ...sent, headers: body === undefined ? { user } : headers });
    return response.status === 200 ? ((await response.json()) as unknown) : response.status;
  };
  const users = ['ann', 'bob', 'ann', 'nobody', 'bob', 'ann'];
  const answers = await Promise.all(users.map((user, index) => ask(user, index % 2 === 0 ? { some: 'body' } : undefined)));
  expect(answers).toEqual(users.map((user) => user === 'ann'));
  expect(await ask('broken')).toBe(500);
}

describe('the context of a request', () => {
  it('is that of its unit in Express, whatever is answered beside it', async () => {
    const app = express();
    app.use(express.json(), unitContext(contextOf));
    app.all('/', async (_request, response) => {
      response.json(await isMine());
    });
    app.use((_error: Error, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      response.status(500).end();
    });
    const server = createServer(app);
    await checked(await listening(server));
    server.closeAllConnections();
    server.close();
  });

  it('is that of its unit in Fastify, whatever is answered beside it', async () => {
    const app = fastify();
    app.addHook('preHandler', unitContext(contextOf));
    app.route({ method: ['GET', 'POST'], url: '/', handler: () => isMine() });
    await checked(await app.listen({ port: 0, host: '127.0.0.1' }));
    app.server.closeAllConnections();
    await app.close();
  });
});
