import { snapshotFingerprint } from '@sluice/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flagOf, RETRY_MS, START, StreamServer, snapshotAt, until } from './stream-server.testing.ts';

let server: StreamServer;
beforeEach(async () => {
  server = await StreamServer.start();
});
afterEach(() => server.end());

const resumed = [{ type: 'emergencies', emergencies: [] }] as const;

describe('the life of a connection', () => {
  it('is READY with the first snapshot, and tells of no change then', async () => {
    const flags = server.connect();
    expect([flags.status, flags.isEnabled('a'), flags.isEnabled('a', {}, true)]).toEqual(['NOT_READY', false, true]);
    expect(await flags.ready()).toBe('READY');
    expect([flags.isEnabled('a'), flags.told, flags.staleSince]).toEqual([true, ['READY'], null]);
  });

  it('is STALE at once when the stream is cut, comes back where it was, and is READY before it tells what changed', async () => {
    const flags = server.connect();
    await flags.ready();
    const killed = flagOf('a', { status: 'disabled', revision: 2 });
    const delta = { seq: 3, after: 1, scope: killed.scope, flags: [killed], segments: [] };
    server.meetings = [[{ type: 'delta', delta }, ...resumed]];
    server.cut();
    await until(() => flags.status === 'STALE');
    expect([flags.isEnabled('a'), flags.staleSince]).toEqual([true, START]);
    await server.clock.advance(RETRY_MS);
    await until(() => flags.told.length === 4);
    expect(flags.told).toEqual(['READY', 'STALE', 'READY', 'change a']);
    expect([flags.isEnabled('a'), server.places]).toEqual([false, [undefined, '1']]);
  });

  it('is an ERROR after the grace period and not before, and READY again when the server is back', async () => {
    const flags = server.connect();
    await flags.ready();
    await server.stop();
    await until(() => flags.status === 'STALE');
    await server.clock.advance(4_999);
    expect(flags.status).toBe('STALE');
    await server.clock.advance(1);
    expect([flags.status, flags.isEnabled('a')]).toEqual(['ERROR', true]);
    await server.listen();
    server.meetings = [resumed];
    await server.advanceUntil(() => flags.status === 'READY');
    expect(flags.told).toEqual(['READY', 'STALE', 'ERROR', 'READY']);
  });

  it('is an ERROR when nothing comes in the grace period, whether the server is away or hangs', async () => {
    server.meetings = ['hang'];
    const hanging = server.connect();
    await until(() => server.places.length === 1);
    await server.clock.advance(5_000);
    expect([await hanging.ready(), hanging.told]).toEqual(['ERROR', ['ERROR']]);
    await server.stop();
    const away = server.connect();
    await until(() => away.counts.connects === 1);
    await server.clock.advance(5_000);
    expect([await away.ready(), away.told]).toEqual(['ERROR', ['ERROR']]);
  });

  it.each([401, 403])('is FATAL when the server answers %i, tries no more, and keeps the last good values', async (status) => {
    const flags = server.connect();
    await flags.ready();
    server.meetings = [{ status }];
    server.cut();
    await until(() => flags.status === 'STALE');
    await server.clock.advance(RETRY_MS);
    await until(() => flags.status === 'FATAL');
    await server.clock.advance(3_600_000);
    expect([flags.told, server.places.length, flags.isEnabled('a')]).toEqual([['READY', 'STALE', 'FATAL'], 2, true]);
    expect(await server.connect().ready()).toBe('FATAL');
  });

  it('takes a stream for lost on which not even heartbeats come', async () => {
    const flags = server.connect();
    await flags.ready();
    await server.clock.advance(44_999);
    server.send({ type: 'heartbeat' });
    await until(() => server.openStreams === 1 && flags.status === 'READY');
    // The heartbeat has to arrive before the clock goes on.
    server.send({ type: 'emergencies', emergencies: [{ id: 'e', key: 'a', act: { type: 'kill' } }] });
    await until(() => !flags.isEnabled('a'));
    await server.clock.advance(44_999);
    expect(flags.status).toBe('READY');
    await server.clock.advance(1);
    await until(() => flags.status === 'STALE');
    // The server hears of it over the network.
    await until(() => server.openStreams === 0);
  });

  it.each(['delta', 'emergencies'] as const)(
    'sees at the next sign of life that its stream lost an event (%s), and begins anew',
    async (lost) => {
      const flags = server.connect();
      await flags.ready();
      const killed = flagOf('a', { status: 'disabled', revision: 2 });
      const emergencies = [{ id: 'e', key: 'a', act: { type: 'kill' } as const }];
      const told = lost === 'delta' ? snapshotAt(2, killed) : { ...snapshotAt(1, flagOf('a')), emergencies };
      server.meetings = [[{ type: 'snapshot', snapshot: told }]];
      // What changed never arrives: the stream goes on without it.
      server.send({ type: 'place', seq: told.seq, fingerprint: snapshotFingerprint(told) });
      await until(() => flags.status === 'STALE');
      await server.clock.advance(RETRY_MS);
      await until(() => flags.status === 'READY');
      expect([flags.isEnabled('a'), flags.told, server.places]).toEqual([
        false,
        ['READY', 'STALE', 'READY', 'change a'],
        [undefined, undefined],
      ]);
      server.send({ type: 'place', seq: told.seq, fingerprint: snapshotFingerprint(told) });
      server.send({ type: 'snapshot', snapshot: snapshotAt(3, flagOf('a', { revision: 3 })) });
      await until(() => flags.isEnabled('a'));
      expect(flags.told).toEqual(['READY', 'STALE', 'READY', 'change a', 'change a']);
    },
  );

  it('tries again ever more slowly, one stream at a time, and never before the server said', async () => {
    server.meetings = [{ status: 503, headers: { 'retry-after': '20' } }, { status: 500 }];
    const flags = server.connect();
    let refusals = 0;
    flags.on('problem', () => {
      refusals += 1;
    });
    await until(() => refusals === 1);
    await server.clock.advance(19_999);
    expect(server.places.length).toBe(1);
    const pauses: number[] = [];
    let last = START;
    for (let tries = 1; tries < 9; tries++) {
      while (server.places.length === tries) {
        await server.clock.advance(500);
        await until(() => refusals === flags.counts.connects);
      }
      pauses.push(server.clock.now() - last);
      last = server.clock.now();
    }
    expect(pauses[0]).toBeGreaterThanOrEqual(20_000);
    const later = pauses.slice(1);
    expect(later).toEqual(later.toSorted((a, b) => a - b));
    expect(later.at(-1)).toBeLessThanOrEqual(31_000);
    expect(later.at(-2)).toBeGreaterThanOrEqual(29_000);
  });

  it('is in no hurry with a server that hangs: an attempt that was given up is no stream that lasted', async () => {
    const flags = server.connect();
    await flags.ready();
    server.meetings = ['hang'];
    server.cut();
    await until(() => flags.status === 'STALE');
    const asked: number[] = [];
    while (asked.length < 4) {
      await server.clock.advance(500);
      await until(() => flags.counts.connects === server.places.length);
      if (server.places.length > asked.length + 1) asked.push(server.clock.now() - START);
    }
    // Each is given up after 10 s; the next is 4, 8 and 16 s after that.
    expect(asked).toEqual([2_000, 16_000, 34_000, 60_000]);
  });

  it('asks for a snapshot when a part of the stream is missing', async () => {
    const flags = server.connect();
    await flags.ready();
    const flag = flagOf('b');
    server.meetings = [[{ type: 'snapshot', snapshot: snapshotAt(9, flagOf('a'), flag) }]];
    server.send({ type: 'delta', delta: { seq: 9, after: 8, scope: flag.scope, flags: [flag], segments: [] } });
    await until(() => flags.status === 'STALE');
    await server.clock.advance(RETRY_MS);
    await until(() => flags.status === 'READY');
    expect([server.places, flags.isEnabled('b'), flags.told.at(-1)]).toEqual([[undefined, undefined], true, 'change b']);
  });

  it('reads nothing out of a page that somebody else answers with', async () => {
    server.meetings = [{ status: 200, headers: { 'content-type': 'text/html' } }];
    const flags = server.connect();
    await until(() => flags.counts.connects === 1 && server.places.length === 1);
    await server.clock.advance(5_000);
    expect(await flags.ready()).toBe('ERROR');
  });

  it('is NOT_READY after close, goes on answering, and connects no more', async () => {
    const flags = server.connect();
    await flags.ready();
    await flags.close();
    await until(() => server.openStreams === 0);
    await server.clock.advance(3_600_000);
    expect([flags.told, flags.isEnabled('a'), server.places.length]).toEqual([['READY', 'NOT_READY'], true, 1]);
    await flags.close();
  });

  it('serves as off what is too old, and no other flag, until it is current again', async () => {
    server.meetings = [[{ type: 'snapshot', snapshot: snapshotAt(1, flagOf('a'), flagOf('risky')) }]];
    const flags = server.connect({ failSafe: { risky: { offWhenStaleMs: 60_000 } } });
    await flags.ready();
    await server.stop();
    await until(() => flags.status === 'STALE');
    await server.clock.advance(59_999);
    expect([flags.isEnabled('risky'), flags.isEnabled('a')]).toEqual([true, true]);
    await server.clock.advance(1);
    expect([flags.isEnabled('risky'), flags.isEnabled('a')]).toEqual([false, true]);
    expect(flags.evaluate('risky', {}, null).reason).toBe('DISABLED');
    expect(flags.told.at(-1)).toBe('change risky');
    await server.listen();
    server.meetings = [resumed];
    await server.advanceUntil(() => flags.told.length >= 6);
    expect(flags.told.slice(2)).toEqual(['ERROR', 'change risky', 'READY', 'change risky']);
    expect(flags.isEnabled('risky')).toBe(true);
  });

  it('refuses options that cannot be meant, and names them', () => {
    expect(() => server.connect({ url: 'localhost:4400' })).toThrow('/url must be the address of a server');
    expect(() => server.connect({ failSafe: { a: { offWhenStaleMs: -1 } } })).toThrow('/failSafe/a/offWhenStaleMs must be');
    expect(() => server.connect({ overrides: { a: 7 as never } })).toThrow('override of "a": must be true, false, or');
  });
});
