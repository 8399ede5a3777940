import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseOutboundPolicy } from '../outbound/outbound-policy.ts';
import { type Receiver, receiver } from '../receiver.testing.ts';
import { SCOPE, type World, world } from '../world.testing.ts';

let at: World;
let service: Receiver;
beforeEach(async () => {
  service = await receiver();
  at = await world({ outbound: parseOutboundPolicy(`127.0.0.1:${service.port}`) });
});
afterEach(async () => {
  await at.close();
  await service.close();
});

const HOOK = '/api/v1/projects/shop/webhooks/hook';
const set = (settings: object) => at.ask('PATCH', HOOK, { body: { settings } });

describe('webhooks over HTTP', () => {
  it.each([
    ['the metadata of the host', 'http://169.254.169.254/latest'],
    ['the machine itself at another port', 'http://127.0.0.1:1/'],
    ['a private name', 'http://vault.internal/'],
    ['a mapped address', 'http://[::ffff:10.0.0.1]/'],
  ])('are not saved where they lead to %s, neither new nor changed', async (_, url) => {
    const made = await set({ url });
    expect([made.status, made.body.issues]).toMatchObject([400, [{ path: '/settings/url' }]]);
    expect((await set({ url: service.url })).status).toBe(200);
    expect((await set({ url })).status).toBe(400);
    expect((await at.ask('GET', '/api/v1/projects/shop/webhooks')).body).toMatchObject({ webhooks: [{ url: service.url }] });
  });

  it('can be tried, and the answer says what came of it', async () => {
    await set({ url: service.url });
    expect((await at.ask('POST', `${HOOK}/test`)).body).toEqual({ isTaken: true, problem: null });
    const ids = service.received.map(({ headers }) => String(headers['webhook-id']));
    expect(ids.some((id) => id.startsWith('test_'))).toBe(true);
    service.answer = (response) => response.writeHead(410).end('gone');
    expect((await at.ask('POST', `${HOOK}/test`)).body).toEqual({ isTaken: false, problem: 'answered 410: gone' });
    expect((await at.ask('POST', '/api/v1/projects/shop/webhooks/none/test')).status).toBe(404);
    expect((await at.ask('POST', `${HOOK}/test`, { as: 'editor' })).status).toBe(403);
  });

  it('are told an event again by its number', async () => {
    await set({ url: service.url, types: ['flag.*'] });
    await at.sluice.flags.setFlag('f', { enabled: false });
    const [event] = await at.sluice.flags.runtime.store.log({ scope: SCOPE, types: ['flag.created'], limit: 1 });
    const resend = (seq: unknown) => at.ask('POST', `${HOOK}/events/${seq}/resend`);
    expect((await resend(event?.seq)).body).toEqual({ isTaken: true, problem: null });
    expect(service.received.map(({ headers }) => headers['webhook-id'])).toContain(`evt_${event?.seq}`);
    expect([(await resend(999_999)).status, (await resend('x')).status]).toEqual([404, 400]);
  });
});
