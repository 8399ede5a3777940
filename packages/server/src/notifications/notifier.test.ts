import { DEFAULT_SCOPE, eventOf, type LoggedEvent, newFlag } from '@sluice/core';
import { type ManualClock, manualClock, memoryStore, type Store } from 'sluice';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardedFetch } from '../outbound/guarded-fetch.ts';
import { parseOutboundPolicy } from '../outbound/outbound-policy.ts';
import { type Received, type Receiver, receiver } from '../receiver.testing.ts';
import { newSigningSecret } from '../signing/standard-webhook.ts';
import { Notifier, type NotifierParts } from './notifier.ts';
import { SENDER_LEASE_MS } from './sender-lease.ts';
import { MemoryWebhookBook } from './webhook-book.testing.ts';
import type { FollowingWebhook, WebhookBook } from './webhook-book.ts';

const STAGING = { project: 'default', environment: 'staging' };
const scopes = [DEFAULT_SCOPE, STAGING];
const secret = newSigningSecret();
const DELAYS = [5_000, 300_000];

let clock: ManualClock;
let store: Store;
let book: MemoryWebhookBook;
let service: Receiver;
let problems: unknown[];
const notifiers: Notifier<FollowingWebhook>[] = [];

beforeEach(async () => {
  clock = manualClock(Date.now());
  store = memoryStore();
  book = new MemoryWebhookBook(clock, DELAYS);
  service = await receiver();
  problems = [];
  book.webhooks.push({ scope: DEFAULT_SCOPE, key: 'hook', url: service.url, format: 'standard', secret });
});

afterEach(async () => {
  for (const notifier of notifiers.splice(0)) await notifier.close();
  await service.close();
});

function notifier(more: Partial<NotifierParts<FollowingWebhook>> = {}): Notifier<FollowingWebhook> {
  const fetch = guardedFetch({ policy: parseOutboundPolicy('127.0.0.1'), clock });
  const made = new Notifier<FollowingWebhook>({
    ...{ store, clock, book, fetch, random: () => 0 },
    scopesOf: () => scopes,
    wantsEvent: (webhook, { type }) => webhook.key !== 'kills' || type === 'flag.killed',
    publicEvent: ({ seq, key, type, actor, reason, scope }) => ({ seq, key, type, actor, reason, scope }),
    link: ({ key }) => `https://sluice.example.com/flags/${key}`,
    onProblem: (error) => problems.push(error),
    ...more,
  });
  notifiers.push(made);
  return made;
}

let made = 0;
/** An event in the log. */
async function happen(
  type: LoggedEvent['type'] = 'flag.created',
  scope = made % 2 === 0 ? DEFAULT_SCOPE : STAGING,
): Promise<void> {
  const flag = { ...newFlag(`flag-${++made}`, scope, clock.now()), revision: 1 };
  await store.commit({ records: [flag], events: [eventOf(type, flag, { actor: 'ann', reason: 'because' }, clock.now())] });
}

/** Lets what is under way over the network come to its end: in real time, while the clock stands. */
async function settled(until: () => boolean): Promise<void> {
  const look = async (): Promise<boolean> => {
    await clock.advance(0);
    return until();
  };
  await expect.poll(look, { timeout: 20_000, interval: 2 }).toBe(true);
}

const ids = (received: readonly Received[] = service.received): unknown[] => received.map(({ headers }) => headers['webhook-id']);
const cursorIs = (seq: number) => () => book.of('hook').cursor === seq;

