/** What every store must do with the receipt of a change: a request makes one, and what it made is found. */
import { DEFAULT_SCOPE, eventOf, type Flag, newFlag, type Receipt } from '@sluice/core';
import { expect, it } from 'vitest';
import type { StoreUnderTest } from './store-under-test.ts';

const HOUR = 3_600_000;
const FIRST: Receipt = { id: 'request-1', fingerprint: 'POST /a' };

function flagAt(key: string, revision: number, environment = DEFAULT_SCOPE.environment): Flag {
  return { ...newFlag(key, { ...DEFAULT_SCOPE, environment }, 1), revision };
}

function changeAt(at: number, flag: Flag, receipt?: Receipt) {
  const events = [eventOf(flag.revision === 1 ? 'flag.created' : 'flag.updated', flag, { actor: 'a', reason: '' }, at)];
  return { records: [flag], events, ...(receipt === undefined ? {} : { receipt }) };
}

/** `subjectOf` answers the open, empty store of the test that runs. */
export function receiptSuite(subjectOf: () => StoreUnderTest): void {
  it('refuses a second change of a request, whatever it changes and in whichever scope, and says what was asked first', async () => {
    const { store } = subjectOf();
    await store.commit(changeAt(1, flagAt('a', 1), FIRST));
    const repeated = { code: 'repeated', repeats: FIRST };
    const again: Receipt = { ...FIRST, fingerprint: 'POST /b' };
    await expect(store.commit(changeAt(2, flagAt('a', 2), FIRST))).rejects.toMatchObject(repeated);
    // The receipt comes first: the same change again is a repetition, and no conflict.
    await expect(store.commit(changeAt(2, flagAt('a', 1), FIRST))).rejects.toMatchObject(repeated);
    await expect(store.commit(changeAt(2, flagAt('b', 1), again))).rejects.toMatchObject(repeated);
    await expect(store.commit(changeAt(2, flagAt('a', 1, 'staging'), FIRST))).rejects.toMatchObject(repeated);
    expect((await store.read()).records).toEqual([flagAt('a', 1)]);
    await store.commit(changeAt(2, flagAt('a', 2), { ...FIRST, id: 'request-2' }));
  });

  it('keeps no receipt of a change that it refused', async () => {
    const { store } = subjectOf();
    await expect(store.commit(changeAt(1, flagAt('a', 7), FIRST))).rejects.toMatchObject({ code: 'conflict' });
    const { events } = await store.commit(changeAt(1, flagAt('a', 1), FIRST));
    expect(events[0]?.receipt).toEqual(FIRST);
  });

  it('tells the receipt with the events, and finds them by it', async () => {
    const { store } = subjectOf();
    const told: unknown[] = [];
    store.follow(({ events }) => told.push(...events.map(({ receipt }) => receipt)));
    await store.commit(changeAt(1, flagAt('a', 1)));
    await store.commit(changeAt(1, flagAt('a', 2), FIRST));
    await store.refresh();
    expect(told).toEqual([undefined, FIRST]);
    const asked = { scope: DEFAULT_SCOPE, request: FIRST.id };
    const found = await store.log(asked);
    expect(found.map(({ seq, receipt }) => ({ seq, receipt }))).toEqual([{ seq: 2, receipt: FIRST }]);
    expect(await store.log({ ...asked, request: 'request-2' })).toEqual([]);
    expect(await store.log({ ...asked, scope: { ...DEFAULT_SCOPE, environment: 'staging' } })).toEqual([]);
  });

  it('lets exactly one of many changes of one request win', async () => {
    const { store } = subjectOf();
    const asked = Array.from({ length: 8 }, (_, i) => store.commit(changeAt(1, flagAt(`f${i}`, 1), FIRST)));
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await store.read()).records).toHaveLength(1);
  });

  it('keeps a receipt for 24 hours, and over a restart if it keeps anything', async () => {
    const subject = subjectOf();
    await subject.store.commit(changeAt(1, flagAt('a', 1), FIRST));
    for (let revision = 2; revision <= 12; revision++) await subject.store.commit(changeAt(24 * HOUR, flagAt('a', revision)));
    const store = (await subject.reopen?.()) ?? subject.store;
    await store.read();
    await expect(store.commit(changeAt(24 * HOUR, flagAt('a', 13), FIRST))).rejects.toMatchObject({
      code: 'repeated',
      repeats: FIRST,
    });
  });
}
