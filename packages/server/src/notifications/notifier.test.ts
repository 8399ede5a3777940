import { DEFAULT_SCOPE } from '@sluice/core';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardedFetch } from '../outbound/guarded-fetch.ts';
import { parseOutboundPolicy } from '../outbound/outbound-policy.ts';
import { type Received, type Receiver, receiver } from '../receiver.testing.ts';
import { newSigningSecret } from '../signing/standard-webhook.ts';
import {
  book,
  clock,
  closeWorld,
  cursorIs,
  DELAYS,
  happen,
  ids,
  notifier,
  openWorld,
  secret,
  service,
  settled,
} from './notifier.testing.ts';
import type { FollowingWebhook } from './webhook-book.ts';

beforeEach(openWorld);
afterEach(closeWorld);

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
    expect(book.deadLetters).toEqual([]);
    await expect(sending.resend('default', 'hook', 99)).rejects.toMatchObject({ code: 'notFound' });
    await expect(sending.resend('other', 'hook', 1)).rejects.toMatchObject({ code: 'notFound' });
  });

  it('whose receiver says that it is gone is told nothing more, and is not tried again', async () => {
    service.answer = (response) => response.writeHead(410).end('gone');
    notifier();
    await happen();
    await settled(() => book.deadLetters.length > 0);
    await happen();
    await clock.advance(24 * 3_600_000);
    expect(ids()).toEqual(['evt_1']);
    expect(book.deadLetters).toEqual([{ seq: 1, problem: 'answered 410: gone' }]);
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
