/** Server processes on one PostgreSQL, of which one is frozen at the worst instant: when it has decided, and when it keeps all others from committing. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SluiceClient } from '@sluice/client';
import { type PostgresServer, startPostgres } from '@sluice/conformance/postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { DatabaseLine } from './database-line.testing.ts';
import { Replicas } from './replicas.testing.ts';
import { admitted, clientOf, SCOPE, type ServerProcess, wholeHistory } from './server-process.testing.ts';

const LEASE_MS = 1_000;
const patience = { timeout: 60_000, interval: 25 };

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** A validator's service, which answers when the test says. */
async function validatorService() {
  const waiting: ServerResponse[] = [];
  const server = createServer((request, response) => {
    request.resume();
    waiting.push(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const endpoint = { url: `http://127.0.0.1:${port}/check`, secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` };
  return {
    variables: { SLUICE_VALIDATORS: JSON.stringify({ check: endpoint }), SLUICE_ALLOW_OUTBOUND: `127.0.0.1:${port}` },
    asked: () => vi.waitFor(() => expect(waiting.length).toBeGreaterThan(0), patience),
    answer: (ok: boolean) => {
      for (const response of waiting.splice(0)) {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ ok }));
      }
    },
  };
}

/** As the program has it: only its white space is taken out. Were it not found, the test of what happens without it would fail. */
const FENCE = 'new LeaseBook(leases).check(fence)';
const PATCH = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const read = fs.readFileSync;
fs.readFileSync = (path, ...options) => {
  const text = read(path, ...options);
  return String(path).endsWith('.cjs') ? text.replace(${JSON.stringify(FENCE)}, 'null') : text;
};
syncBuiltinESMExports();
`;

/** Variables under which a server's process loads the store without its check of the fence; all else is what is built. */
async function withoutFence(): Promise<Readonly<Record<string, string>>> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'without-fence.mjs');
  await writeFile(file, PATCH);
  return { NODE_OPTIONS: `--import ${pathToFileURL(file).href}` };
}

interface Two {
  readonly line: DatabaseLine;
  /** Behind the line. */
  readonly sleeper: ServerProcess;
  readonly other: ServerProcess;
  readonly sleepersClient: SluiceClient;
  readonly client: SluiceClient;
  /** Who has the lease of the one rollout. */
  holder(): Promise<string | undefined>;
}

async function two(variables: Readonly<Record<string, string>> = {}): Promise<Two> {
  const databaseUrl = await postgres.database();
  const line = await DatabaseLine.to(databaseUrl);
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  const leases = "select holder from sluice_leases where name like 'rollout/%'";
  const holder = async () => (await database.query<{ holder: string }>(leases)).rows[0]?.holder;
  const [behind, direct] = [line.url, databaseUrl].map(
    (url) => new Replicas({ databaseUrl: url, leaseMs: LEASE_MS, variables }),
  ) as [Replicas, Replicas];
  onTestFinished(async () => void (await Promise.all([line.close(), database.end()])));
  const sleeper = await behind.add();
  await sleeper.ready();
  const { secret } = await admitted(sleeper);
  const other = await direct.add();
  await other.ready();
  return { line, sleeper, other, sleepersClient: clientOf(sleeper, secret), client: clientOf(other, secret), holder };
}

const rolloutEvents = async (client: SluiceClient): Promise<string[]> =>
  (await wholeHistory(client)).filter(({ kind }) => kind === 'rollout').map(({ type }) => type);

/** What the log says when the sleeper has woken, and what when the present holder's own validator has found harm. */
async function afterSleep(variables: Readonly<Record<string, string>>) {
  const validator = await validatorService();
  const { line, sleeper, other, sleepersClient, client, holder } = await two({ ...variables, ...validator.variables });
  other.child.kill('SIGSTOP');
  const key = 'f';
  await sleepersClient.flags.set({ ...SCOPE, key, settings: { enabled: true, rolloutPercentage: 0 }, reason: 'made' });
  const settings = { strategy: 'percentage', stages: [10, 100], bakeMs: 500, tickMs: 50, validatorName: 'check' } as const;
  await sleepersClient.rollouts.start({ ...SCOPE, flag: key, settings, reason: 'rolled out' });
  await validator.asked();
  const asleep = line.stopAt('decided', () => sleeper.child.kill('SIGSTOP'));
  validator.answer(true);
  await asleep;
  const before = await holder();

  other.child.kill('SIGCONT');
  await vi.waitFor(async () => expect(await holder()).not.toEqual(before), patience);
  line.goOn();
  sleeper.child.kill('SIGCONT');
  await line.transactionEnded;
  const whenAwake = await rolloutEvents(client);
  const whenHarmIsFound = async (): Promise<string[]> => {
    await vi.waitFor(async () => {
      validator.answer(false);
      expect(await rolloutEvents(client)).toContain('rollout.rolledBack');
    }, patience);
    return rolloutEvents(client);
  };
  return { whenAwake, whenHarmIsFound };
}

describe('a server that decided, was frozen past its lease, and wakes', () => {
  it('writes nothing: what the present holder finds is what counts', async () => {
    const { whenAwake, whenHarmIsFound } = await afterSleep({});
    expect(whenAwake).toEqual(['rollout.started', 'rollout.advanced']);
    expect(await whenHarmIsFound()).toEqual([...whenAwake, 'rollout.rolledBack']);
  });

  it('is kept out by nothing else than the fence: without its check the last stage opens while the holder still asks', async () => {
    const { whenAwake } = await afterSleep(await withoutFence());
    expect(whenAwake).toEqual(['rollout.started', 'rollout.advanced', 'rollout.finalizing']);
  });
});

describe('a server that is frozen while it keeps all others from committing', () => {
  it('keeps them waiting for some seconds and fails none of them; its own change is not kept', async () => {
    const { line, sleeper, sleepersClient, client } = await two();
    const set = (by: SluiceClient, key: string) => by.flags.set({ ...SCOPE, key, settings: { description: key }, reason: key });
    await set(client, 'before');
    const asleep = line.stopAt('locked', () => sleeper.child.kill('SIGSTOP'));
    const lost = set(sleepersClient, 'lost').then(
      () => 'kept',
      (error: { readonly code?: string }) => error.code,
    );
    await asleep;
    const askedAt = performance.now();
    const answers = await Promise.allSettled(['a', 'b', 'c'].map((key) => set(client, key)));
    const waitedMs = Math.round(performance.now() - askedAt);
    line.goOn();
    sleeper.child.kill('SIGCONT');
    console.info(
      `others waited ${waitedMs} ms for a server that was frozen in the middle of a commit: ${answers.map(({ status }) => status)}`,
    );
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    // Not as long as a statement may take: they wait for a lock, which a server that sleeps is not left with.
    expect(waitedMs).toBeLessThan(10_000);
    expect(await lost).toBe('unavailable');
    expect(
      (await wholeHistory(client))
        .map(({ reason }) => reason)
        .filter((reason) => reason !== '')
        .sort(),
    ).toEqual(['a', 'b', 'before', 'c']);
    await vi.waitFor(() => set(sleepersClient, 'after'), patience);
  });
});
