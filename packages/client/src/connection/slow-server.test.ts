/** Reports that come faster than the server takes them: what waits, what is lost, and that both are told. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectOptions } from './connect-options.ts';
import { flagOf, StreamServer, snapshotAt, until } from './stream-server.testing.ts';

let server: StreamServer;
let problems: string[];
/** Lets the server answer the oldest report that it has not answered. */
let held: (() => void)[];
beforeEach(async () => {
  server = await StreamServer.start();
  problems = [];
  held = [];
  server.meetings = [
    [{ type: 'snapshot', snapshot: snapshotAt(1, flagOf('t', { shareOwner: { kind: 'experiment', key: 't' } })) }],
  ];
});
afterEach(async () => {
  server.slow = null;
  for (const answer of held) answer();
  await server.end();
});

async function connected(options: Partial<ConnectOptions> = {}) {
  const flags = server.connect(options);
  flags.on('problem', ({ message }) => problems.push(message));
  await flags.ready();
  return flags;
}

/** From now on. */
function holdAnswers(): void {
  server.slow = () => new Promise<void>((resolve) => held.push(resolve));
}

const units = (): string[] =>
  server.reports.flatMap(({ body }) => ((body.exposures ?? []) as { unit: string }[]).map(({ unit }) => unit));

describe('a server that is slow', () => {
  it('has everything that was asked in the end, and what is on its way waits until it is taken', async () => {
    const flags = await connected();
    holdAnswers();
    for (let user = 0; user < 10_000; user++) flags.getVariant('t', { userId: user });
    expect(flags.counts.waiting).toBe(10_000);
    const first = flags.flush();
    const waiting: number[] = [];
    for (let batch = 1; batch <= 6; batch++) {
      await until(() => held.length > 0, 'a report');
      waiting.push(flags.counts.waiting);
      // What comes meanwhile is the next flush's.
      if (batch === 2) for (let user = 10_000; user < 10_100; user++) flags.getVariant('t', { userId: user });
      held.shift()?.();
      await until(() => held.length > 0 || batch === 6, 'the next report');
    }
    expect(await first).toBe(true);
    expect(waiting).toEqual([10_000, 10_000, 8_100, 6_100, 4_100, 2_100]);
    expect(flags.counts.waiting).toBe(100);
    server.slow = null;
    expect(await flags.flush()).toBe(true);
    expect(flags.counts).toMatchObject({ waiting: 0, dropped: 0 });
    expect([units().length, new Set(units()).size, problems]).toEqual([10_100, 10_100, []]);
  });

  it('has one bound for what waits and what is on its way, and what is beyond is counted and told ever more rarely', async () => {
    const flags = await connected({ maxWaiting: 3_000 });
    holdAnswers();
    for (let user = 0; user < 2_900; user++) flags.getVariant('t', { userId: user });
    const flushing = flags.flush();
    await until(() => held.length === 1);
    held.shift()?.();
    await until(() => held.length === 1);
    for (let user = 2_900; user < 4_000; user++) flags.getVariant('t', { userId: user });
    for (let value = 0; value < 3_005; value++) flags.observe('latency', value);
    expect(flags.counts).toMatchObject({ waiting: 6_000, dropped: 1_005 });
    expect(problems.map((message) => message.split(' ')[0])).toEqual(['1', '10', '100', '1000']);
    expect(problems[0]).toContain('3000 of them wait already');
    server.slow = null;
    held.shift()?.();
    expect([await flushing, await flags.flush(), flags.counts.waiting]).toEqual([true, true, 0]);
    expect(units().length).toBe(3_000);
  });

  it('is sent what came meanwhile at once when a report took longer than reports are gathered', async () => {
    const flags = await connected();
    flags.observe('latency', 1);
    holdAnswers();
    await server.clock.advance(1_000);
    await until(() => held.length === 1);
    flags.observe('latency', 2);
    await server.clock.advance(1_000);
    server.slow = null;
    held.shift()?.();
    await until(() => flags.counts.waiting === 1);
    await server.clock.advance(0);
    await until(() => flags.counts.waiting === 0);
  });
});

describe('flush', () => {
  it('says whether the server has taken everything', async () => {
    const flags = await connected();
    expect(await flags.flush()).toBe(true);
    server.answers = [503, 204];
    flags.observe('latency', 1);
    expect([await flags.flush(), flags.counts]).toMatchObject([false, { waiting: 1, dropped: 0 }]);
    expect([await flags.flush(), flags.counts]).toMatchObject([true, { waiting: 0, dropped: 0 }]);
    server.answers = [400, 204];
    flags.observe('latency', 2);
    expect([await flags.flush(), flags.counts]).toMatchObject([false, { waiting: 0, dropped: 1 }]);
  });

  it('says no while it is not known where to send it', async () => {
    server.meetings = ['hang'];
    const flags = server.connect();
    flags.observe('start', 1);
    expect([await flags.flush(), flags.counts]).toMatchObject([false, { waiting: 1, dropped: 0 }]);
  });
});

describe('close', () => {
  it('tries again while it has time', async () => {
    const flags = await connected();
    server.answers = [503, 503, 204];
    flags.observe('latency', 1);
    const closing = flags.close();
    await until(() => problems.length === 1);
    await server.clock.advance(1_000);
    await until(() => problems.length === 2);
    await server.clock.advance(2_000);
    await closing;
    expect(flags.counts).toMatchObject({ waiting: 0, dropped: 0, reports: 3 });
  });

  it('counts and tells what it had to leave, and a late answer changes nothing of it', async () => {
    const flags = await connected({ closeMs: 7_000, timeoutMs: 60_000 });
    holdAnswers();
    for (let user = 0; user < 5_000; user++) flags.getVariant('t', { userId: user });
    flags.getVariant('t');
    // The sums of its answers are told first.
    const answers = flags.flush();
    await until(() => held.length === 1);
    held.shift()?.();
    await until(() => held.length === 1);
    const closing = flags.close();
    let isClosed = false;
    void closing.then(() => {
      isClosed = true;
    });
    await server.clock.advance(6_999);
    expect([isClosed, flags.counts.waiting]).toEqual([false, 5_000]);
    await server.clock.advance(1);
    await closing;
    const told = ['5000 reports had not been taken by the server when the connection was closed, and count as lost'];
    expect([flags.counts, problems]).toMatchObject([{ waiting: 0, dropped: 5_000 }, told]);
    held.shift()?.();
    expect(await answers).toBe(false);
    expect([flags.counts, problems, server.reports.length]).toMatchObject([{ waiting: 0, dropped: 5_000 }, told, 2]);
  });
});
