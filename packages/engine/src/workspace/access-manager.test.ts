import { createHash } from 'node:crypto';
import type { Principal } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory-store.ts';
import { openWorld, SYSTEM, shopWorld } from './workspace.testing.ts';

const PRODUCTION = { project: 'shop', environment: 'production' };

async function peopled(store = memoryStore()) {
  const world = await shopWorld(store);
  const { access } = world.workspace;
  await access.createPerson({ email: 'Ann@Example.com', name: 'Ann', passwordHash: 'h1', roles: { '*': 'admin' } }, SYSTEM);
  const ann = access.sessionPrincipal('ann@example.com', world.clock.now()) as Principal;
  await access.createPerson({ email: 'bob@example.com', roles: { shop: 'admin' } }, { principal: ann });
  const bob = access.sessionPrincipal('bob@example.com', world.clock.now()) as Principal;
  return { ...world, access, ann: { principal: ann }, bob: { principal: bob } };
}

describe('people', () => {
  it('are kept by their address, whatever its case, and shown without what they log in with', async () => {
    const { access, ann } = await peopled();
    expect(access.listPeople().map(({ key, name, hasPassword }) => [key, name, hasPassword])).toEqual([
      ['ann@example.com', 'Ann', true],
      ['bob@example.com', 'bob@example.com', false],
    ]);
    await expect(access.createPerson({ email: 'ANN@example.com', roles: { shop: 'viewer' } }, ann)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(access.credentialsOf('ANN@example.com')).toEqual({ passwordHash: 'h1', isDisabled: false });
    expect(access.credentialsOf('who@example.com')).toBeNull();
    const bad = { email: 'no address', passwordHash: '', roles: { shop: 'boss', '*/': 'admin' }, age: 3 } as never;
    await expect(access.createPerson(bad, ann)).rejects.toMatchObject({
      issues: ['/age', '/email', '/passwordHash', '/roles/shop', '/roles/*~1'].map((path) => ({ path })),
    });
  });

  it('are shut out of their sessions by a new password, by the end of sessions and by being disabled', async () => {
    const { access, clock, ann } = await peopled();
    const began = clock.now();
    expect(access.sessionPrincipal('bob@example.com', began)).not.toBeNull();
    await clock.advance(1000);
    await access.setPassword('bob@example.com', 'h2', ann);
    expect(access.sessionPrincipal('bob@example.com', began)).toBeNull();
    const again = clock.now();
    expect(access.sessionPrincipal('bob@example.com', again)).not.toBeNull();
    await clock.advance(1000);
    await access.endSessions('bob@example.com', ann);
    expect(access.sessionPrincipal('bob@example.com', again)).toBeNull();
    await access.disablePerson('bob@example.com', ann);
    expect(access.sessionPrincipal('bob@example.com', clock.now())).toBeNull();
    await access.enablePerson('bob@example.com', ann);
    expect(access.sessionPrincipal('bob@example.com', clock.now())).not.toBeNull();
  });

  it('grant nothing beyond their own project, by the roles of this moment', async () => {
    const { access, ann, bob } = await peopled();
    const unauthorized = { code: 'unauthorized' };
    await expect(access.setRole('bob@example.com', '*', 'viewer', bob)).rejects.toMatchObject(unauthorized);
    await expect(access.setRole('bob@example.com', 'toys', 'viewer', bob)).rejects.toMatchObject(unauthorized);
    await expect(access.setPassword('ann@example.com', 'mine', bob)).rejects.toMatchObject(unauthorized);
    await access.createPerson({ email: 'cid@example.com', roles: { shop: 'viewer' } }, bob);
    await access.setRole('bob@example.com', 'shop', 'editor', ann);
    // What bob was when he came in does not count.
    await expect(access.setRole('cid@example.com', 'shop', 'editor', bob)).rejects.toMatchObject(unauthorized);
    expect(access.person('cid@example.com').roles).toEqual({ shop: 'viewer' });
  });

  it('keep one administrator, also when two take the role from each other on two replicas at once', async () => {
    const store = memoryStore();
    const { access, ann, workspace } = await peopled(store);
    const other = await openWorld(store);
    await access.setRole('bob@example.com', '*', 'admin', ann);
    const principal = other.workspace.access.sessionPrincipal('bob@example.com', other.clock.now()) as Principal;
    const outcomes = await Promise.allSettled([
      access.setRole('bob@example.com', '*', null, ann),
      other.workspace.access.setRole('ann@example.com', '*', null, { principal }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(workspace.access.hasAdministrator()).toBe(true);
  });
});

describe('tokens', () => {
  it('are told once, kept as a hash, and stand for their environment until they are taken back', async () => {
    const { access, bob, store, workspace } = await peopled();
    const { token, secret } = await access.createToken({ kind: 'server', label: 'backend', boundTo: PRODUCTION }, bob);
    expect(secret).toMatch(/^sl_server_[0-9a-f]{24}_[A-Za-z0-9_-]{43}$/);
    expect(access.authenticate(secret)).toEqual({ kind: 'token', id: token.key, tokenKind: 'server', boundTo: PRODUCTION });
    const { records } = await store.read();
    expect(JSON.stringify(records)).not.toContain(secret.slice(-43));
    expect(JSON.stringify(records)).toContain(createHash('sha256').update(secret).digest('hex'));
    expect(JSON.stringify([token, access.listTokens('shop'), await workspace.history({ project: 'shop' })])).not.toContain(
      '"hash"',
    );
    await access.revokeToken(token.key, bob);
    expect(access.authenticate(secret)).toBeNull();
    await expect(access.revokeToken('nobody', bob)).rejects.toMatchObject({ code: 'notFound' });
  });

  it('are refused when anything about them is wrong', async () => {
    const { access, bob } = await peopled();
    const { secret } = await access.createToken({ kind: 'client', label: 'page', boundTo: PRODUCTION }, bob);
    const last = secret.endsWith('A') ? 'B' : 'A';
    const wrong = [
      `${secret.slice(0, -1)}${last}`,
      secret.replace('client', 'server'),
      secret.replace('client', 'personal'),
      secret.toUpperCase(),
      `${secret} `,
      secret.replace(/_[0-9a-f]{24}_/, `_${'0'.repeat(24)}_`),
      '',
      null,
      undefined,
      { secret },
      'sl_client___proto___x',
    ];
    expect(wrong.map((each) => access.authenticate(each))).toEqual(wrong.map(() => null));
    expect(access.authenticate(secret)).not.toBeNull();
  });

  it('end at their time', async () => {
    const { access, ann, clock } = await peopled();
    const expiresAt = clock.now() + 1000;
    const { secret } = await access.createToken({ kind: 'server', label: 'ci', boundTo: PRODUCTION, expiresAt }, ann);
    await clock.advance(999);
    expect(access.authenticate(secret)).not.toBeNull();
    await clock.advance(1);
    expect(access.authenticate(secret)).toBeNull();
    await expect(access.createToken({ kind: 'server', label: 'ci', boundTo: PRODUCTION, expiresAt }, ann)).rejects.toMatchObject({
      code: 'invalid',
      issues: [{ path: '/expiresAt', message: expect.stringMatching(/^must lie ahead; it is (\S+), and now is \1$/) }],
    });
  });

  it('of a person do what the person may at that moment, and make no others', async () => {
    const { access, ann, bob, clock } = await peopled();
    const { secret, token } = await access.createToken({ kind: 'personal', label: 'laptop' }, bob);
    expect(access.authenticate(secret)).toEqual({
      kind: 'person',
      key: 'bob@example.com',
      roles: { shop: 'admin' },
      token: token.key,
    });
    const principal = access.authenticate(secret) as Principal;
    await expect(access.createToken({ kind: 'personal', label: 'more' }, { principal })).rejects.toMatchObject({
      code: 'unauthorized',
    });
    await access.setRole('bob@example.com', 'shop', 'viewer', ann);
    expect(access.authenticate(secret)).toMatchObject({ roles: { shop: 'viewer' } });
    await access.disablePerson('bob@example.com', ann);
    expect(access.authenticate(secret)).toBeNull();
    await access.enablePerson('bob@example.com', ann);
    expect(access.authenticate(secret)).not.toBeNull();
    await access.revokeToken(token.key, { principal: access.sessionPrincipal('bob@example.com', clock.now()) as Principal });
    expect(access.listPersonalTokens('bob@example.com')).toMatchObject([{ key: token.key, revokedAt: clock.now() }]);
  });

  it('are bound to what there is, by who administers it', async () => {
    const { access, ann, bob } = await peopled();
    const settings = { kind: 'server', label: 'x' } as const;
    const boundTo = { project: 'toys', environment: 'production' };
    await expect(access.createToken({ ...settings, boundTo }, bob)).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(access.createToken({ ...settings, boundTo }, ann)).rejects.toMatchObject({ code: 'notFound' });
    await expect(access.createToken({ ...settings, boundTo: { ...PRODUCTION, environment: 'moon' } }, ann)).rejects.toMatchObject(
      {
        code: 'notFound',
      },
    );
    await expect(access.createToken({ ...settings, boundTo: { ...PRODUCTION, environment: '*' } }, ann)).rejects.toMatchObject({
      issues: [{ path: '/boundTo' }],
    });
    await expect(access.createToken(settings, ann)).rejects.toMatchObject({ issues: [{ path: '/boundTo' }] });
    await expect(access.createToken({ ...settings, boundTo: PRODUCTION }, {} as never)).rejects.toMatchObject({
      issues: [{ path: '/principal' }],
    });
  });

  it('taken back on one replica are refused on another, which asks no store', async () => {
    const store = memoryStore();
    const { access, bob } = await peopled(store);
    const other = await openWorld(store);
    const { token, secret } = await access.createToken({ kind: 'server', label: 'backend', boundTo: PRODUCTION }, bob);
    expect(other.workspace.access.authenticate(secret)).not.toBeNull();
    await access.revokeToken(token.key, bob);
    expect(other.workspace.access.authenticate(secret)).toBeNull();
  });
});
