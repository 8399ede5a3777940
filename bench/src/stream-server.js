/**
 * A server of streams for the measurements: `bare` is node:http alone, which writes one buffer to whoever is connected; `naive` makes
 * each client's text anew, as most do; `sluice` is ours.
 */
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FeatureFlagManager, fileStore, systemClock } from '../../packages/engine/dist/index.js';
import { StreamHub } from '../../packages/server/dist/index.js';

const kind = process.argv[2];
const scope = { project: 'default', environment: 'production' };
const now = () => process.hrtime.bigint();
const padding = (bytes) => 'x'.repeat(bytes);

function bareServer(isNaive) {
  const clients = new Set();
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 3000\n\n');
    clients.add(response);
    response.on('close', () => clients.delete(response)).on('error', () => {});
  });
  const send = (bytes) => {
    const at = now();
    const text = () => `id: 1\nevent: delta\ndata: ${JSON.stringify({ at: `@${at}@`, text: padding(bytes) })}\n\n`;
    const frame = Buffer.from(text());
    for (const client of clients) client.write(isNaive ? text() : frame);
  };
  return { server, send, counts: () => ({ clients: clients.size }) };
}

async function sluiceServer() {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-streams-')), 'flags.json');
  const store = fileStore(file, { watch: false });
  const flags = new FeatureFlagManager({ store });
  await flags.setFlag('shown', { enabled: true });
  await flags.setFlag('killed', { enabled: true });
  const hub = new StreamHub({ source: store, clock: systemClock(), onProblem: (error) => process.stderr.write(`${error}\n`) });
  const server = createServer((request, response) => void hub.serveDefinitions(request, response, { scope, holder: 'bench' }));
  const send = (bytes) => flags.setFlag('shown', { description: `@${now()}@${padding(bytes)}` });
  const flip = async () => {
    const startedAt = now();
    await flags.disableFlag('killed', { reason: 'bench' });
    const acceptedAt = now();
    return { startedAt, acceptedAt, restore: () => flags.restoreFlag('killed', { reason: 'bench' }) };
  };
  const grow = async (count) => {
    for (let index = 0; index < count; index++)
      await flags.setFlag(`more-${index}`, { enabled: true, description: padding(200) });
  };
  return { server, send, flip, grow, counts: () => hub.counts };
}

const world = kind === 'sluice' ? await sluiceServer() : bareServer(kind === 'naive');
const sockets = new Set();
world.server.on('connection', (socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
});
let restore = null;
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

const commands = {
  /** `count` messages, each once the one before has been handed over. */
  send: async ({ count, bytes }) => {
    for (let index = 0; index < count; index++) {
      await world.send(bytes);
      await turn();
    }
  },
  kill: async () => {
    const { startedAt, acceptedAt, ...rest } = await world.flip();
    restore = rest.restore;
    return { startedAt: String(startedAt), acceptedAt: String(acceptedAt) };
  },
  restore: () => restore(),
  grow: ({ count }) => world.grow(count),
  drop: () => {
    for (const socket of sockets) socket.destroy();
  },
  memory: () => {
    globalThis.gc();
    globalThis.gc();
    return { rssMb: process.memoryUsage().rss / 1e6, heapMb: process.memoryUsage().heapUsed / 1e6 };
  },
  rss: () => ({ rssMb: process.memoryUsage().rss / 1e6 }),
  cpu: () => ({ ms: (process.cpuUsage().user + process.cpuUsage().system) / 1000 }),
  counts: () => world.counts(),
};
process.on('message', async ({ id, command, ...options }) => {
  if (command === 'end') process.exit(0);
  process.send({ id, answer: (await commands[command](options)) ?? null });
});
world.server.listen(0, '127.0.0.1', 4096, () => process.send({ port: world.server.address().port }));
