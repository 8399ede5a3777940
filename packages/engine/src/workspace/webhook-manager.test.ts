import { RETRY_DELAYS_MS } from '@sluice/core';
import { expect, it } from 'vitest';
import { shopWorld, WHY } from './workspace.testing.ts';

it('a webhook is made with a secret that is told once, changed, renewed and deleted', async () => {
  const { workspace } = await shopWorld();
  const { notifications } = workspace;
  const made = await notifications.set('shop', 'chat', { url: 'https://hooks.example.com/T/x', format: 'slack' }, WHY);
  expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(made.webhook).toMatchObject({ key: 'chat', url: 'https://hooks.example.com/…', format: 'slack' });
  expect(made.delivery.cursor).toBe(1);
  const changed = await notifications.set('shop', 'chat', { types: ['rollout.*'] }, WHY);
  expect([changed.secret, changed.webhook.revision]).toEqual([null, 2]);
  expect(notifications.following()[0]?.webhook.secret).toBe(made.secret);
  const renewed = await notifications.renewSecret('shop', 'chat', WHY);
  expect(renewed.secret).not.toBe(made.secret);
  expect(JSON.stringify([notifications.list('shop'), await workspace.history({ project: 'shop' })])).not.toMatch(/whsec_|\/T\/x/);
  await notifications.set('shop', 'chat', { isDisabled: true }, WHY);
  expect(notifications.following()).toEqual([]);
  await notifications.delete('shop', 'chat', WHY);
  expect(notifications.list('shop')).toEqual([]);
  await expect(notifications.delete('shop', 'chat', WHY)).rejects.toMatchObject({ code: 'notFound' });
  await expect(notifications.set('moon', 'chat', { url: 'https://h/' })).rejects.toMatchObject({ code: 'notFound' });
  expect(() => notifications.list('moon')).toThrow('project "moon" does not exist');
});

it('a webhook is made where there is none, and changed at the revision that was seen, and else not', async () => {
  const { notifications } = (await shopWorld()).workspace;
  const wanted = (url: string, ifRevision: number) => notifications.set('shop', 'chat', { url }, { ...WHY, ifRevision });
  await expect(wanted('https://a.example.com/x', 1)).rejects.toMatchObject({ code: 'conflict' });
  await wanted('https://a.example.com/x', 0);
  await expect(wanted('https://b.example.com/x', 0)).rejects.toThrow('webhook "chat" exists already, at revision 1');
  await wanted('https://c.example.com/x', 1);
  await notifications.delete('shop', 'chat', WHY);
  expect((await wanted('https://d.example.com/x', 0)).webhook.url).toBe('https://d.example.com/…');
});

it('how far a webhook was told is kept, and tells nobody anything', async () => {
  const { workspace, clock, store } = await shopWorld();
  const { notifications } = workspace;
  await notifications.set('shop', 'chat', { url: 'https://hooks.example.com/T/x' }, WHY);
  const { seq } = await store.read();
  const event = { seq: seq + 1, type: 'flag.killed' } as const;
  for (const delay of RETRY_DELAYS_MS) {
    const delivery = await notifications.noteFailed('shop', 'chat', event, 'no answer of https://hooks.example.com/T/x');
    expect(delivery.retryAt).toBe(clock.now() + delay);
    await clock.advance(delay);
  }
  await notifications.noteFailed('shop', 'chat', event, 'no answer of https://hooks.example.com/T/x');
  expect(notifications.list('shop')[0]?.delivery).toMatchObject({
    cursor: event.seq,
    deadLetters: [{ seq: event.seq, problem: 'no answer of …', attempts: RETRY_DELAYS_MS.length + 1 }],
  });
  await notifications.noteDelivered('shop', 'chat', event.seq + 4);
  expect(notifications.list('shop')[0]?.delivery).toMatchObject({ cursor: event.seq + 4, failingSince: null, deadCount: 1 });
  expect((await store.read()).seq).toBe(seq);
});
