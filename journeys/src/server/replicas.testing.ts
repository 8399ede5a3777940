/** Several servers on one database. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort, type ServerPlace, type ServerProcess, spawnServer } from './server-process.testing.ts';

export class Replicas {
  readonly servers: ServerProcess[] = [];
  readonly #shared: Omit<ServerPlace, 'dataFolder' | 'port'>;
  readonly #places: Pick<ServerPlace, 'dataFolder' | 'port'>[] = [];

  /** They end with the test. */
  constructor(shared: Omit<ServerPlace, 'dataFolder' | 'port'>) {
    this.#shared = shared;
    onTestFinished(async () => {
      await Promise.all(this.servers.map((server) => server.end('SIGKILL')));
      await Promise.all(this.#places.map(({ dataFolder }) => rm(dataFolder, { recursive: true })));
    });
  }

  /** One more, with a folder of its own. */
  async add(): Promise<ServerProcess> {
    this.#places.push({ dataFolder: await mkdtemp(join(tmpdir(), 'sluice-')), port: await freePort() });
    return this.begin(this.#places.length - 1);
  }

  /** Starts it, or starts it again after it ended, at the same address. */
  begin(index: number): ServerProcess {
    const place = this.#places[index];
    if (place === undefined) throw new Error(`there is no replica ${index}`);
    const server = spawnServer({ ...place, ...this.#shared });
    this.servers[index] = server;
    return server;
  }
}
