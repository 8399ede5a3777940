/** Two servers on one SQLite file: both serve and write, hear of one another, and share out what is to be driven. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from '@sluice/client';
import SqliteFile from 'better-sqlite3';
import { expect, it, onTestFinished, vi } from 'vitest';
import {
  admitted,
  clientOf,
  evaluated,
  freePort,
  ME,
  SCOPE,
  type ServerProcess,
  spawnServer,
  wholeHistory,
} from './server-process.testing.ts';
import { Follower } from './stream-follower.testing.ts';

const WRITES = 20;
const LEASE_MS = 500;
const STAGES = [20, 40, 60, 80, 100];

interface Place extends ServerProcess {
  readonly dataFolder: string;
}

/** Freezes it at an instant at which it has not the database to itself: there is nobody who could take it from a process that sleeps. */
async function frozen({ child, dataFolder }: Place): Promise<void> {
  const database = new SqliteFile(join(dataFolder, 'sluice.db'), { timeout: 0 });
  for (;;) {
    child.kill('SIGSTOP');
    try {
      await vi.waitFor(() => database.exec('begin immediate; rollback'), { timeout: 500, interval: 5 });
      database.close();
      return;
    } catch {
      child.kill('SIGCONT');
      await wait(5);
    }
  }
}

async function two(): Promise<[Place, Place]> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'sluice-'));
  const ports = [await freePort(), await freePort()];
  const begin = (port = 0): Place => ({ ...spawnServer({ dataFolder, port, leaseMs: LEASE_MS }), dataFolder });
  const servers: [Place, Place] = [begin(ports[0]), begin(ports[1])];
  onTestFinished(async () => {
    await Promise.all(servers.map((server) => server.end('SIGKILL')));
    await rm(dataFolder, { recursive: true });
  });
  await Promise.all(servers.map((server) => server.ready()));
  return servers;
}

/** Logs in here and asks there who that is. */
async function knownAt(here: ServerProcess, there: ServerProcess): Promise<string> {
  let cookie = '';
  const browser: typeof fetch = async (to, init) => {
    const answer = await fetch(to, { ...init, headers: { ...init?.headers, cookie, 'sec-fetch-site': 'same-origin' } });
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return answer;
  };
  await createClient({ url: here.url, fetch: browser }).session.login(ME);
  return (await createClient({ url: there.url, fetch: browser }).access.me({})).actor;
}

it('begin together on a new folder, and what one of them keeps or knows the other does, too', async () => {
  const [here, there] = await two();
  const { secret, sdkSecret } = await admitted(here);
  const follower = new Follower(sdkSecret);
  onTestFinished(() => follower.close());
  const [near, far] = [clientOf(here, secret), clientOf(there, secret, 5)];
  await near.flags.set({ ...SCOPE, key: 'shared', settings: { description: 'new' }, reason: 'made' });
  // A token that the other has not heard of yet is not known there.
  while ((await evaluated(there.url, sdkSecret, 'shared', 'ann')).status !== 200) await wait(5);
  await follower.connect(there.url);
  expect(await knownAt(here, there)).toContain(ME.email);
  const write = (client: typeof near, name: string) => async (_: unknown, index: number) => {
    const reason = `${name} ${index}`;
    await client.flags.set({ ...SCOPE, key: 'shared', settings: { description: reason }, reason });
    return reason;
  };
  const reasons = await Promise.all([
    ...Array.from({ length: WRITES }, write(near, 'near')),
    ...Array.from({ length: WRITES }, write(far, 'far')),
  ]);
  const events = await wholeHistory(near);
  expect(
    events
      .map(({ reason }) => reason)
      .filter((reason) => / \d+$/.test(reason))
      .sort(),
  ).toEqual([...reasons].sort());
  await follower.until(({ seq }) => seq >= (events.at(-1)?.seq ?? 0));
  expect(follower.snapshot?.flags.find(({ key }) => key === 'shared')?.description).toBe(events.at(-1)?.reason);
  expect(await wholeHistory(far)).toEqual(events);
});

it('drive a rollout on, stage by stage and each once, when the one that drove it is frozen, and then is gone', async () => {
  const [here, there] = await two();
  const { secret, sdkSecret } = await admitted(here);
  const near = clientOf(here, secret);
  await near.flags.set({ ...SCOPE, key: 'f', settings: { enabled: true, rolloutPercentage: 0 }, reason: 'made' });
  const settings = { strategy: 'percentage', stages: STAGES, bakeMs: 700, tickMs: 50, unvalidated: true } as const;
  await near.rollouts.start({ ...SCOPE, flag: 'f', settings, reason: 'rolled out' });
  const follower = new Follower(sdkSecret);
  onTestFinished(() => follower.close());
  while ((await evaluated(there.url, sdkSecret, 'f', 'ann')).status !== 200) await wait(5);
  await follower.connect(there.url);
  const reached = (stage: number): Promise<void> =>
    follower.until(({ flags }) => flags.some(({ key, share }) => key === 'f' && share >= (STAGES[stage] ?? 0) * 1000));
  await frozen(here);
  await reached(2);
  here.child.kill('SIGCONT');
  await reached(3);
  expect(await here.end('SIGKILL')).toBe('SIGKILL');
  await reached(4);
  const far = clientOf(there, secret);
  while ((await far.rollouts.status({ ...SCOPE, flag: 'f' })).endedAt === null) await wait(20);
  const opened = (await wholeHistory(far)).filter(({ type }) => type === 'rollout.advanced' || type === 'rollout.finalizing');
  expect(opened.map(({ detail }) => detail.stage)).toEqual([0, 1, 2, 3, 4]);
});
