import { readFileSync } from 'node:fs';
import { createClient } from '@sluice/client';
import type { JsonObject } from '@sluice/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SCOPE, type World, world } from '../world.testing.ts';

let at: World;
let token: string;
beforeEach(async () => {
  at = await world({ requestsPerMinute: 5, failedLoginsPerMinute: 5 });
  token = readFileSync(at.breakGlassToken.path, 'utf8').trim();
  await at.sluice.flags.setFlag('f', { enabled: true });
});
afterEach(() => at.close());

const kill = (body: JsonObject, as = token, headers = {}) =>
  at.ask('POST', '/api/v1/break-glass/kill', {
    as,
    headers,
    body: { ...SCOPE, flag: 'f', reason: 'errors', actor: 'ann', ...body } as JsonObject,
  });
const isOn = (userId = 'u') => at.sluice.flags.isEnabled('f', { userId });

describe('the break-glass kill', () => {
  it('turns a flag off by the token of the machine, and the history says who it was said to be', async () => {
    expect((await kill({})).body).toMatchObject({ flag: 'f', changed: true, durable: true, keptIn: 'store', warnings: [] });
    expect(isOn()).toBe(false);
    const [event] = await at.sluice.rollbacks.getRollbackHistory();
    expect(event).toMatchObject({ actor: 'break-glass:ann', reason: 'errors' });
    const client = createClient({ url: at.url, token });
    expect(await client.breakGlass.pending({})).toEqual({ storeTakesWrites: true, servedAsOf: null, pending: [] });
  });

  it('shuts out users, and goes back to a version', async () => {
    await kill({ userIds: ['u', 7] });
    expect([isOn('u'), isOn('7'), isOn('v')]).toEqual([false, false, true]);
    for (const version of ['1.0.0', '2.0.0']) await at.sluice.hotSwap.registerVersion('ner', version);
    await at.sluice.hotSwap.swapTo('ner', '2.0.0');
    expect((await kill({ flag: 'ner', toVersion: '1.0.0' })).body).toMatchObject({ keptIn: 'store', toPercentage: 0 });
    expect(at.sluice.flags.getVariant('ner', { userId: 'u' })).toBe('1.0.0');
    expect(await kill({ userIds: ['u'], toVersion: '1.0.0' })).toMatchObject({
      status: 400,
      body: { issues: [{ path: '/toVersion' }] },
    });
  });

  it('names what there is not, and who must be named', async () => {
    expect((await kill({ flag: 'g' })).status).toBe(404);
    expect((await kill({ environment: 'nowhere' })).status).toBe(404);
    const nobody = await at.ask('POST', '/api/v1/break-glass/kill', {
      as: token,
      body: { ...SCOPE, flag: 'f', reason: 'errors' },
    });
    expect(nobody).toMatchObject({ status: 400, body: { issues: [{ path: '/actor', message: 'must say who asks' }] } });
    expect(isOn()).toBe(true);
  });

  it('is done once for one idempotency key', async () => {
    const headers = { 'idempotency-key': 'k1' };
    const first = await kill({}, token, headers);
    await at.sluice.flags.restoreFlag('f');
    expect((await kill({}, token, headers)).body).toMatchObject({ id: first.body.id, keptIn: 'store' });
    expect(isOn()).toBe(true);
    expect((await kill({ reason: 'other' }, token, headers)).status).toBe(422);
  });

  it('is for whoever approves in every project, in their own name, and for nobody in one alone', async () => {
    const { access } = at.workspace;
    const principal = { kind: 'system' } as const;
    await access.createPerson({ email: 'eve@example.org', roles: { '*': 'approver' } }, { principal });
    const eve = { kind: 'person', key: 'eve@example.org', roles: { '*': 'approver' }, token: null } as const;
    const { secret } = await access.createToken({ kind: 'personal', label: 'x' }, { principal: eve });
    expect((await kill({ actor: 'ann' }, secret)).body).toMatchObject({ issues: [{ path: '/actor' }] });
    expect((await kill({ actor: 'eve@example.org' }, secret)).body).toMatchObject({ actor: 'eve@example.org', keptIn: 'store' });
    for (const caller of ['approver', 'editor', 'server', 'client'] as const) expect((await kill({}, caller)).status).toBe(403);
  });
});

describe('the break-glass token', () => {
  it('opens nothing else', async () => {
    for (const [method, path] of [
      ['GET', '/api/v1/projects/shop/environments/production/flags'],
      ['GET', '/metrics'],
      ['GET', '/api/v1/me'],
      ['POST', '/ofrep/v1/evaluate/flags'],
    ] as const)
      expect([path, (await at.ask(method, path, { as: token, ...(method === 'POST' ? { body: {} } : {}) })).status]).toEqual([
        path,
        401,
      ]);
  });

  it('is never told to wait, by its own calls or by the guesses of others at the same address', async () => {
    for (let round = 0; round < 8; round++) await kill({}, 'a guess');
    expect((await kill({}, 'a guess')).status).toBe(429);
    for (let round = 0; round < 20; round++) expect((await kill({ reason: `round ${round}` })).status).toBe(200);
  });
});
