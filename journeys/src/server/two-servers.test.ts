/** What one server accepts, as it is seen by those who are connected to another on the same PostgreSQL. */

import type { SluiceClient } from '@sluice/client';
import { type PostgresServer, startPostgres } from '@sluice/conformance/postgres';
import type { OfrepEventStream } from '@sluice/protocol';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { Replicas } from './replicas.testing.ts';
import {
  type Admission,
  admitted,
  clientOf,
  evaluated,
  SCOPE,
  type ServerProcess,
  seeded,
  wholeHistory,
} from './server-process.testing.ts';
import { Follower, StreamReader } from './stream-follower.testing.ts';

const WRITES = process.env.SLUICE_SOAK === '1' ? 1_000 : 60;

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

interface Two extends Admission {
  readonly databaseUrl: string;
  readonly here: ServerProcess;
  readonly there: ServerProcess;
  readonly client: SluiceClient;
}

async function two(): Promise<Two> {
  const databaseUrl = await postgres.database();
  const replicas = new Replicas({ databaseUrl });
  const here = await replicas.add();
  await here.ready();
  const admission = await admitted(here);
  const there = await replicas.add();
  await there.ready();
  return { ...admission, databaseUrl, here, there, client: clientOf(here, admission.secret) };
}

const set = (client: SluiceClient, key: string, settings: object, reason: string) =>
  client.flags.set({ ...SCOPE, key, settings, reason });
const isOn = (snapshot: { readonly flags: readonly { readonly key: string; readonly status: string }[] }): boolean =>
  snapshot.flags.some(({ key, status }) => key === 'shown' && status !== 'disabled');

/** Where a client of this server hears that it has to ask again. */
async function refetchStream({ url }: ServerProcess, sdkSecret: string): Promise<string> {
  const answer = await fetch(`${url}/ofrep/v1/evaluate/flags`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${sdkSecret}` },
    body: JSON.stringify({ context: { targetingKey: 'ann' } }),
  });
  const { eventStreams } = (await answer.json()) as { readonly eventStreams: readonly OfrepEventStream[] };
  return `${url}${eventStreams[0]?.endpoint?.requestUri ?? ''}`;
}

it('a kill is seen by the streams and the answers of a server that was not asked for it', async () => {
  const { here, there, client, sdkSecret } = await two();
  await set(client, 'shown', { enabled: true, rolloutPercentage: 1 }, 'made');
  await client.rollouts.start({ ...SCOPE, flag: 'shown', settings: FAST, reason: 'rolled out' });
  const follower = new Follower(sdkSecret);
  onTestFinished(() => follower.close());
  await follower.connect(there.url);
  await follower.until((snapshot) =>
    snapshot.flags.some(({ key, share, status }) => key === 'shown' && status !== 'disabled' && share === 100_000),
  );
  expect(await evaluated(there.url, sdkSecret, 'shown', 'ann')).toMatchObject({ status: 200, value: true });

  let told: () => void = () => {};
  const asksAgain = new Promise<void>((resolve) => {
    told = resolve;
  });
  let isKilled = false;
  const refetches = new StreamReader((part) => part.kind === 'event' && isKilled && told());
  onTestFinished(() => refetches.close());
  await refetches.open(await refetchStream(there, sdkSecret), {});
  isKilled = true;
  await client.flags.kill({ ...SCOPE, key: 'shown', reason: 'it does harm' });
  await Promise.all([follower.until((snapshot) => !isOn(snapshot)), asksAgain]);
  expect(await evaluated(there.url, sdkSecret, 'shown', 'ann')).toMatchObject({ status: 200, value: false });
  expect(await evaluated(here.url, sdkSecret, 'shown', 'ann')).toMatchObject({ status: 200, value: false });
});

const FAST = { strategy: 'percentage', stages: [100], bakeMs: 1, tickMs: 50, unvalidated: true } as const;

/** Transactions take their place in the log, and then a while of their own until they are kept. */
async function slowTransactions(databaseUrl: string): Promise<void> {
  const admin = new pg.Client({ connectionString: databaseUrl });
  await admin.connect();
  await admin.query(`create function dawdle() returns trigger language plpgsql as $$
    begin perform pg_sleep(random() * 0.03); return new; end $$`);
  await admin.query('create trigger dawdle after insert on sluice_events for each row execute function dawdle()');
  await admin.end();
}

it(
  `of ${WRITES} slow changes over both at once, nobody who follows either of them, or first one and then the other, misses any`,
  async () => {
    const { databaseUrl, here, there, client, secret, sdkSecret } = await two();
    const keys = ['a', 'b', 'c', 'd'];
    for (const key of keys) await set(client, key, { description: 'new' }, 'made');
    await slowTransactions(databaseUrl);
    // Who began before the other server had heard of the last flag would rightly be told that it was made.
    await expect.poll(async () => (await evaluated(there.url, sdkSecret, 'd', 'ann')).status).toBe(200);
    const [steady, restless] = [new Follower(sdkSecret), new Follower(sdkSecret)];
    const other = new Follower(sdkSecret);
    onTestFinished(async () => void (await Promise.all([steady, restless, other].map((follower) => follower.close()))));
    await steady.connect(here.url);
    await other.connect(there.url);
    await restless.connect(there.url);
    await Promise.all([steady, other, restless].map((follower) => follower.until(() => true)));

    const random = seeded(20261126);
    let left = WRITES;
    const write = async (to: ServerProcess, key: string): Promise<void> => {
      const writer = clientOf(to, secret, 5);
      while (left > 0) {
        left -= 1;
        const description = `${key} ${left}`;
        await set(writer, key, { description }, description);
        if (random() < 0.3) await restless.connect(random() < 0.5 ? here.url : there.url);
      }
    };
    await Promise.all(
      keys.flatMap((key, index) => [write(index % 2 === 0 ? here : there, key), write(index % 2 === 0 ? there : here, key)]),
    );

    const events = await wholeHistory(client);
    const last = events.at(-1)?.seq ?? 0;
    const written = events.filter(({ reason }) => /^[abcd] \d+$/.test(reason));
    expect(written).toHaveLength(WRITES);
    for (const follower of [steady, other, restless]) {
      await follower.reaches(last, 60_000);
      expect(follower.snapshots).toBe(1);
      for (const key of keys) {
        const revisions = written.filter((event) => event.key === key).map(({ record }) => record.revision);
        expect([...new Set(follower.heard.get(key))], key).toEqual(revisions);
        const kept = follower.snapshot?.flags.find((flag) => flag.key === key);
        expect(kept?.revision).toBe(revisions.at(-1));
      }
    }
  },
  WRITES * 2_000,
);
