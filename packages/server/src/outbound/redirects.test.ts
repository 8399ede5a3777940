/** Wherever a service that this server calls sends it on to, it does not go there, and whoever asked is told so. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Received, type Receiver, receiver } from '../receiver.testing.ts';
import { newSigningSecret } from '../signing/standard-webhook.ts';
import { E, SCOPE, type World, world } from '../world.testing.ts';
import { parseOutboundPolicy } from './outbound-policy.ts';

const REDIRECTS: readonly (readonly [status: number, location: string | null])[] = [
  [302, 'http://127.0.0.1:VICTIM/secret'],
  [307, 'http://localhost:VICTIM/secret'],
  [308, 'http://[::ffff:127.0.0.1]:VICTIM/secret'],
  [301, '//127.0.0.1:VICTIM/secret'],
  [302, 'http://169.254.169.254/latest/meta-data/'],
  [302, 'http://metadata.google.internal/computeMetadata/v1/'],
  [303, 'file:///etc/passwd'],
  [302, 'gopher://127.0.0.1:VICTIM/_secret'],
  [307, 'https://127.0.0.1:VICTIM/secret'],
  // For ever, at an address that may be called.
  [308, '/again'],
  [300, null],
];
const IN_WORDS = /answered 30\d, a redirect, and redirects are not followed: give the address that it leads to/;
const HOOK = '/api/v1/projects/shop/webhooks/hook';

let at: World;
/** May be called, and sends everybody on. */
let front: Receiver;
/** May not be called. */
let victim: Receiver;
beforeEach(async () => {
  [front, victim] = await Promise.all([receiver(), receiver()]);
  const queries = { errorRate: { value: 'errors{flag=$flag}', samples: 'requests{flag=$flag}' } };
  const url = `${front.url}/{flag}`;
  const sources = {
    prometheus: { kind: 'prometheus', url: front.url, queries },
    json: { kind: 'httpJson', url, pointer: '/value', samples: '/samples' },
  };
  at = await world({
    outbound: parseOutboundPolicy(`127.0.0.1:${front.port}`),
    metricSources: JSON.stringify(sources),
    validators: JSON.stringify({ smoke: { url: front.url, secret: newSigningSecret() } }),
  });
});
afterEach(async () => {
  await Promise.all([front.close(), victim.close()]);
  await at.close();
});

/** With a body that would be the best of answers if it counted. */
function sendOn(which: (request: Received) => number): void {
  front.answer = (response, request) => {
    const [status, location] = REDIRECTS[which(request)] ?? [200, null];
    const to = location?.replace('VICTIM', String(victim.port));
    response.writeHead(status, { 'content-type': 'application/json', ...(to === undefined ? {} : { location: to }) });
    response.end(JSON.stringify({ ok: true, value: 0, samples: 1000 }));
  };
}

function expectNobodyFollowed(): void {
  expect(victim.received).toEqual([]);
  expect(front.received.filter(({ path }) => path.includes('again'))).toEqual([]);
}

it.each([
  ['that is tried', `${HOOK}/test`],
  ['that is told an event again', `${HOOK}/events/SEQ/resend`],
])('a webhook %s follows no redirect', async (_, path) => {
  await at.ask('PATCH', HOOK, { body: { settings: { url: front.url, types: ['flag.*'] } } });
  await at.sluice.flags.setFlag('f', { enabled: false });
  const [event] = await at.sluice.flags.runtime.store.log({ scope: SCOPE, types: ['flag.created'], limit: 1 });
  for (const [index, [status]] of REDIRECTS.entries()) {
    sendOn(() => index);
    const { body } = await at.ask('POST', path.replace('SEQ', String(event?.seq)));
    expect(body).toEqual({ isTaken: false, problem: expect.stringMatching(IN_WORDS) });
    expect(body.problem).toContain(`answered ${status}`);
  }
  expectNobodyFollowed();
});

it('a webhook that is told what happens follows no redirect, and is told again later', async () => {
  await at.ask('PATCH', HOOK, { body: { settings: { url: front.url, types: ['flag.*'] } } });
  sendOn(() => front.received.length % REDIRECTS.length);
  // That begins the sending.
  await at.ask('POST', `${HOOK}/test`);
  await at.sluice.flags.setFlag('f', { enabled: false });
  for (const seconds of [6, 400, 2_400]) await at.clock.advance(seconds * 1_000);
  const told = front.received.filter(({ body }) => body.includes('flag.created'));
  expect(new Set(told.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(told.length).toBeGreaterThan(3);
  const { webhooks } = (await at.ask('GET', '/api/v1/projects/shop/webhooks')).body;
  expect(webhooks).toMatchObject([{ failingSince: expect.any(Number), retryAt: expect.any(Number) }]);
  expectNobodyFollowed();
});

it.each([
  ['validator', { validatorName: 'smoke' }],
  ['Prometheus', { criteria: [{ metric: 'errorRate', max: 0.05, source: 'prometheus' }] }],
  ['JSON source', { criteria: [{ metric: 'errorRate', max: 0.05, source: 'json' }] }],
])('a %s that redirects holds every rollout that it judges, and nothing is taken for its answer', async (_, judged) => {
  sendOn(({ body, path }) => {
    const asked = `${path} ${decodeURIComponent(body)}`;
    return Number(/\bredirected-(\d+)\b/.exec(asked)?.[1] ?? Number.NaN);
  });
  const flags = REDIRECTS.map((_row, index) => `redirected-${index}`);
  for (const flag of flags) {
    await at.sluice.flags.setFlag(flag, { enabled: true, rolloutPercentage: 0 });
    const settings = { strategy: 'percentage', stages: [10, 100], bakeMs: 10_000, minExposures: 0, ...judged };
    const started = await at.ask('POST', `${E}/rollouts/${flag}`, { body: { settings } });
    expect(started.status, started.text).toBeLessThan(300);
  }
  for (let turn = 0; turn < 30; turn++) await at.clock.advance(5_000);
  for (const flag of flags) {
    const { body } = await at.ask('GET', `${E}/rollouts/${flag}`);
    expect(body, flag).toMatchObject({ phase: 'held', currentPercentage: 10, waitingFor: expect.stringMatching(IN_WORDS) });
  }
  expectNobodyFollowed();
});
