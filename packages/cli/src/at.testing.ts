/** Where commands are tried: a real server over memory that listens on a port of its own, a flag file, and a terminal that remembers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type SluiceClient } from '@sluice/client';
import type { Principal } from '@sluice/core';
import { buildApp, DEFAULT_SETTINGS, equipmentOf, Outbound, serverLog } from '@sluice/server';
import { lastGoodStore, type ManualClock, manualClock, memoryStore, openWorkspace, type Workspace } from 'sluice';
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
  readonly input?: string;
  /** What happens while the command waits. */
  readonly sleep?: (ms: number) => Promise<void>;
  readonly ended?: AbortSignal;
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
  let out = '';
  let err = '';
  const drawn: string[] = [];
  const answers = [...(options.answers ?? [])];
  const terminal: Terminal = {
    variables: { ...variables, ...options.variables },
    folder,
    home: folder,
    isInteractive: options.answers !== undefined,
    columns: 100,
    write: (text) => {
      out += text;
      options.onText?.(text);
    },
    complain: (text) => {
      err += text;
      options.onText?.(text);
    },
    redraw: (text) => void drawn.push(text),
    endDrawing: () => undefined,
    ask: async (question) => {
      err += question;
      return answers.shift() ?? '';
    },
    askSecret: async () => answers.shift() ?? '',
    readInput: async () => options.input ?? '',
    now: () => NOON,
    sleep: options.sleep ?? (async () => undefined),
    ended: options.ended ?? new AbortController().signal,
  };
  const exit = await runCli(typeof line === 'string' ? words(line) : line, terminal);
  const json = (): unknown => JSON.parse(out);
  return {
    exit,
    out,
    err,
    drawn,
    get json() {
      return json();
    },
  };
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
  const app = await buildApp({
    workspace,
    store,
    settings,
    logger,
    version: '0',
    sessionKey,
    clock,
    outbound,
    notifier: () => null,
  });
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
