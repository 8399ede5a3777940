/** What a provider makes of a network that goes away for a while, by its clock: statuses, events and answers, and how often it asks. */
import { randomUUID } from 'node:crypto';
import { type Client, type EvaluationDetails, OpenFeature, ProviderEvents, ProviderStatus } from '@openfeature/server-sdk';
import type { ConnectOptions } from '@sluice/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flagOf, START, StreamServer, snapshotAt, until } from '../../client/src/connection/stream-server.testing.ts';
import { SluiceProvider } from './server-provider.ts';

const STEP_MS = 500;
const RISKY_MS = 2_500;
const EVENTS = [ProviderEvents.Ready, ProviderEvents.Stale, ProviderEvents.Error, ProviderEvents.ConfigurationChanged] as const;
const resumed = [{ type: 'emergencies', emergencies: [] }] as const;
const snapshot = (...flags: Parameters<typeof flagOf>[]) =>
  [{ type: 'snapshot', snapshot: snapshotAt(1, ...flags.map((flag) => flagOf(...flag))) }] as const;

interface Answered {
  readonly at: number;
  readonly status: ProviderStatus;
  readonly safe: EvaluationDetails<boolean>;
  readonly risky: EvaluationDetails<boolean>;
}

let server: StreamServer;
let client: Client;
/** Events with the milliseconds since the start at which they came. */
let told: string[];
/** Questions for the stream, and those of them that failed. */
let attempts: { made: number; failed: number };
beforeEach(async () => {
  server = await StreamServer.start();
  server.meetings = [snapshot(['safe'], ['risky']), resumed];
  client = OpenFeature.getClient(randomUUID());
  told = [];
  attempts = { made: 0, failed: 0 };
});
afterEach(async () => {
  const closing = OpenFeature.clearProviders();
  await server.clock.advance(60_000);
  await closing;
  await server.end();
});

const since = (): number => server.clock.now() - START;

const counted: typeof fetch = async (url, init) => {
  if (!String(url).endsWith('/stream')) return fetch(url, init);
  attempts.made += 1;
  try {
    return await fetch(url, init);
  } catch (error) {
    attempts.failed += 1;
    throw error;
  }
};

async function provide(options: Partial<ConnectOptions> = {}): Promise<void> {
  for (const event of EVENTS)
    client.addHandler(event, (details) => {
      const changed = details !== undefined && 'flagsChanged' in details ? ` ${details.flagsChanged}` : '';
      told.push(`${since()} ${event.replace('PROVIDER_', '')}${changed}`);
    });
  const { url, clock } = server;
  const failSafe = { risky: { offWhenStaleMs: RISKY_MS } };
  const provider = new SluiceProvider({ url, token: 'secret', clock, random: () => 0, failSafe, fetch: counted, ...options });
  await OpenFeature.setProviderAndWait(client.metadata.domain ?? '', provider);
  provider.connection?.on('problem', () => {});
}

/** The network is away: nobody is reached, and what was open is cut. */
async function lose(): Promise<void> {
  await server.stop();
  await until(() => client.providerStatus !== ProviderStatus.READY, 'the loss');
}

/** Lets time pass and asks at every step. Each attempt comes to its end before time goes on: what the network takes is no matter of the clock. */
async function pass(ms: number): Promise<Answered[]> {
  const answered: Answered[] = [];
  const end = since() + ms;
  while (since() < end) {
    await server.clock.advance(STEP_MS);
    await until(
      () => client.providerStatus === ProviderStatus.READY || attempts.made - 1 === attempts.failed,
      'the end of an attempt',
    );
    const [safe, risky] = [await client.getBooleanDetails('safe', false), await client.getBooleanDetails('risky', false)];
    answered.push({ at: since(), status: client.providerStatus, safe, risky });
  }
  return answered;
}

