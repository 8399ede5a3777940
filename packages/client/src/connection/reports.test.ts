import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flagOf, StreamServer, snapshotAt, until } from './stream-server.testing.ts';

let server: StreamServer;
beforeEach(async () => {
  server = await StreamServer.start();
});
afterEach(() => server.end());

const values = () => server.reports.filter(({ path }) => path.endsWith('/metrics/observations'));
const facts = () => server.reports.filter(({ path }) => path.endsWith('/metrics/facts'));

describe('what a connection reports', () => {
  it('counts evaluations by what was answered, and sends them a second later to the environment of the snapshot', async () => {
    const flags = server.connect();
    await flags.ready();
    for (let user = 0; user < 5; user++) flags.isEnabled('a', { userId: `user-${user}` });
    flags.evaluateAll({ userId: 'ann' });
    flags.explain('a', { userId: 'ann' });
    expect(server.reports).toEqual([]);
    await server.clock.advance(1_000);
    await until(() => server.reports.length === 1);
    expect(server.reports[0]?.path).toBe('/api/v1/projects/default/environments/production/metrics/facts');
    expect(server.reports[0]?.body).toMatchObject({
      seq: 1,
      tallies: [{ subject: 'flag/a', tally: { counts: { 'on/STATIC': 5 } } }],
    });
    await server.clock.advance(60_000);
    expect(server.reports.length).toBe(1);
  });

  it('keeps what was counted of a flag before it changed under the variants as they were', async () => {
    const flags = server.connect();
    await flags.ready();
    flags.isEnabled('a');
    const changed = flagOf('a', { revision: 2, variants: { x: 1, y: 2 }, offVariant: 'x', onVariant: 'y' });
    server.send({ type: 'delta', delta: { seq: 2, after: 1, scope: changed.scope, flags: [changed], segments: [] } });
    await until(() => flags.evaluateAll().get('a')?.variant === 'y');
    flags.getVariant('a');
    await flags.flush();
    const counts = facts().flatMap(({ body }) => body.tallies as { tally: { counts: Record<string, number> } }[]);
    expect(counts.map(({ tally }) => tally.counts)).toEqual([{ 'on/STATIC': 1, 'y/STATIC': 1 }]);
  });

  it('tells of a unit what it has of the attributes that the test of the flag asks for, while it asks', async () => {
    const flag = flagOf('t', { status: 'percentage', share: 50_000, shareOwner: { kind: 'experiment', key: 't' } });
    server.meetings = [[{ type: 'snapshot', snapshot: { ...snapshotAt(1, flag), dimensions: { t: ['plan', 'none'] } } }]];
    const flags = server.connect();
    await flags.ready();
    flags.getVariant('t', { userId: 'ann', attributes: { plan: 3, age: 40 } });
    flags.getVariant('t', { userId: 'bob', attributes: { age: 40 } });
    const next = {
      seq: 2,
      after: 1,
      scope: flag.scope,
      flags: [{ ...flag, status: 'enabled' as const, revision: 9 }],
      segments: [],
      dimensions: { t: [] },
    };
    server.send({ type: 'delta', delta: next });
    await until(() => flags.evaluateAll().get('t')?.reason === 'STATIC');
    flags.getVariant('t', { userId: 'eve', attributes: { plan: 3 } });
    await flags.flush();
    const told = values().flatMap(({ body }) => body.exposures as { dimensions?: object }[]);
    expect(told.map(({ dimensions }) => dimensions)).toEqual([{ plan: '3' }, undefined, undefined]);
  });

  it('tells whom it served a flag that a test or rollout has, in the batch of what was measured of them', async () => {
    const owned = { revision: 3, status: 'percentage', share: 50_000, shareOwner: { kind: 'experiment', key: 't' } } as const;
    const named = { disabledUsers: ['vip'] };
    const flag = flagOf('t', { ...owned, ...named });
    server.meetings = [[{ type: 'snapshot', snapshot: snapshotAt(1, flag, flagOf('a')) }]];
    const flags = server.connect();
    await flags.ready();
    const variant = flags.getVariant('t', { userId: 'ann' });
    await server.clock.advance(10);
    flags.getVariant('t', { userId: 'ann' });
    flags.getVariant('t', { userId: 'vip' });
    flags.getVariant('t');
    flags.getVariant('a', { userId: 'ann' });
    flags.evaluateAll({ userId: 'eve' });
    flags.explain('t', { userId: 'eve' });
    flags.recordMetric('t', 'control', 'latency', 5, { userId: 'ann' });
    expect(flags.counts.waiting).toBe(3);
    await flags.flush();
    const at = server.clock.now();
    expect(values().map(({ body }) => body)).toEqual([
      {
        observations: [{ kind: 'observe', test: 't', variant: 'control', metric: 'latency', value: 5, unit: 'ann', at }],
        exposures: [
          { flag: 't', variant, unit: 'ann', at: at - 10, count: 2, isDrawn: true },
          { flag: 't', variant: 'off', unit: 'vip', at, count: 1, isDrawn: false },
        ],
        hasTallies: true,
        sentAt: at,
        sender: { instanceId: expect.any(String), seq: 1 },
      },
    ]);
    expect(flags.counts.waiting).toBe(0);
    // What is told of one revision is not put to the next one, which may be another stage.
    flags.getVariant('t', { userId: 'ann' });
    const next = { ...flag, revision: 4 };
    server.send({ type: 'delta', delta: { seq: 2, after: 1, scope: next.scope, flags: [next], segments: [] } });
    await until(() => flags.evaluate('t', { userId: 'eve' }, null).revision === 4);
    flags.getVariant('t', { userId: 'ann' });
    await flags.flush();
    const second = values()[1]?.body.exposures as { unit: string; count: number }[];
    expect(second.filter(({ unit }) => unit === 'ann').map(({ count }) => count)).toEqual([1, 1]);
  });

  it('splits exposures and values into batches that a server takes', async () => {
    const flag = flagOf('t', { shareOwner: { kind: 'rollout', key: 't' } });
    server.meetings = [[{ type: 'snapshot', snapshot: snapshotAt(1, flag) }]];
    const flags = server.connect();
    await flags.ready();
    for (let user = 0; user < 1_500; user++) {
      flags.getVariant('t', { userId: `${'ü'.repeat(400)}${user}` });
      flags.recordMetric('t', 'on', 'latency', user, { userId: `${'ü'.repeat(400)}${user}` });
    }
    await flags.flush();
    const sent = values().map(({ body }) => body as { exposures: unknown[]; observations: unknown[] });
    expect(sent.reduce((sum, { exposures, observations }) => sum + exposures.length + observations.length, 0)).toBe(3_000);
    for (const body of sent) expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(1_000_000);
  });

  it('sends a batch again under its number until the server takes it, ever more slowly, and then what came meanwhile', async () => {
    const flags = server.connect();
    await flags.ready();
    server.answers = [503, 503, 204];
    flags.observe('latency', 12, { flag: 'a', variant: 'on', unit: 'ann' });
    await flags.flush();
    flags.observe('latency', 13);
    await server.clock.advance(499);
    expect(values().length).toBe(1);
    while (values().length < 4) {
      await server.clock.advance(500);
      await until(() => flags.counts.reports === values().length);
    }
    const seqs = values().map(({ body }) => (body.sender as { seq: number }).seq);
    expect(seqs).toEqual([1, 1, 1, 2]);
    expect(new Set(values().map(({ body }) => (body.sender as { instanceId: string }).instanceId)).size).toBe(1);
    // The clock is put right by when it was sent, which is later each time.
    const sent = values().map(({ body }) => body.sentAt as number);
    expect(sent).toEqual(sent.toSorted((a, b) => a - b));
    expect(flags.counts.dropped).toBe(0);
  });

  it('gives a batch up that the server refuses, counts it, and tells of it', async () => {
    const flags = server.connect();
    const problems: string[] = [];
    flags.on('problem', ({ message }) => problems.push(message));
    await flags.ready();
    server.answers = [400, 204];
    flags.observe('latency', 12);
    flags.observe('latency', 13);
    await flags.flush();
    flags.observe('latency', 14);
    await flags.flush();
    expect([flags.counts.dropped, problems, values().length]).toEqual([2, ['the server answered 400'], 2]);
  });

  it('holds at most so many values while the server takes none, and counts the rest', async () => {
    const flags = server.connect({ maxWaiting: 10 });
    await flags.ready();
    const taken = Array.from({ length: 25 }, (_, value) => flags.observe('latency', value));
    expect([taken.filter(Boolean).length, flags.counts]).toMatchObject([10, { waiting: 10, dropped: 15 }]);
  });

  it('refuses what is no value, without throwing', async () => {
    const flags = server.connect();
    const problems: string[] = [];
    flags.on('problem', ({ message }) => problems.push(message));
    expect(flags.observe('latency', Number.NaN)).toBe(false);
    expect(flags.observe('', 1)).toBe(false);
    expect(flags.recordMetric('t', 'control', 'latency', 1, { userId: '' })).toBe(false);
    expect(flags.count(Symbol('s') as never)).toBe(false);
    expect(problems).toEqual(['observe: metric "latency": the value must be a finite number between -1e50 and 1e50; it is NaN']);
    expect(flags.counts.dropped).toBe(4);
  });

  it('sends what waits when it is closed, and waits no longer than 5 s for that', async () => {
    const flags = server.connect();
    await flags.ready();
    flags.isEnabled('a');
    flags.observe('latency', 1);
    await flags.close();
    expect([facts().length, values().length]).toEqual([1, 1]);

    const away = server.connect();
    await away.ready();
    await server.stop();
    away.observe('latency', 1);
    const closing = away.close();
    await server.clock.advance(5_000);
    await closing;
    expect(away.counts.dropped).toBe(1);
  });

  it('sends what comes while a report is under way a second later', async () => {
    const flags = server.connect();
    await flags.ready();
    flags.observe('latency', 1);
    const flushing = flags.flush();
    await until(() => flags.counts.reports === 1);
    flags.observe('latency', 2);
    await flushing;
    await server.clock.advance(1_000);
    await until(() => values().length === 2);
  });

  it('keeps what is measured before it is known where to send it', async () => {
    const flags = server.connect();
    flags.observe('start', 1);
    await server.clock.advance(0);
    await flags.ready();
    await server.clock.advance(1_000);
    await until(() => values().length === 1);
  });

  it('counts nothing of what an override answers', async () => {
    const flags = server.connect({ overrides: { a: false, other: 'dark' } });
    await flags.ready();
    expect([flags.isEnabled('a'), flags.getVariant('other')]).toEqual([false, 'dark']);
    expect(flags.explain('a')?.steps[0]).toMatchObject({ step: 'override', outcome: 'decided' });
    await flags.flush();
    expect(server.reports).toEqual([]);
    expect(() => flags.override('a', 'onn')).toThrow('did you mean "on"');
    flags.clearOverrides();
    expect([flags.isEnabled('a'), flags.getVariant('other'), flags.listOverrides()]).toEqual([true, null, {}]);
  });

  it('splits what is too much for one request', async () => {
    const variants = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`v${index}`, index]));
    const split = Object.keys(variants).map((variant) => ({ variant, share: 2_500 }));
    const flag = flagOf('many', { variants, offVariant: 'v0', onVariant: 'v1', split });
    server.meetings = [[{ type: 'snapshot', snapshot: snapshotAt(1, flag) }]];
    const flags = server.connect();
    await flags.ready();
    for (let user = 0; user < 200_000; user++) flags.getVariant('many', { userId: user });
    await flags.flush();
    expect(facts().length).toBeGreaterThan(2);
    for (const { body } of facts()) expect(JSON.stringify(body).length).toBeLessThan(1_000_000);
    const counts = facts().flatMap(({ body }) => body.tallies as { tally: { counts: Record<string, number> } }[]);
    const counted = counts.flatMap(({ tally }) => Object.values(tally.counts));
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(200_000);
  });
});
