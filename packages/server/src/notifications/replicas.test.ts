import { manualClock, type Store } from 'sluice';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardedFetch } from '../outbound/guarded-fetch.ts';
import { parseOutboundPolicy } from '../outbound/outbound-policy.ts';
import {
  book,
  clock,
  closeWorld,
  cursorIs,
  happen,
  ids,
  notifier,
  notifiers,
  openWorld,
  problems,
  service,
  settled,
  store,
} from './notifier.testing.ts';
import { SENDER_LEASE_MS } from './sender-lease.ts';
import type { WebhookBook } from './webhook-book.ts';

beforeEach(openWorld);
afterEach(closeWorld);

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
      noteGone: () => new Promise(() => {}),
      noteResent: () => new Promise(() => {}),
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
