/**
 * Measures how soon a kill that one server accepts is seen by SDKs that stream from another on the same PostgreSQL, both as real
 * processes. `--json` prints JSON.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { startPostgres } from '../../conformance/dist/postgres-server.js';
import { admitted, startServer } from './sluice-server.js';
import { summary } from './stream-load.js';

const CLIENTS = [1, 100, 1_000];
const KILLS = 40;
const SCOPE = { project: 'default', environment: 'production' };
const now = () => process.hrtime.bigint();
const ends = [];

async function startReplica(databaseUrl) {
  const server = await startServer({
    SLUICE_SESSION_KEY: 'the same key in every replica of a bench',
    DATABASE_URL: databaseUrl,
  });
  ends.push(server.end);
  return server;
}

async function startLoad() {
  const child = fork(new URL('./stream-load.js', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  ends.push(() => child.kill());
  await once(child, 'message');
  const waiting = new Map();
  let id = 0;
  child.on('message', (message) => waiting.get(message.id)?.(message.answer));
  return (command, options = {}) =>
    new Promise((resolve) => {
      id += 1;
      waiting.set(id, resolve);
      child.send({ id, command, ...options });
    });
}

/** A kill is undone at 0 % and by hand, as in a protected environment; SDKs ask for a unit that is named. */
async function killsSeen(client, ask, count) {
  const [sinceAccepted, sinceAsked] = [[], []];
  for (let round = -3; round < KILLS; round++) {
    const startedAt = now();
    await client.flags.kill({ ...SCOPE, key: 'killed', reason: 'bench' });
    const acceptedMs = Number(now() - startedAt) / 1e6;
    const seen = await ask('kills', { count, since: String(startedAt) });
    if (round >= 0) {
      sinceAsked.push(...seen);
      sinceAccepted.push(...seen.map((ms) => ms - acceptedMs));
    }
    const undone = ask('restores', { count });
    await client.flags.unkill({ ...SCOPE, key: 'killed', reason: 'bench' });
    await undone;
  }
  return { sinceAccepted: summary(sinceAccepted), sinceAsked: summary(sinceAsked) };
}

const postgres = await startPostgres();
const report = { node: process.version, loadAverage: loadavg()[0], kills: {} };
try {
  const databaseUrl = await postgres.database();
  const here = await startReplica(databaseUrl);
  const { client, sdkSecret } = await admitted(here, SCOPE);
  const there = await startReplica(databaseUrl);
  const settings = { enabled: true, rolloutPercentage: 0, enabledUsers: ['u'] };
  await client.flags.set({ ...SCOPE, key: 'killed', settings, reason: 'bench' });
  for (const [where, { port }] of Object.entries({ 'the same server': here, 'the other server': there })) {
    for (const count of CLIENTS) {
      const ask = await startLoad();
      await ask('connect', { port, count, mode: 'sdk', path: '/api/v1/stream', token: sdkSecret });
      report.kills[`${count} SDKs of ${where}`] = await killsSeen(client, ask, count);
      await ask('close');
    }
  }
} finally {
  for (const end of ends) end();
  await postgres.stop();
}
const figures = (value) =>
  JSON.stringify(value, (_, member) => (typeof member === 'number' ? Number(member.toPrecision(3)) : member));
if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
else {
  process.stdout.write(`load average at the start: ${report.loadAverage}\n`);
  for (const [name, value] of Object.entries(report.kills)) process.stdout.write(`a kill, seen by ${name}: ${figures(value)}\n`);
}
process.exit(0);
