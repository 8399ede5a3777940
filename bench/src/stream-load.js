/** Clients of a stream, many in one process. Times are of the monotonic clock, which the processes of one machine share. */
import { request } from 'node:http';
import { applyDelta, compileFlag, evaluateCompiled } from '../../packages/core/dist/index.js';
import { EventStreamDecoder, messageOfPart } from '../../packages/protocol/dist/index.js';

const now = () => process.hrtime.bigint();
let clients = [];
let latenciesMs = [];
let killsSeen = [];
let restoresSeen = 0;
let refused = 0;
let wake = () => {};

/** Finds the time that a message carries. */
function noteStamps(client, chunk) {
  const at = now();
  const text = chunk.toString('latin1');
  if (text.includes('event: snapshot')) client.snapshots += 1;
  for (const [, stamp] of text.matchAll(/@(\d+)@/g)) latenciesMs.push(Number(at - BigInt(stamp)) / 1e6);
}

/** What an SDK does: keeps the definitions current and asks the flag after each change. */
function sdkReader(client) {
  const decoder = new EventStreamDecoder();
  let snapshot = null;
  let wasOn = true;
  return (chunk) => {
    for (const part of decoder.push(chunk)) {
      const message = messageOfPart(part);
      if (message?.type === 'snapshot') snapshot = message.snapshot;
      else if (message?.type === 'delta') snapshot = applyDelta(snapshot, message.delta);
      else continue;
      client.seq = snapshot.seq;
      const flag = snapshot.flags.find(({ key }) => key === 'killed');
      const isOn = evaluateCompiled(compileFlag(flag), { userId: 'u' }).value === true;
      if (wasOn && !isOn) killsSeen.push(now());
      if (!wasOn && isOn) restoresSeen += 1;
      wasOn = isOn;
    }
  };
}

function connectOne({ port, mode, lastEventId, path = '/', token }) {
  return new Promise((resolve) => {
    const headers = {
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const asked = request({ port, host: '127.0.0.1', path, headers, agent: false }, (response) => {
      const client = { response, snapshots: 0, seq: 0 };
      if (response.statusCode !== 200) {
        refused += 1;
        response.resume();
        return resolve(null);
      }
      clients.push(client);
      response.on('error', () => {});
      if (mode === 'stall') return resolve(client);
      const read = mode === 'sdk' ? sdkReader(client) : (chunk) => noteStamps(client, chunk);
      response.on('data', (chunk) => {
        read(chunk);
        resolve(client);
        wake();
      });
    });
    asked.on('error', (error) => {
      process.stderr.write(`${error}\n`);
      resolve(null);
    });
    asked.end();
  });
}

async function until(isSo) {
  while (!isSo())
    await new Promise((resolve) => {
      wake = resolve;
    });
}

const sorted = (values) => [...values].sort((a, b) => a - b);
const quantile = (values, part) => sorted(values)[Math.min(values.length - 1, Math.floor(part * values.length))];
const summary = (values) => ({
  count: values.length,
  p50: quantile(values, 0.5),
  p99: quantile(values, 0.99),
  max: quantile(values, 1),
});

const commands = {
  connect: async ({ count, ...options }) => {
    const startedAt = now();
    clients = [];
    refused = 0;
    await Promise.all(Array.from({ length: count }, () => connectOne(options)));
    return { ms: Number(now() - startedAt) / 1e6, refused, open: clients.length };
  },
  received: async ({ count }) => {
    await until(() => latenciesMs.length >= count);
    const taken = latenciesMs;
    latenciesMs = [];
    return taken;
  },
  kills: async ({ count, since }) => {
    await until(() => killsSeen.length >= count);
    const taken = killsSeen.map((at) => Number(at - BigInt(since)) / 1e6);
    killsSeen = [];
    return taken;
  },
  restores: async ({ count }) => {
    await until(() => restoresSeen >= count);
    restoresSeen -= count;
  },
  places: () => clients.map(({ seq }) => seq),
  close: () => {
    for (const { response } of clients) response.destroy();
    clients = [];
    latenciesMs = [];
  },
};

export { summary };

if (process.send !== undefined) {
  process.on('message', async ({ id, command, ...options }) => {
    if (command === 'end') process.exit(0);
    process.send({ id, answer: (await commands[command](options)) ?? null });
  });
  process.send({ port: null });
}
