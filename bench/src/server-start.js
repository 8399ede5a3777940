/** How long a server takes to its first answer, and what it then holds: each a fresh process, in turns. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rssMb } from './process-figures.js';
import { answers, environmentOf, freePort, MAIN, newDataFolder } from './sluice-server.js';

const ROUNDS = 9;
/** A server is idle after that. */
const SETTLE_MS = 4_000;
const POLL_MS = 3;
const BARE = new URL('./bare-server.js', import.meta.url).pathname;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Milliseconds until `path` answers 200, and MB once it is idle. */
async function started(args, env, port, path) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  await answers(`http://127.0.0.1:${port}${path}`, POLL_MS);
  const ms = performance.now() - startedAt;
  await pause(SETTLE_MS);
  const mb = rssMb(child.pid);
  child.kill('SIGTERM');
  await once(child, 'exit');
  return { ms, mb };
}

async function nothing() {
  const startedAt = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return { ms: performance.now() - startedAt, mb: Number.NaN };
}

/** Medians, the server's on a database that is there already. */
export async function measureStart() {
  const { dataFolder, remove } = newDataFolder();
  const rounds = { 'node -e 0': [], 'bare node:http': [], sluice: [] };
  for (let round = -1; round < ROUNDS; round++) {
    const port = await freePort();
    const seen = {
      'node -e 0': await nothing(),
      'bare node:http': await started([BARE, 'ofrep', String(port)], { PATH: process.env.PATH }, port, '/'),
      sluice: await started([MAIN], environmentOf({ dataFolder, port }), port, '/readyz'),
    };
    if (round >= 0) for (const [name, figures] of Object.entries(seen)) rounds[name].push(figures);
  }
  remove();
  return Object.fromEntries(
    Object.entries(rounds).map(([name, all]) => [
      name,
      {
        ms: median(all.map(({ ms }) => ms)),
        least: Math.min(...all.map(({ ms }) => ms)),
        most: Math.max(...all.map(({ ms }) => ms)),
        mb: median(all.map(({ mb }) => mb)),
      },
    ]),
  );
}
