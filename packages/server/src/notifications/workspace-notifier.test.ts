import { RETRY_DELAYS_MS } from '@sluice/core';
import { type ManualClock, manualClock, memoryStore, openWorkspace, type Store, type Workspace } from 'sluice';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardedFetch } from '../outbound/guarded-fetch.ts';
import { parseOutboundPolicy } from '../outbound/outbound-policy.ts';
import { type Receiver, receiver } from '../receiver.testing.ts';
import { workspaceNotifier } from './workspace-notifier.ts';

const WHY = { actor: 'ann', reason: 'because' };

let clock: ManualClock;
let store: Store;
let workspace: Workspace;
let service: Receiver;
let notifier: ReturnType<typeof workspaceNotifier>;
let problems: unknown[];

beforeEach(async () => {
  clock = manualClock(Date.now());
  store = memoryStore();
  workspace = openWorkspace({ store, clock });
  await workspace.ready;
  for (const key of ['shop', 'bank']) await workspace.projects.create({ key }, WHY);
  service = await receiver();
  problems = [];
  const fetch = guardedFetch({ policy: parseOutboundPolicy('127.0.0.1'), clock });
  const publicUrl = new URL('https://flags.example.com');
  notifier = workspaceNotifier({ workspace, store, clock, fetch, publicUrl, onProblem: (error) => problems.push(error) });
});

afterEach(async () => {
  await notifier.close();
  await workspace.close();
  await service.close();
  expect(problems).toEqual([]);
});

const setFlag = (project: string, environment: string, key: string): Promise<unknown> =>
  workspace.environment(project, environment).flags.setFlag(key, { enabled: false }, WHY);
const deliveryOf = (key: string) => workspace.notifications.list('shop').find(({ webhook }) => webhook.key === key)?.delivery;

async function settled(until: () => boolean): Promise<void> {
  const look = async (): Promise<boolean> => {
    await clock.advance(0);
    return until();
  };
  await expect.poll(look, { timeout: 20_000, interval: 2 }).toBe(true);
}

describe('a webhook of a workspace', () => {
  it('is told what happens in its project from then on, in the environments that it names, without anything secret', async () => {
    const { secret } = await workspace.notifications.set('shop', 'all', { url: service.url }, WHY);
    await workspace.notifications.set('shop', 'live', { url: `${service.url}/live`, environments: ['production'] }, WHY);
    await setFlag('bank', 'production', 'not-ours');
    await setFlag('shop', 'development', 'f');
    await workspace.notifications.renewSecret('shop', 'live', WHY);
    const last = (await store.read()).seq;
    await settled(() => deliveryOf('all')?.cursor === last);
    const [live, all] = [true, false].map((isLive) => service.received.filter(({ path }) => (path === '/live') === isLive));
    const dataOf = (body: string) =>
      JSON.parse(body).data as { key: string; type: string; scope: { environment: string }; seq: number };
    const told = (all ?? []).map(({ body, headers }) => {
      new StandardWebhook(secret ?? '').verify(body, headers as Record<string, string>);
      return dataOf(body);
    });
    expect(told.map(({ seq }) => seq)).toEqual([...told.map(({ seq }) => seq)].sort((a, b) => a - b));
    expect(new Set(told.map(({ type }) => type))).toEqual(new Set(['webhook.created', 'flag.created', 'webhook.secretRenewed']));
    expect(told.some(({ key }) => key === 'not-ours')).toBe(false);
    expect((live ?? []).map(({ body }) => dataOf(body).scope.environment)).toEqual(['production']);
    expect(service.received.map(({ body }) => body).join()).not.toMatch(/whsec_|\/live/);
  });

  it('is switched off when its receiver says that it is gone, says so in the log, and begins anew when somebody switches it on', async () => {
    service.answer = (response) => response.writeHead(410).end('moved away');
    const settings = { url: service.url, types: ['flag.*'], environments: ['production'] };
    await workspace.notifications.set('shop', 'hook', settings, WHY);
    await workspace.notifications.set('shop', 'watch', { url: `${service.url}/watch`, types: ['webhook.*'] }, WHY);
    await setFlag('shop', 'production', 'f');
    const of = (key: string) => workspace.notifications.list('shop').find(({ webhook }) => webhook.key === key);
    await settled(() => of('hook')?.webhook.isDisabled === true && of('watch')?.webhook.isDisabled === true);
    expect(of('hook')?.delivery).toMatchObject({
      goneAt: clock.now(),
      retryAt: null,
      deadLetters: [{ type: 'flag.created', attempts: 1, problem: 'answered 410: moved away' }],
    });
    const events = await store.log({ scope: { project: 'shop', environment: '*' }, types: ['webhook.updated'], limit: 9 });
    expect(events).toMatchObject([
      { actor: 'system', reason: expect.stringMatching(/410 Gone/) },
      { actor: 'system', reason: expect.stringMatching(/410 Gone/) },
    ]);
    await setFlag('shop', 'production', 'missed');
    service.answer = (response) => response.end();
    await workspace.notifications.set('shop', 'hook', { isDisabled: false }, WHY);
    await setFlag('shop', 'production', 'g');
    const keys = () => service.received.filter(({ path }) => path === '/').map(({ body }) => JSON.parse(body).data.key);
    await settled(() => keys().includes('g'));
    expect(keys()).toEqual(['f', 'g']);
    expect(deliveryOf('hook')).not.toHaveProperty('goneAt');
  });

  it('has a dead letter after the last attempt of the schedule, which is one no more when it was sent again', async () => {
    service.answer = (response) => response.writeHead(500).end('no');
    await workspace.notifications.set('shop', 'hook', { url: service.url, types: ['flag.*'], environments: ['production'] }, WHY);
    await setFlag('shop', 'production', 'f');
    for (const [index, delay] of RETRY_DELAYS_MS.entries()) {
      await settled(() => deliveryOf('hook')?.attempts === index + 1);
      await clock.advance(delay + 60_000);
    }
    await settled(() => deliveryOf('hook')?.deadLetters.length === 1);
    expect(service.received).toHaveLength(RETRY_DELAYS_MS.length + 1);
    expect(new Set(service.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const [letter] = deliveryOf('hook')?.deadLetters ?? [];
    expect(letter).toMatchObject({ type: 'flag.created', problem: 'answered 500: no' });
    service.answer = (response) => response.end();
    expect(await notifier.resend('shop', 'hook', letter?.seq ?? 0)).toEqual({ isTaken: true, problem: null });
    expect(deliveryOf('hook')).toMatchObject({ deadLetters: [], deadCount: 1 });
  });

  it('links the page of what it tells', async () => {
    await workspace.notifications.set(
      'shop',
      'chat',
      { url: service.url, format: 'slack', types: ['flag.created'], environments: ['staging'] },
      WHY,
    );
    await setFlag('shop', 'staging', 'new search');
    await settled(() => service.received.length === 1);
    expect(service.received[0]?.body).toContain('<https://flags.example.com/#/shop/staging/flag/new%20search|open>');
  });
});
