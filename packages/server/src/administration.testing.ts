/** Calls of every route of administration, through the typed client. */
import { expect } from 'vitest';
import type { CheckedCall } from './checked-call.testing.ts';
import { receiver } from './receiver.testing.ts';
import { PASSWORD, SCOPE, type World } from './world.testing.ts';

export async function callProjects(at: World, call: CheckedCall): Promise<void> {
  const of = { project: 'bank' };
  await call('projects.create', { settings: { key: 'bank', environments: [{ key: 'test' }, { key: 'live' }] }, reason: 'new' });
  await call('projects.rename', { ...of, name: 'The bank' });
  await call('projects.addEnvironment', { ...of, settings: { key: 'canary' } });
  await call('projects.setProtected', { ...of, name: 'live', isProtected: true, reason: 'people pay here' });
  const made = await call('projects.define', { ...of, key: 'loan', definition: { description: 'a loan' }, reason: 'new' });
  expect(Object.keys(made.environments)).toEqual(['test', 'live', 'canary']);
  await call('flags.set', { ...of, environment: 'test', key: 'loan', settings: { enabled: true, rolloutPercentage: 5 } });
  expect((await call('projects.compare', { ...of, from: 'test', to: 'canary' })).flags).toMatchObject([{ key: 'loan' }]);
  await call('projects.copyFlag', { ...of, key: 'loan', from: 'test', to: 'canary', parts: ['status', 'share'] });
  const guarded = { ...of, environment: 'live', key: 'loan', percentage: 50 };
  await expect(call('flags.setPercentage', guarded)).rejects.toMatchObject({ code: 'invalid' });
  await call('projects.archiveFlag', { ...of, key: 'loan', reason: 'over' });
  const { members } = await call('history.ofProject', { ...of, limit: 2 });
  expect(members.map(({ scope }) => scope.project)).toEqual(['bank', 'bank']);
  await call('projects.get', of);
  expect((await call('projects.list', {}, {}, { token: at.secrets.viewer })).projects.map(({ key }) => key)).toEqual(['shop']);
}

export async function callPeople(call: CheckedCall): Promise<void> {
  const email = 'eve@example.org';
  await call('people.create', { email, name: 'Eve', password: PASSWORD, roles: { shop: 'viewer' }, reason: 'new here' });
  await call('people.rename', { email, name: 'Eva' });
  await call('people.setRole', { email, in: 'shop', role: 'editor' });
  await call('people.disable', { email });
  await call('people.enable', { email });
  await call('people.setPassword', { email, password: `${PASSWORD}!` });
  await call('people.get', { email });
  expect(JSON.stringify(await call('people.list', {}))).not.toMatch(/argon2|hash"/);
  const { token, secret } = await call('tokens.create', {
    project: 'shop',
    kind: 'client',
    label: 'page',
    boundTo: 'production',
  });
  expect(await call('access.me', {}, {}, { token: secret })).toMatchObject({
    kind: 'token',
    tokenKind: 'client',
    boundTo: SCOPE,
  });
  await call('tokens.list', { project: 'shop', revoked: 'false' });
  await call('tokens.revoke', { project: 'shop', id: token.id });
  await expect(call('access.me', {}, {}, { token: secret })).rejects.toMatchObject({ code: 'unauthorized' });
}

export async function callSessions(at: World, call: CheckedCall): Promise<void> {
  let cookie = '';
  const browser: typeof fetch = async (url, init) => {
    const response = await fetch(url, { ...init, headers: { ...init?.headers, cookie, 'sec-fetch-site': 'same-origin' } });
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return response;
  };
  const as = { fetch: browser };
  await call('session.login', { email: 'Viewer@example.org', password: PASSWORD }, {}, as);
  const made = await call('account.createToken', { label: 'laptop', expiresAt: '2027-06-01T00:00:00Z' }, {}, as);
  expect((await call('account.tokens', {}, {}, as)).tokens).toHaveLength(2);
  await call('account.revokeToken', { id: made.token.id }, {}, as);
  await at.clock.advance(1000);
  await call('account.setPassword', { current: PASSWORD, password: 'another long password' }, {}, as);
  await expect(call('account.tokens', {}, {}, as)).rejects.toMatchObject({ code: 'unauthorized' });
  await at.clock.advance(1000);
  await call('session.login', { email: 'viewer@example.org', password: 'another long password' }, {}, as);
  await call('session.logout', {}, {}, as);
  await expect(call('access.me', {}, {}, as)).rejects.toMatchObject({ code: 'unauthorized' });
}

export async function callWebhooks(call: CheckedCall): Promise<void> {
  const of = { project: 'shop', key: 'chat' };
  const service = await receiver();
  const { secret, webhook } = await call('webhooks.set', {
    ...of,
    settings: { url: `${service.url}/T1/secret`, format: 'slack' },
  });
  expect([secret, webhook.url]).toEqual([expect.stringMatching(/^whsec_/), `${service.url}/…`]);
  expect((await call('webhooks.renewSecret', of)).secret).not.toBe(secret);
  const [event] = (await call('history.ofProject', { project: 'shop', type: 'webhook.secretRenewed' })).members;
  expect(await call('webhooks.test', of)).toEqual({ isTaken: true, problem: null });
  expect(await call('webhooks.resend', { ...of, seq: String(event?.seq) })).toEqual({ isTaken: true, problem: null });
  expect((await call('webhooks.list', { project: 'shop' })).webhooks).toMatchObject([{ deadLetters: [] }]);
  await call('webhooks.delete', of);
  await service.close();
}