describe('a provider whose network goes away', () => {
  // Tries are 2 s after the loss, as the server asked, then 4 s after that, then 8 s: without jitter, at 2, 6 and 14 s.
  it.each([
    { lossMs: 1_000, events: ['0 READY', '0 STALE', '2000 READY'], tries: 1 },
    {
      lossMs: 3_000,
      events: [
        '0 READY',
        '0 STALE',
        '2500 CONFIGURATION_CHANGED risky',
        '5000 ERROR',
        '6000 READY',
        '6000 CONFIGURATION_CHANGED risky',
      ],
      tries: 2,
    },
    {
      lossMs: 6_000,
      events: [
        '0 READY',
        '0 STALE',
        '2500 CONFIGURATION_CHANGED risky',
        '5000 ERROR',
        '14000 READY',
        '14000 CONFIGURATION_CHANGED risky',
      ],
      tries: 3,
    },
  ])(
    'for $lossMs ms: is STALE at once, an ERROR after 5 s, answers the last good values, and is READY with the next try',
    async ({ lossMs, events, tries }) => {
      await provide();
      await lose();
      expect([told, client.providerStatus]).toEqual([['0 READY', '0 STALE'], ProviderStatus.STALE]);
      const away = await pass(lossMs);
      await server.listen();
      const answered = [...away, ...(await pass(20_000))];
      expect(told).toEqual(events);
      // The first one was before the loss.
      expect(attempts.made - 1).toBe(tries);
      const backAt = Number.parseInt(events.findLast((event) => event.endsWith(' READY')) ?? '', 10);
      for (const { at, status, safe, risky } of answered) {
        const isBack = at >= backAt;
        expect(status, `${at}`).toBe(isBack ? ProviderStatus.READY : at < 5_000 ? ProviderStatus.STALE : ProviderStatus.ERROR);
        expect([safe.value, safe.errorCode, safe.flagMetadata.staleSince], `${at}`).toEqual([
          true,
          undefined,
          isBack ? undefined : START,
        ]);
        const isShut = !isBack && at >= RISKY_MS;
        expect([risky.value, risky.reason, risky.errorCode], `${at}`).toEqual([
          !isShut,
          isShut ? 'DISABLED' : 'STATIC',
          undefined,
        ]);
      }
    },
  );

  it('is an ERROR after a grace period of its own, and never within it', async () => {
    await provide({ graceMs: 15_000, failSafe: {} });
    await lose();
    await pass(6_000);
    await server.listen();
    await pass(20_000);
    expect(told).toEqual(['0 READY', '0 STALE', '14000 READY']);
  });

  it('tells in one event, after READY, of what changed meanwhile and of what is no longer too old', async () => {
    await provide();
    await lose();
    await pass(3_000);
    server.meetings = [snapshot(['safe', { status: 'disabled', revision: 2 }], ['risky'])];
    await server.listen();
    const last = (await pass(3_000)).at(-1);
    expect(told.slice(-2)).toEqual(['6000 READY', '6000 CONFIGURATION_CHANGED risky,safe']);
    expect([last?.safe.value, last?.risky.value]).toEqual([false, true]);
  });

  it('that swallows everything is given up by the clock, and tried again ever more slowly', async () => {
    await provide({ failSafe: {} });
    server.meetings = ['hang', 'hang', 'hang', resumed];
    server.cut();
    await until(() => client.providerStatus === ProviderStatus.STALE);
    const asked: number[] = [];
    while (asked.length < 4) {
      await server.clock.advance(STEP_MS);
      await until(() => server.places.length === attempts.made, 'the question at the server');
      while (asked.length < attempts.made - 1) asked.push(since());
    }
    await until(() => client.providerStatus === ProviderStatus.READY);
    // Each is given up after 10 s, and the next is 4, 8 and 16 s after that.
    expect(asked).toEqual([2_000, 16_000, 34_000, 60_000]);
    expect(told).toEqual(['0 READY', '0 STALE', '5000 ERROR', '60000 READY']);
  });
});
