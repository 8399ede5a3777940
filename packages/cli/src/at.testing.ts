/** Where commands are tried: a real server over memory that listens on a port of its own, a flag file, and a terminal that remembers. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type SluiceClient } from '@sluice/client';
import type { Principal } from '@sluice/core';
import { buildApp, DEFAULT_SETTINGS, equipmentOf, Outbound, serverLog } from '@sluice/server';
import type { AnySchemaObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { lastGoodStore, type ManualClock, manualClock, memoryStore, openWorkspace, type Workspace } from 'sluice';
import { COMMANDS } from './commands.ts';
import { runCli } from './run.ts';
import type { Terminal } from './terminal.ts';

export const NOON = Date.UTC(2027, 0, 15, 12);
export const PASSWORD = 'correct horse battery staple';

export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  /** What was drawn in place, one drawing after another. */
  readonly drawn: readonly string[];
  /** What `--json` printed. */
  readonly json: unknown;
}

export interface RunOptions {
  /** Somebody is there and answers so. */
  readonly answers?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** What happens while the command waits. */
  readonly sleep?: (ms: number) => Promise<void>;
  readonly ended?: AbortSignal;
  /** Of the terminal; what is written goes to none unless given. */
  readonly columns?: number;
  /** Of the clock of whoever calls. */
  readonly now?: number;
  /** Told everything that is written, as it is. */
  readonly onText?: (text: string) => void;
}

export interface Place {
  readonly folder: string;
  run(line: string | readonly string[], options?: RunOptions): Promise<Ran>;
}

export interface Served extends Place {
  readonly url: string;
  readonly workspace: Workspace;
  readonly client: SluiceClient;
  readonly clock: ManualClock;
  /** Of the administrator. */
  readonly token: string;
  tokenOf(role: 'viewer' | 'editor'): Promise<string>;
  close(): Promise<void>;
}

/** Splits at spaces; what stands in double or single quotes stays together. */
export function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare ?? '');
}

export async function runIn(
  folder: string,
  variables: Readonly<Record<string, string>>,
  line: string | readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  const heard: Heard = { out: '', err: '', drawn: [] };
  const terminal = heardTerminal(folder, { ...variables, ...options.variables }, options, heard);
  const args = typeof line === 'string' ? words(line) : line;
  const exit = await runCli(args, terminal);
  const { out, err, drawn } = heard;
  if (args.includes('--json')) checkPrinted(args, out, err);
  return {
    exit,
    out,
    err,
    drawn,
    get json(): unknown {
      return JSON.parse(out);
    },
  };
}

interface Heard {
  out: string;
  err: string;
  readonly drawn: string[];
}

function heardTerminal(folder: string, variables: Terminal['variables'], options: RunOptions, heard: Heard): Terminal {
  const answers = [...(options.answers ?? [])];
  return {
    variables,
    folder,
    home: folder,
    isInteractive: options.answers !== undefined,
    columns: options.columns ?? Number.POSITIVE_INFINITY,
    write: (text) => {
      heard.out += text;
      options.onText?.(text);
    },
    complain: (text) => {
      heard.err += text;
      options.onText?.(text);
    },
    redraw: (text) => void heard.drawn.push(text),
    endDrawing: () => undefined,
    ask: async (question) => {
      heard.err += question;
      return answers.shift() ?? '';
    },
    askSecret: async () => answers.shift() ?? '',
    readInput: async () => Buffer.from(options.input ?? ''),
    now: () => options.now ?? NOON,
    sleep: options.sleep ?? (async () => undefined),
    ended: options.ended ?? new AbortController().signal,
  };
}

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../schema/output.schema.json'), 'utf8')) as AnySchemaObject;
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false }).addSchema(schema, 'output');

/** Everything that is printed for programs is as it is published. @throws Error */
function checkPrinted(args: readonly string[], out: string, err: string): void {
  const called = args.join(' ');
  const [command] = COMMANDS.filter(({ name }) => called === name || called.startsWith(`${name} `)).sort(
    (a, b) => b.name.length - a.name.length,
  );
  const isWatched = args.includes('--watch') || args[1] === 'watch';
  const texts = isWatched ? out.split('\n').filter((text) => text !== '') : out === '' ? [] : [out];
  for (const text of texts) check(command?.name.replaceAll(' ', '-') ?? '', JSON.parse(text));
  if (err.startsWith('{')) check('error', JSON.parse(err));
}

function check(definition: string, printed: unknown): void {
  const validate = ajv.getSchema(`output#/$defs/${definition}`);
  if (validate?.(printed) === true) return;
  throw new Error(`what is printed is not as published of ${definition}: ${ajv.errorsText(validate?.errors)}`);
}

/** A folder with a flag file that is made when it is first written. */
export async function onFile(): Promise<Place & { close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  const variables = { SLUICE_FILE: 'flags.json', SLUICE_ACTOR: 'ann' };
  return {
    folder,
    run: (line, options) => runIn(folder, variables, line, options),
    close: () => rm(folder, { recursive: true }),
  };
}

export async function served(): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  const clock = manualClock(NOON);
  const settings = { ...DEFAULT_SETTINGS, requestsPerMinute: 1_000_000 };
  const outbound = new Outbound({ policy: settings.outbound, resolve: async () => ['93.184.215.14'], clock });
  const store = lastGoodStore({ store: memoryStore(), file: join(folder, 'last-good.json'), source: 'memory', clock });
  const workspace = openWorkspace({ store, clock, equip: await equipmentOf(settings, outbound) });
  await workspace.ready;
  const environments = ['production', 'staging'].map((key) => ({ key, isProtected: false }));
  await workspace.projects.create({ key: 'shop', environments });
  const token = await tokenOf(workspace, 'admin', '*');
  const logger = serverLog({ logLevel: 'silent' });
  const sessionKey = 'a key of the tests, which is no secret';
  const parts = { workspace, store, settings, logger, sessionKey, clock, outbound };
  const app = await buildApp({ ...parts, version: '0', notifier: () => null });
  const url = await app.http.listen({ port: 0, host: '127.0.0.1' });
  const variables = { SLUICE_URL: url, SLUICE_TOKEN: token, SLUICE_PROJECT: 'shop', SLUICE_ENVIRONMENT: 'production' };
  return {
    folder,
    url,
    workspace,
    clock,
    token,
    client: createClient({ url, token }),
    tokenOf: (role) => tokenOf(workspace, role, 'shop'),
    run: (line, options) => runIn(folder, variables, line, options),
    close: async () => {
      // A connection that fetch keeps without having asked anything on it is not idle to the server.
      app.http.server.closeAllConnections();
      await app.http.close();
      await workspace.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function tokenOf({ access }: Workspace, role: 'admin' | 'viewer' | 'editor', project: string): Promise<string> {
  const email = `${role}@example.org`;
  await access.createPerson({ email, roles: { [project]: role } }, { principal: { kind: 'system' } });
  const person: Principal = { kind: 'person', key: email, roles: { [project]: role }, token: null };
  return (await access.createToken({ kind: 'personal', label: 'test' }, { principal: person })).secret;
}
