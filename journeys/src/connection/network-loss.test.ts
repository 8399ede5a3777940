/** What a connection makes of a network that goes away, over a real server and a network between them; time is that of the connection's clock. */
import { type Connection, type ConnectOptions, connect } from '@sluice/client';
import { type ManualClock, manualClock } from 'sluice';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type World, world } from '../../../packages/server/src/world.testing.ts';
import { TcpProxy } from './tcp-proxy.testing.ts';

const STEP_MS = 100;

let at: World;
const opened: Connection[] = [];
let network: TcpProxy;
let clock: ManualClock;
let flags: Connection;
let told: string[];
beforeEach(async () => {
  at = await world();
  network = await TcpProxy.to(at.url);
  clock = manualClock(Date.UTC(2027, 0, 15, 12));
  await at.sluice.flags.setFlag('a', { enabled: true });
  flags = open();
  await flags.ready();
});
afterEach(async () => {
  for (const connection of opened.splice(0)) {
    const closing = connection.close();
    await clock.advance(10_000);
    await closing;
  }
  await network.close();
  await at.close();
});

function open(options: Partial<ConnectOptions> = {}): Connection {
  const connection = connect({ url: network.url, token: at.secrets.server, clock, ...options });
  const own: string[] = [];
  told = own;
  connection.on('status', ({ status }) => own.push(status));
  connection.on('change', (change) => own.push(`change ${change.flags.join(',')}`));
  connection.on('problem', () => {});
  opened.push(connection);
  return connection;
}

/** Lets time pass in small steps, each with what the network brings in it. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += STEP_MS) {
    await clock.advance(STEP_MS);
    const { connects } = flags.counts;
    // An attempt that was made in this step comes to its end before the next.
    for (let turn = 0; turn < 20 || (turn < 2_000 && flags.status !== 'READY' && isUnderWay(connects)); turn++)
      await new Promise((resolve) => setImmediate(resolve));
  }
}

const isUnderWay = (connects: number): boolean => connects > lost;
let lost = 0;
beforeEach(() => {
  lost = flags.counts.connects;
  flags.on('problem', () => {
    lost = flags.counts.connects;
  });
});

async function turnsUntil(holds: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!holds()) {
    expect(performance.now()).toBeLessThan(end);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a connection whose network goes away', () => {
  it.each([1_000, 3_000, 6_000])(
    'for %i ms: STALE at once, an ERROR after 5 s if it is not back by then, READY when it is',
    async (lossMs) => {
      const before = flags.counts.connects;
      network.cut();
      await turnsUntil(() => flags.status === 'STALE');
      const lostAt = clock.now();
      let backAt = 0;
      flags.on('status', ({ status }) => {
        if (status === 'READY') backAt = clock.now();
      });
      await pass(lossMs);
      expect(flags.isEnabled('a', { userId: 'ann' })).toBe(true);
      expect(flags.status).toBe(lossMs > 5_000 ? 'ERROR' : 'STALE');
      network.mend();
      await pass(15_000);
      // The server asks for 1 to 5 s before the first try, and each pause is at most twice the one before it.
      // Who asks in the very step in which the grace ends is answered after it.
      const isLate = backAt - lostAt >= 5_000;
      expect(told).toEqual(['READY', 'STALE', ...(isLate ? ['ERROR'] : []), 'READY']);
      if (lossMs === 1_000) expect(backAt - lostAt).toBeLessThanOrEqual(5_000);
      expect(flags.counts.connects - before).toBeLessThanOrEqual(4);
    },
  );

  it('makes up for what changed meanwhile, a kill among it, without a whole snapshot', async () => {
    network.cut();
    await turnsUntil(() => flags.status === 'STALE');
    await at.sluice.flags.disableFlag('a', { reason: 'trouble' });
    await at.sluice.flags.setFlag('b', { enabled: true });
    await pass(2_000);
    expect(flags.isEnabled('a')).toBe(true);
    network.mend();
    await pass(15_000);
    expect(told.slice(-2)).toEqual(['READY', 'change a,b']);
    expect([flags.isEnabled('a'), flags.isEnabled('b')]).toEqual([false, true]);
  });

  it('finds a network dead that swallows everything, by its silence, and comes back', async () => {
    network.swallow();
    await pass(44_900);
    expect(flags.status).toBe('READY');
    await pass(200);
    expect(flags.status).toBe('STALE');
    network.mend();
    // An attempt that the dead network took is given up after 10 s.
    await pass(40_000);
    expect([flags.status, told[0], told[1], told.at(-1)]).toEqual(['READY', 'READY', 'STALE', 'READY']);
  });

  it('asks no more than every 15 s on average while the network stays away for six minutes, and is there soon after', async () => {
    network.cut();
    await turnsUntil(() => flags.status === 'STALE');
    const before = network.attempts;
    await pass(360_000);
    const attempts = network.attempts - before;
    expect(attempts).toBeGreaterThan(10);
    expect(attempts).toBeLessThanOrEqual(360 / 15 + 10);
    network.mend();
    await pass(31_000);
    expect(flags.status).toBe('READY');
  });

  it('follows a server that comes back from an older backup, with other flags', async () => {
    await at.sluice.flags.setFlag('a', { description: 'one more commit than the other log has' });
    const older = await world();
    await older.sluice.flags.setFlag('b', { enabled: true });
    let [url, token] = [at.url, at.secrets.server];
    flags = open({ token: () => token, fetch: (asked, init) => fetch(String(asked).replace(network.url, url), init) });
    await flags.ready();
    [url, token] = [older.url, older.secrets.server];
    at.app.http.server.closeAllConnections();
    await turnsUntil(() => flags.status === 'STALE');
    await pass(10_000);
    expect(told).toEqual(['READY', 'STALE', 'READY', 'change a,b']);
    expect([flags.isEnabled('a'), flags.isEnabled('b')]).toEqual([false, true]);
    await older.close();
  });
});
