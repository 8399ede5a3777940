/** Everything that the demo plays in: a server process on a folder of its own, a service that asks it, users who ask the service, and who works there. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, connect } from '@sluice/client';
import { compromise } from '../components/compromise.ts';
import { wink } from '../components/wink.ts';
import { winkDated } from '../components/wink-dated.ts';
import { type LabelledText, readCorpus } from '../corpus.ts';
import { createService } from '../service.ts';
import { Traffic } from '../traffic.ts';
import { Accuracy } from './accuracy.ts';
import { assignByConnection } from './assign-by-connection.ts';
import { createFirstFlags } from './first-flags.ts';
import { OneTimeLogin } from './one-time-login.ts';
import { refinements } from './refinements.ts';
import { ServerProcess, type ServerSettings } from './server-process.ts';
import { hire, type Staff } from './staff.ts';
import { Validator } from './validator.ts';

export const USERS = 4_000;
/** Users think for so long before they ask again: the machine is theirs, too. */
const TRAFFIC = { users: USERS, concurrency: 6, thinkingMs: 8 };
/** A controller that was killed is followed by the next one after so long. */
const LEASE_MS = 2_000;

export interface WorldOptions {
  /** Of the server. */
  readonly port: number;
  readonly onProblem: (message: string) => void;
}

export interface World {
  readonly url: string;
  readonly staff: Staff;
  /** Logs in whoever opens it first. */
  readonly loginLink: string;
  readonly connection: Connection;
  readonly traffic: Traffic;
  readonly texts: readonly LabelledText[];
  readonly accuracy: Accuracy;
  readonly validator: Validator;
  /** What the connection got over so far, each once. */
  readonly problems: ReadonlySet<string>;
  /** Ends the server as a lost machine does. */
  killServer(): Promise<void>;
  /** Starts it again, on the same folder and port. */
  startServer(): Promise<void>;
  close(): Promise<void>;
}

/** What was opened is closed the other way round, also when opening fails half-way. @throws Error that says what is in the way */
export async function openWorld({ port, onProblem }: WorldOptions): Promise<World> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    return await opened({ port, onProblem }, closing, close);
  } catch (error) {
    await close();
    throw error;
  }
}

const variablesOf = ({ validator }: ServiceOfWorld, service: string) => ({
  SLUICE_VALIDATORS: validator.settingAt(service),
  SLUICE_ALLOW_OUTBOUND: new URL(service).host,
  SLUICE_LEASE_MS: String(LEASE_MS),
});

async function opened(
  { port, onProblem }: WorldOptions,
  closing: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<World> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'sluice-demo-'));
  closing.push(() => rm(dataFolder, { recursive: true, force: true }));
  const { texts } = readCorpus();
  const parts = new ServiceOfWorld(texts);
  const service = await parts.listen();
  closing.push(() => parts.close());
  const server = new KeptServer({ port, dataFolder, variables: variablesOf(parts, service) }, onProblem);
  closing.push(() => server.end());
  await server.start();
  const { url } = server;
  const staff = await hire(url, await server.setupSecret());
  await createFirstFlags(staff.engineer);
  parts.login = new OneTimeLogin(url, staff.visitor);
  const connection = connect({ url, token: staff.serviceToken });
  closing.push(() => connection.close());
  const problems = new Set<string>();
  connection.on('problem', ({ message }) => problems.add(message));
  parts.connection = connection;
  await connection.ready();
  const traffic = new Traffic({ ...TRAFFIC, port: parts.port, texts });
  traffic.start();
  closing.push(() => traffic.stop());
  return {
    url,
    staff,
    loginLink: parts.login.linkAt(service),
    connection,
    traffic,
    texts,
    accuracy: parts.accuracy,
    validator: parts.validator,
    problems,
    killServer: () => server.kill(),
    startServer: () => server.start(),
    close,
  };
}

/** The service has an address before the server is there, which is told it. */
class ServiceOfWorld {
  readonly accuracy = new Accuracy();
  readonly validator = new Validator(() => this.accuracy.mean('wink') > 0.5);
  connection: Connection | null = null;
  login: OneTimeLogin | null = null;
  readonly #http: Server;

  constructor(texts: readonly LabelledText[]) {
    this.#http = createService({
      finders: [compromise, wink, winkDated],
      assign: (userId) => this.accuracy.of(assignByConnection(this.#connected(), userId)),
      refine: refinements((flag, userId) => this.#connected().isEnabled(flag, { userId }), texts),
      otherwise: (request, response) =>
        this.validator.answer(request, response) || this.login?.answer(request, response) === true,
    });
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  async listen(): Promise<string> {
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.#http.close();
    this.#http.closeAllConnections();
    await once(this.#http, 'close');
  }

  #connected(): Connection {
    if (this.connection === null) throw new Error('the service was asked before it was connected');
    return this.connection;
  }
}

/** A server that is told of when it ends although nobody wanted it to. */
class KeptServer {
  readonly url: string;
  readonly #settings: ServerSettings;
  readonly #onProblem: (message: string) => void;
  #process: ServerProcess | null = null;

  constructor(settings: ServerSettings, onProblem: (message: string) => void) {
    this.url = `http://127.0.0.1:${settings.port}`;
    this.#settings = settings;
    this.#onProblem = onProblem;
  }

  async start(): Promise<void> {
    const started = await ServerProcess.start(this.#settings);
    this.#process = started;
    void started.ended.then(() => {
      if (this.#process === started) this.#onProblem(`the server has ended by itself: ${started.output}`);
    });
  }

  setupSecret(): Promise<string> {
    return this.#process?.setupSecret() ?? Promise.reject(new Error('there is no server'));
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  end(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const process = this.#process;
    this.#process = null;
    await process?.end(signal);
  }
}
