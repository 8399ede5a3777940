/** Measures streams against a bare node:http server in one interleaved run. `--json` prints JSON. */
import { fork } from 'node:child_process';
import { loadavg } from 'node:os';
import { summary } from './stream-load.js';

const CLIENTS = 1_000;
const ROUNDS = 6;
const MESSAGES = 20;
const MESSAGE_BYTES = 2_000;
const KILLS = 30;
const STALLED = { clients: 100, count: 600, bytes: 9_900 };

const children = [];
/** A process of its own that answers commands. */
async function start(script, ...args) {
  const child = fork(new URL(script, import.meta.url), args, {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  children.push(child);
  const waiting = new Map();
  let id = 0;
  const { port } = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
  });
  child.on('message', (message) => waiting.get(message.id)?.resolve(message.answer));
  // Whoever waits for a process that is gone would wait for ever.
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`${script} ended with ${code}`));
  });
  const ask = (command, options = {}) =>
    new Promise((resolve, reject) => {
      id += 1;
      waiting.set(id, { resolve, reject });
      child.send({ id, command, ...options });
    });
  return { port, ask, end: () => child.send({ command: 'end' }) };
}

const pairOf = async (kind) => ({ server: await start('./stream-server.js', kind), load: await start('./stream-load.js') });

/** Delivery of one message to all, and what a connection costs. */
async function fanOut() {
  const kinds = ['bare', 'sluice'];
  const pairs = new Map();
  const results = {};
  for (const kind of kinds) {
    const pair = await pairOf(kind);
    const before = await pair.server.ask('memory');
    const connected = await pair.load.ask('connect', { port: pair.server.port, count: CLIENTS, mode: 'read' });
    const after = await pair.server.ask('memory');
    results[kind] = {
      connectMs: connected.ms,
      kbPerConnection: ((after.rssMb - before.rssMb) * 1000) / CLIENTS,
      latencies: [],
      cpuMs: 0,
    };
    pairs.set(kind, pair);
  }
  for (let round = -1; round < ROUNDS; round++) {
    for (const [kind, { server, load }] of pairs) {
      const before = await server.ask('cpu');
      const latencies = [];
      for (let message = 0; message < MESSAGES; message++) {
        const received = load.ask('received', { count: CLIENTS });
        await server.ask('send', { count: 1, bytes: MESSAGE_BYTES });
        latencies.push(...(await received));
      }
      if (round < 0) continue;
      results[kind].latencies.push(...latencies);
      results[kind].cpuMs += (await server.ask('cpu')).ms - before.ms;
    }
  }
  for (const { server, load } of pairs.values()) {
    server.end();
    load.end();
  }
  return Object.fromEntries(
    Object.entries(results).map(([kind, { latencies, cpuMs, ...rest }]) => [
      kind,
      { ...rest, ...summary(latencies), cpuUsPerDelivery: (cpuMs * 1000) / latencies.length },
    ]),
  );
}

/** A kill, asked for and accepted by the file store, until every client's evaluation says off. */
async function kills() {
  const { server, load } = await pairOf('sluice');
  await load.ask('connect', { port: server.port, count: CLIENTS, mode: 'sdk' });
  const [sinceAccepted, sinceAsked] = [[], []];
  for (let round = -3; round < KILLS; round++) {
    const { startedAt, acceptedAt } = await server.ask('kill');
    const seen = await load.ask('kills', { count: CLIENTS, since: startedAt });
    const acceptedMs = Number(BigInt(acceptedAt) - BigInt(startedAt)) / 1e6;
    if (round >= 0) {
      sinceAsked.push(...seen);
      sinceAccepted.push(...seen.map((ms) => ms - acceptedMs));
    }
    await server.ask('restore');
  }
  server.end();
  load.end();
  return { sinceAccepted: summary(sinceAccepted), sinceAsked: summary(sinceAsked) };
}

/** Readers that stop reading. What the same messages cost without them is taken off. */
async function stalled() {
  const results = {};
  for (const kind of ['naive', 'bare', 'sluice']) {
    const alone = await growthWith(kind, 0);
    const { rssMb, counts } = await growthWith(kind, STALLED.clients);
    results[kind] = { rssMb, aloneMb: alone.rssMb, kbPerReader: ((rssMb - alone.rssMb) * 1000) / STALLED.clients, counts };
  }
  return results;
}

async function growthWith(kind, count) {
  const { server, load } = await pairOf(kind);
  await load.ask('connect', { port: server.port, count, mode: 'stall' });
  const before = await server.ask('memory');
  await server.ask('send', { count: STALLED.count, bytes: STALLED.bytes });
  const after = await server.ask('memory');
  const counts = await server.ask('counts');
  server.end();
  load.end();
  return { rssMb: after.rssMb - before.rssMb, counts };
}

/** Everybody loses the connection and comes back at once: from nothing, and from where each was. */
async function storm() {
  const { server, load } = await pairOf('sluice');
  await server.ask('grow', { count: 1_000 });
  const cold = await load.ask('connect', { port: server.port, count: CLIENTS, mode: 'sdk' });
  const afterCold = await server.ask('rss');
  const [lastEventId] = await load.ask('places');
  await server.ask('drop');
  await load.ask('close');
  const resumed = await load.ask('connect', {
    port: server.port,
    count: CLIENTS,
    mode: 'read',
    lastEventId: String(lastEventId),
  });
  const counts = await server.ask('counts');
  const tenfold = await load.ask('connect', {
    port: server.port,
    count: 3 * CLIENTS,
    mode: 'read',
    lastEventId: String(lastEventId),
  });
  const after = await server.ask('counts');
  server.end();
  load.end();
  return { cold, rssMb: afterCold.rssMb, resumed, counts, more: tenfold, after };
}

const report = {
  node: process.version,
  loadAverage: loadavg()[0],
  fanOut: await fanOut(),
  kills: await kills(),
  stalled: await stalled(),
  storm: await storm(),
};
const ratio = report.fanOut.sluice.p99 / report.fanOut.bare.p99;
const figures = (value) =>
  JSON.stringify(value, (_, member) => (typeof member === 'number' ? Number(member.toPrecision(3)) : member));
if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
else {
  const rows = {
    'load average at the start': report.loadAverage,
    [`one message of 2 kB to ${CLIENTS} clients, bare`]: report.fanOut.bare,
    [`one message of 2 kB to ${CLIENTS} clients, sluice`]: report.fanOut.sluice,
    'p99 against bare': ratio,
    'kill accepted, until every evaluation says off': report.kills.sinceAccepted,
    'kill asked for, until every evaluation says off': report.kills.sinceAsked,
    ...Object.fromEntries(
      Object.entries(report.stalled).map(([kind, value]) => [`${STALLED.clients} stalled readers, ${kind}`, value]),
    ),
    [`storm of ${CLIENTS} with nothing, 1,002 flags each`]: { ...report.storm.cold, rssMb: report.storm.rssMb },
    [`storm of ${CLIENTS} that resume`]: report.storm.resumed,
    [`storm of ${3 * CLIENTS} on top`]: report.storm.more,
  };
  for (const [name, value] of Object.entries(rows)) process.stdout.write(`${name}: ${figures(value)}\n`);
}
for (const child of children) child.kill();
process.exit(0);
