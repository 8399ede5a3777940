/**
 * One connection that listens for commits of other processes, and comes back whenever it is lost. What was committed meanwhile nobody repeats:
 * so it rings once for every time that it begins to listen.
 */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';

/** What is heard on. */
export const CHANNEL = 'sluice_commits';
/** A connection that is not heard of may be gone: it is asked so often. */
const HEARTBEAT_MS = 10_000;
/** Pauses before a new connection, drawn up to a bound that doubles from the first to the last. */
const [FIRST_PAUSE_MS, LAST_PAUSE_MS] = [100, 5_000];

export class PostgresBell {
  readonly #config: pg.ClientConfig;
  readonly #ring: () => void;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;

  constructor(config: pg.ClientConfig, ring: () => void) {
    this.#config = config;
    this.#ring = ring;
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    for (let bound = FIRST_PAUSE_MS; !signal.aborted; bound = Math.min(LAST_PAUSE_MS, bound * 2)) {
      const hasListened = await this.#listen().catch(() => false);
      if (hasListened) bound = FIRST_PAUSE_MS;
      await wait(Math.random() * bound, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** Resolves when the connection is lost or no longer wanted: whether it ever listened. */
  async #listen(): Promise<boolean> {
    const { signal } = this.#stopped;
    // The library's types do not know that a connection need not keep the process alive.
    const client = new pg.Client(this.#config) as pg.Client & { unref(): void };
    let lose = (): void => {};
    const lost = new Promise<void>((resolve) => {
      lose = resolve;
    });
    for (const event of ['error', 'end'] as const) client.on(event, lose);
    signal.addEventListener('abort', lose);
    client.on('notification', this.#ring);
    try {
      await Promise.race([client.connect(), lost.then(() => Promise.reject(new Error('it is not wanted any more')))]);
      client.unref();
      await client.query(`listen ${CHANNEL}`);
      this.#ring();
      await Promise.race([lost, this.#isDeaf(client)]);
      return true;
    } finally {
      signal.removeEventListener('abort', lose);
      // A connection that is dead would not answer a farewell.
      void client.end().catch(() => {});
    }
  }

  /** Resolves when the server does not answer any more. */
  async #isDeaf(client: pg.Client): Promise<void> {
    const { signal } = this.#stopped;
    try {
      for (;;) {
        await wait(HEARTBEAT_MS, undefined, { signal, ref: false });
        await client.query('select 1');
      }
    } catch {
      // It is closed, or silent.
    }
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }
}
