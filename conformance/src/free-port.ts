/** A port of this machine for a server that a test starts in another process, and perhaps starts again. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that a system gives to whoever connects somewhere or listens at any port, and above those that clients refuse to ask. */
const [LOWEST, HIGHEST] = [11_000, 32_000];
/** Each worker of the tests has every eighth: what one gave away and has not begun yet, no other gives. */
const WORKERS = 8;
const WORKER = Number(process.env.VITEST_POOL_ID ?? 0) % WORKERS;
const given = new Set<number>();

/**
 * A port on 127.0.0.1 that nobody has, and that the system gives to nobody else: it is free still when the server begins, and between two of its lives.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = WORKERS * randomInt(LOWEST / WORKERS, HIGHEST / WORKERS) + WORKER;
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