describe('a webhook', () => {
  it('is told every event of its project once, in order, signed, and under the event’s id', async () => {
    notifier();
    for (let index = 0; index < 5; index++) await happen();
    await settled(cursorIs(5));
    expect(ids()).toEqual(['evt_1', 'evt_2', 'evt_3', 'evt_4', 'evt_5']);
    const { body, headers } = service.received[0] as Received;
    const message = new StandardWebhook(secret).verify(body, headers as Record<string, string>);
    expect(message).toEqual({
      type: 'flag.created',
      timestamp: new Date(clock.now()).toISOString(),
      data: expect.objectContaining({ seq: 1, actor: 'ann', reason: 'because' }),
    });
    expect(() => new StandardWebhook(newSigningSecret()).verify(body, headers as Record<string, string>)).toThrow();
  });

  it('is told what happened while nobody sent, and nothing that it does not want', async () => {
    book.webhooks.push({ ...(book.webhooks[0] as FollowingWebhook), key: 'kills', url: `${service.url}/kills` });
    for (let index = 0; index < 250; index++) await happen(index === 230 ? 'flag.killed' : 'flag.updated');
    notifier();
    await settled(cursorIs(250));
    const kills = service.received.filter(({ path }) => path === '/kills');
    expect(ids(kills)).toEqual(['evt_231']);
    expect(ids(service.received.filter(({ path }) => path === '/'))).toEqual(
      Array.from({ length: 250 }, (_, index) => `evt_${index + 1}`),
    );
    // What is not wanted is not looked through again for ever.
    await clock.advance(60_000);
    await happen();
    await settled(() => book.of('kills').cursor === 251);
  });

  it('is told again, later and later, until it takes it, and the next event waits', async () => {
    let failures = 2;
    service.answer = (response) => response.writeHead(failures-- > 0 ? 500 : 204).end();
    notifier();
    await happen();
    await happen();
    await settled(() => book.of('hook').attempts === 1);
    await clock.advance(4_999);
    expect(ids()).toEqual(['evt_1']);
    await clock.advance(1);
    await settled(() => book.of('hook').attempts === 2);
    await clock.advance(299_999);
    expect(ids()).toEqual(['evt_1', 'evt_1']);
    await clock.advance(1);
    await settled(cursorIs(2));
    expect(ids()).toEqual(['evt_1', 'evt_1', 'evt_1', 'evt_2']);
    expect(book.deadLetters).toEqual([]);
  });

  it('waits at random for up to as long again, so that not all come back at one instant', async () => {
    service.answer = (response) => response.writeHead(503).end();
    notifier({ random: () => 0.5 });
    await happen();
    await settled(() => book.of('hook').attempts === 1);
    await clock.advance(7_499);
    expect(ids()).toHaveLength(1);
    await clock.advance(1);
    await settled(() => book.of('hook').attempts === 2);
  });

  it('is given up for an event after the last attempt, which stays visible, can be sent again, and keeps nobody waiting', async () => {
    service.answer = (response, { headers }) => response.writeHead(headers['webhook-id'] === 'evt_1' ? 500 : 200).end('no');
    const sending = notifier();
    await happen();
    await happen();
    for (const [index, delay] of [...DELAYS, 0].entries()) {
      await settled(() => book.of('hook').attempts === index + 1 || book.deadLetters.length > 0);
      await clock.advance(delay);
    }
    await settled(cursorIs(2));
    expect(ids()).toEqual(['evt_1', 'evt_1', 'evt_1', 'evt_2']);
    expect(book.deadLetters).toEqual([{ seq: 1, problem: 'answered 500: no' }]);
    expect(await sending.resend('default', 'hook', 1)).toEqual({ isTaken: false, problem: 'answered 500: no' });
    service.answer = (response) => response.end();
    expect(await sending.resend('default', 'hook', 1)).toEqual({ isTaken: true, problem: null });
    expect(ids().slice(-2)).toEqual(['evt_1', 'evt_1']);
    await expect(sending.resend('default', 'hook', 99)).rejects.toMatchObject({ code: 'notFound' });
    await expect(sending.resend('other', 'hook', 1)).rejects.toMatchObject({ code: 'notFound' });
  });

  it.each<[string, Receiver['answer']]>([
    ['hangs', () => {}],
    ['drips', (response) => void response.write('.')],
  ])('that %s is a failure at the deadline, and keeps no other webhook waiting', async (_, answer) => {
    const other = await receiver();
    book.webhooks.push({ ...(book.webhooks[0] as FollowingWebhook), key: 'other', url: other.url });
    service.answer = answer;
    notifier();
    await happen();
    await settled(() => book.of('other').cursor === 1);
    await expect.poll(() => service.received.length).toBe(1);
    await clock.advance(10_000);
    await settled(() => book.of('hook').attempts === 1);
    await happen();
    await settled(() => book.of('other').cursor === 2);
    expect(ids(other.received)).toEqual(['evt_1', 'evt_2']);
    expect(ids()).toEqual(['evt_1']);
    await other.close();
  });

  it('is told nothing at an address that is not allowed, which is a failure like another', async () => {
    notifier({ fetch: guardedFetch({ policy: parseOutboundPolicy(''), clock }) });
    await happen();
    await settled(() => book.of('hook').attempts === 1);
    expect(service.received).toEqual([]);
  });

  it('can be tried, also with a receiver that refuses', async () => {
    const sending = notifier();
    expect(await sending.test('default', 'hook')).toEqual({ isTaken: true, problem: null });
    const { body, headers } = service.received[0] as Received;
    expect(new StandardWebhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({ type: 'webhook.test' });
    service.answer = (response) => response.writeHead(302, { location: '/x' }).end();
    expect(await sending.test('default', 'hook')).toMatchObject({ isTaken: false, problem: expect.stringContaining('redirect') });
    expect(book.of('hook')).toMatchObject({ cursor: 0, attempts: 0 });
  });

  it('of Slack is told in words', async () => {
    book.webhooks[0] = { ...(book.webhooks[0] as FollowingWebhook), format: 'slack' };
    notifier();
    await happen('flag.killed', DEFAULT_SCOPE);
    await settled(cursorIs(1));
    const message = JSON.parse(service.received[0]?.body ?? '');
    expect(message.text).toMatch(/^flag killed · flag-\d+ · at \d+ % · by ann · because$/);
  });
});

describe('several replicas', () => {
  it('send each event once between them', async () => {
    for (let index = 0; index < 3; index++) notifier();
    for (let index = 0; index < 20; index++) await happen();
    await settled(cursorIs(20));
    await clock.advance(60_000);
    expect(ids()).toEqual(Array.from({ length: 20 }, (_, index) => `evt_${index + 1}`));
  });

  it('take over from one that died between the sending and the keeping: the same event again under its id, and none left out', async () => {
    // The first sender sends, and dies before anything can be kept: it never gets further, and gives nothing back.
    let isDead = false;
    const dying: Store = { ...boundOf(store), lease: (request) => (isDead ? new Promise(() => {}) : store.lease(request)) };
    const deadBook: WebhookBook = {
      following: () => book.following(),
      noteDelivered: () => new Promise(() => {}),
      noteFailed: () => new Promise(() => {}),
    };
    const first = notifier({ store: dying, book: deadBook });
    notifiers.splice(notifiers.indexOf(first), 1);
    await happen();
    await settled(() => service.received.length === 1);
    isDead = true;
    await happen();
    notifier();
    await clock.advance(SENDER_LEASE_MS / 2);
    expect(ids()).toEqual(['evt_1']);
    await clock.advance(SENDER_LEASE_MS);
    await settled(cursorIs(2));
    expect(ids()).toEqual(['evt_1', 'evt_1', 'evt_2']);
  });

  it('do not count a failure that one met who slept past the lease', async () => {
    // The first is frozen while its request is under way: its timers stand still, and it wakes up when another has taken over.
    const asleep = manualClock(clock.now());
    let release: () => void = () => {};
    service.answer = (response) => {
      release = () => response.writeHead(500).end();
    };
    const fetch = guardedFetch({ policy: parseOutboundPolicy('127.0.0.1'), clock: asleep });
    notifier({ clock: asleep, fetch });
    await happen();
    await expect.poll(() => service.received.length).toBe(1);
    service.answer = (response) => response.end();
    notifier();
    await clock.advance(SENDER_LEASE_MS + SENDER_LEASE_MS / 3);
    await settled(cursorIs(1));
    let failures = 0;
    const noteFailed = book.noteFailed.bind(book);
    book.noteFailed = (...args) => {
      failures += 1;
      return noteFailed(...args);
    };
    release();
    for (let turn = 0; turn < 20; turn++) await asleep.advance(0);
    await happen();
    await settled(cursorIs(2));
    expect(failures).toBe(0);
    expect(ids()).toEqual(['evt_1', 'evt_1', 'evt_2']);
  });

  it('tell no event again because the book could not be written, and nothing is lost by that', async () => {
    let isDown = false;
    book.beforeKeeping = async () => {
      if (isDown) throw new Error('disk full');
    };
    notifier();
    await happen();
    await settled(cursorIs(1));
    isDown = true;
    await happen();
    await settled(() => problems.length > 0);
    await clock.advance(20_000);
    isDown = false;
    await clock.advance(5_000);
    await settled(cursorIs(2));
    expect(ids()).toEqual(['evt_1', 'evt_2']);
  });
});

/** Its methods as they are, for a store that does one of them otherwise. */
function boundOf(whole: Store): Store {
  const names = [
    'read',
    'commit',
    'refresh',
    'log',
    'follow',
    'addFacts',
    'readTally',
    'readTotals',
    'readUnitValues',
    'due',
    'lease',
    'release',
    'reload',
    'close',
  ] as const;
  return Object.fromEntries(
    names.map((name) => [name, (whole[name] as (...args: unknown[]) => unknown).bind(whole)]),
  ) as unknown as Store;
}
