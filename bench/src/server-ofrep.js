/** OFREP of the server process against node:http alone, under the same load in turns. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';
import { cpuUs } from './process-figures.js';
import { median } from './server-start.js';
import { admitted, startServer } from './sluice-server.js';

const FLAGS = 100;
const UNITS = 500;
const CONNECTIONS = 50;
const ROUNDS = 5;
const WARM_UP_S = 4;
const ROUND_S = 4;
const SCOPE = { project: 'default', environment: 'development' };
const ALL = '/ofrep/v1/evaluate/flags';
const keyOf = (index) => `flag-${index}`;

const bodyOf = (index) => JSON.stringify({ context: { targetingKey: `user-${index}@example.org`, plan: 'pro', country: 'DE' } });
const requestsOf = (pathOf, headers) =>
  Array.from({ length: UNITS }, (_, index) => ({ method: 'POST', path: pathOf(index), headers, body: bodyOf(index) }));
const ONE = (index) => `${ALL}/${keyOf(index % FLAGS)}`;
/**
 * As many as each takes, and as many a second for all: a server that lets its client wait wakes it with each answer, which its account is charged for.
 */
const WORKLOADS = {
  single: { pathOf: ONE },
  'single, 5,000 a second': { pathOf: ONE, overallRate: 5_000 },
  bulk: { pathOf: () => ALL },
};

async function startSluice() {
  const server = await startServer();
  const { client, sdkSecret } = await admitted(server, SCOPE);
  for (let index = 0; index < FLAGS; index++)
    await client.flags.set({ ...SCOPE, key: keyOf(index), settings: { enabled: true, rolloutPercentage: 50 }, reason: 'bench' });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${sdkSecret}` };
  const asked = async (path) => (await fetch(`${server.url}${path}`, { method: 'POST', headers, body: bodyOf(0) })).json();
  return { ...server, headers, one: await asked(`${ALL}/${keyOf(0)}`), all: await asked(ALL) };
}

/** Answers of the same shape and length as the server's. */
async function startBare(kind, { one, all }) {
  const child = fork(new URL('./bare-server.js', import.meta.url), [kind]);
  const [{ port }] = await once(child, 'message');
  const flags = all.flags.map(({ key, metadata }, seed) => ({ key, share: 50_000, seed, version: metadata.version }));
  child.send({ flags, eventStreams: all.eventStreams, one: JSON.stringify(one), all: JSON.stringify(all) });
  await once(child, 'message');
  const url = `http://127.0.0.1:${port}`;
  const headers = { 'content-type': 'application/json' };
  const answer = await (await fetch(`${url}${ALL}`, { method: 'POST', headers, body: bodyOf(0) })).text();
  const difference = Math.abs(answer.length - JSON.stringify(all).length);
  if (difference > 2 * FLAGS) throw new Error(`the ${kind} server answers ${difference} bytes more or less`);
  return { url, pid: child.pid, headers, end: () => child.kill() };
}

async function round({ url, pid, headers }, { pathOf, ...pace }, duration) {
  const before = cpuUs(pid);
  const seen = await autocannon({ url, connections: CONNECTIONS, duration, ...pace, requests: requestsOf(pathOf, headers) });
  if (seen.errors > 0 || seen.non2xx > 0) throw new Error(`${seen.errors} errors, ${seen.non2xx} other answers from ${url}`);
  const { p50, p90, p99, max } = seen.latency;
  return { cpuUs: (cpuUs(pid) - before) / seen.requests.total, perSecond: seen.requests.average, p50, p90, p99, max };
}

const medians = (rounds) =>
  Object.fromEntries(Object.keys(rounds[0]).map((name) => [name, median(rounds.map((figures) => figures[name]))]));

/** By workload and server: the medians of the rounds. */
export async function measureOfrep() {
  const sluice = await startSluice();
  const servers = { replay: await startBare('replay', sluice), 'bare node:http': await startBare('ofrep', sluice), sluice };
  const results = {};
  for (const [name, workload] of Object.entries(WORKLOADS)) {
    const rounds = Object.fromEntries(Object.keys(servers).map((server) => [server, []]));
    for (const server of Object.values(servers)) await round(server, workload, WARM_UP_S);
    for (let index = 0; index < ROUNDS; index++)
      for (const [key, server] of Object.entries(servers)) rounds[key].push(await round(server, workload, ROUND_S));
    results[name] = Object.fromEntries(Object.entries(rounds).map(([key, all]) => [key, medians(all)]));
  }
  for (const { end } of Object.values(servers)) end();
  return results;
}
