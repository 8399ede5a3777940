/** The Sluice server as a process of its own, as `npm start` runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pause } from '../waiting.ts';

const MAIN = fileURLToPath(import.meta.resolve('@sluice/server/main'));
const READY_MS = 60_000;
/** What is kept of its output, for when it ends by itself. */
const KEPT_OUTPUT = 20_000;

export interface ServerSettings {
  readonly port: number;
  readonly dataFolder: string;
  /** More of its environment. */
  readonly variables: Readonly<Record<string, string>>;
}

export class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  #output = '';
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;

  /** @throws Error with what the server said, when it cannot start */
  static async start(settings: ServerSettings): Promise<ServerProcess> {
    const server = new ServerProcess(settings);
    await server.#ready();
    return server;
  }

  private constructor({ port, dataFolder, variables }: ServerSettings) {
    this.url = `http://127.0.0.1:${port}`;
    this.#child = spawn(process.execPath, [MAIN], {
      // Ctrl-C in the terminal is for the demo, which ends its server when nobody needs it any more.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        SLUICE_PORT: String(port),
        SLUICE_DATA: dataFolder,
        SLUICE_LOG_LEVEL: 'warn',
        ...variables,
      },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-KEPT_OUTPUT);
      });
    this.ended = new Promise((resolve) => this.#child.once('close', () => resolve()));
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The last that it said. */
  get output(): string {
    return this.#output.trim();
  }

  /** The one-time secret with which the first administrator is made, which a first start prints. */
  async setupSecret(): Promise<string> {
    const giveUpAt = performance.now() + READY_MS;
    while (performance.now() < giveUpAt) {
      const secret = /"setup":"[^"]*#([\w-]+)"/.exec(this.#output)?.[1];
      if (secret !== undefined) return secret;
      await pause(20);
    }
    throw new Error(`the server printed no way to administer it: ${this.output}`);
  }

  /** SIGTERM lets it finish what it has begun; SIGKILL is what a lost machine does. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#child.kill(signal);
    await this.ended;
  }

  async #ready(): Promise<void> {
    const giveUpAt = performance.now() + READY_MS;
    while (performance.now() < giveUpAt) {
      if (this.hasEnded) throw new Error(this.output);
      const answer = await fetch(`${this.url}/readyz`).catch(() => null);
      if (answer?.status === 200) return;
      await pause(25);
    }
    this.#child.kill('SIGKILL');
    throw new Error(`the server at ${this.url} is not ready: ${this.output}`);
  }
}
