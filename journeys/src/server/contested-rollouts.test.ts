/** Replicas on one PostgreSQL that are frozen past their leases, and killed, while they drive many rollouts. */
import { setTimeout as wait } from 'node:timers/promises';
import { type PostgresServer, startPostgres } from '@sluice/conformance/postgres';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { Replicas } from './replicas.testing.ts';
import { admitted, clientOf, SCOPE, seeded, wholeHistory } from './server-process.testing.ts';

const IS_SOAK = process.env.SLUICE_SOAK === '1';
const ROLLOUTS = IS_SOAK ? 25 : 4;
const STAGES = IS_SOAK ? 40 : 5;
const LEASE_MS = 800;
const BAKE_MS = 600;
const PERCENTAGES = Array.from({ length: STAGES }, (_, stage) => ((stage + 1) * 100) / STAGES);
const FLAGS = Array.from({ length: ROLLOUTS }, (_, index) => `flag_${index}`);

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

interface Trouble {
  frozen: number;
  killed: number;
  /** Rollouts that another replica took while their holder was frozen, or when it was gone. */
  takenOver: number;
}

/** Who holds the lease of each rollout. */
async function holders(database: pg.Client): Promise<ReadonlyMap<string, string>> {
  const { rows } = await database.query<{ name: string; holder: string }>(
    "select name, holder from sluice_leases where name like 'rollout/%'",
  );
  return new Map(rows.map(({ name, holder }) => [name, holder]));
}

async function underWay(database: pg.Client): Promise<number> {
  const { rows } = await database.query("select 1 from sluice_records where kind = 'rollout' and due_at is not null");
  return rows.length;
}

/** Freezes and kills until no rollout is under way. The first holder of all is frozen first. */
async function makeTrouble(replicas: Replicas, database: pg.Client, random: () => number): Promise<Trouble> {
  const trouble: Trouble = { frozen: 0, killed: 0, takenOver: 0 };
  for (let victim = 0; (await underWay(database)) > 0; victim = Math.floor(random() * replicas.servers.length)) {
    const before = await holders(database);
    const server = replicas.servers[victim];
    if (trouble.frozen > 0 && random() < 0.4) {
      await server?.end('SIGKILL');
      trouble.killed += 1;
      await wait(LEASE_MS * (1 + random()));
      replicas.begin(victim);
    } else {
      server?.child.kill('SIGSTOP');
      trouble.frozen += 1;
      await wait(LEASE_MS * (1.2 + random()));
      server?.child.kill('SIGCONT');
    }
    for (const [name, holder] of await holders(database))
      if (before.has(name) && before.get(name) !== holder) trouble.takenOver += 1;
    await wait(random() * LEASE_MS);
  }
  return trouble;
}

type History = Awaited<ReturnType<typeof wholeHistory>>;

/** Each stage once and in order, in the log of the rollout and in that of the share that it moved. */
function judge(events: History, flag: string): void {
  const own = events.filter(({ key, kind }) => key === flag && kind === 'rollout');
  const opened = own.filter(({ type }) => type === 'rollout.advanced' || type === 'rollout.finalizing');
  expect(
    opened.map(({ detail }) => detail.stage),
    flag,
  ).toEqual(PERCENTAGES.map((_, stage) => stage));
  expect(own.map(({ type }) => type).filter((type) => type !== 'rollout.advanced')).toEqual([
    'rollout.started',
    'rollout.finalizing',
    'rollout.completed',
  ]);
  const revisions = own.map(({ record }) => record.revision);
  expect(revisions, flag).toEqual([...new Set(revisions)].sort((a, b) => a - b));
  const shares = events.flatMap(({ key, type, record }) =>
    key === flag && type === 'flag.updated' ? [(record as { readonly share?: number }).share] : [],
  );
  expect([...new Set(shares)], flag).toEqual([0, ...PERCENTAGES.map((percentage) => percentage * 1000)]);
}

it.each([2, 4])(
  `of %i replicas exactly one opens each of ${ROLLOUTS * STAGES} stages, whichever is frozen or killed`,
  async (count) => {
    const databaseUrl = await postgres.database();
    const database = new pg.Client({ connectionString: databaseUrl });
    await database.connect();
    const replicas = new Replicas({ databaseUrl, leaseMs: LEASE_MS });
    onTestFinished(() => database.end());
    const first = await replicas.add();
    await first.ready();
    const { secret } = await admitted(first);
    // Four servers that start at once leave a busy machine little for the first requests.
    const client = clientOf(first, secret, 5);
    for (const key of FLAGS)
      await client.flags.set({ ...SCOPE, key, settings: { enabled: true, rolloutPercentage: 0 }, reason: 'made' });
    for (let more = 1; more < count; more++) await replicas.add();
    await Promise.all(replicas.servers.map((server) => server.ready()));
    const settings = { strategy: 'percentage', stages: PERCENTAGES, bakeMs: BAKE_MS, tickMs: 50, unvalidated: true } as const;
    await Promise.all(FLAGS.map((flag) => client.rollouts.start({ ...SCOPE, flag, settings, reason: 'rolled out' })));
    const startedAt = performance.now();
    const trouble = await makeTrouble(replicas, database, seeded(20261126 + count));
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const events = await wholeHistory(await ready(replicas, secret));
    for (const flag of FLAGS) judge(events, flag);
    console.info(`${count} replicas, ${ROLLOUTS * STAGES} stages in ${seconds} s: ${JSON.stringify(trouble)}`);
    expect(trouble.takenOver).toBeGreaterThan(0);
  },
  IS_SOAK ? 1_800_000 : 120_000,
);

async function ready(replicas: Replicas, secret: string) {
  const [server] = replicas.servers;
  if (server === undefined) throw new Error('there is no replica');
  await server.ready();
  return clientOf(server, secret);
}
