/** A server over memory, with callers of every kind, listening on a port of its own. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Principal } from '@sluice/core';
import {
  lastGoodStore,
  type ManualClock,
  manualClock,
  memoryStore,
  openWorkspace,
  type Scope,
  type Sluice,
  type Store,
  type Workspace,
  type WorkspaceOptions,
} from 'sluice';
import { type App, type AppOptions, buildApp } from './app.ts';
import { BreakGlassToken } from './break-glass/break-glass-token.ts';
import { equipmentOf } from './equipment.ts';
import { type WorkspaceNotifier, workspaceNotifier } from './notifications/workspace-notifier.ts';
import { Outbound } from './outbound/outbound.ts';
import { hashPassword } from './passwords.ts';
import { serverLog } from './request-log.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';

export const SCOPE: Scope = { project: 'shop', environment: 'production' };
export const E = '/api/v1/projects/shop/environments/production';
export const PASSWORD = 'correct horse battery staple';

/** People of `shop` with their roles, tokens of its production, and `foreign`, who may do everything in another project. */
export const CALLERS = ['admin', 'viewer', 'editor', 'approver', 'server', 'client', 'foreign'] as const;
export type Caller = (typeof CALLERS)[number];

export interface World {
  readonly app: App;
  readonly url: string;
  readonly workspace: Workspace;
  /** Of `SCOPE`. */
  readonly sluice: Sluice;
  readonly secrets: Readonly<Record<Caller, string>>;
  readonly principals: Readonly<Record<Caller, Principal>>;
  readonly log: string[];
  readonly clock: ManualClock;
  readonly breakGlassToken: BreakGlassToken;
  /** Asks as `admin` unless `as` says otherwise; null is nobody, and what is no caller is sent as the secret itself. */
  ask(method: string, path: string, sent?: AskOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface AskOptions {
  readonly as?: string | null;
  readonly body?: unknown;
  /** Instead of `body`, as it stands. */
  readonly text?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const NOON = Date.UTC(2027, 0, 15, 12);
const SYSTEM: Principal = { kind: 'system' };
let passwordHash: Promise<string> | null = null;

async function openedAt(
  folder: string,
  { store, ...options }: Pick<WorkspaceOptions, 'clock' | 'equip'> & { readonly store: Store; readonly clock: ManualClock },
) {
  const served = lastGoodStore({ store, file: join(folder, 'last-good.json'), source: 'memory', clock: options.clock });
  const workspace = openWorkspace({ ...options, store: served, breakGlass: { file: join(folder, 'kills') } });
  await workspace.ready;
  return { served, workspace };
}

async function makeProjects(workspace: Workspace): Promise<void> {
  const environments = ['production', 'staging'].map((key) => ({ key, isProtected: false }));
  await workspace.projects.create({ key: 'shop', environments });
  await workspace.projects.create({ key: 'other', environments });
}

/** Begins when it is first asked for, so that no other test tells the webhooks that it makes. */
function beginsWhenAsked(begin: () => WorkspaceNotifier): { readonly notifier: () => WorkspaceNotifier; close(): Promise<void> } {
  let sending: WorkspaceNotifier | null = null;
  return {
    notifier() {
      sending ??= begin();
      return sending;
    },
    close: async () => sending?.close(),
  };
}

const CONSTANT = { version: '0.1.0', sessionKey: 'a key of the tests, which is no secret' };

export async function world(
  changes: Partial<Settings> = {},
  more: Partial<AppOptions> = {},
  store: Store = memoryStore(),
): Promise<World> {
  const clock = manualClock(NOON);
  const settings = { ...DEFAULT_SETTINGS, requestsPerMinute: 1_000_000, ...changes };
  // Every name is one of the public internet.
  const outbound = new Outbound({ policy: settings.outbound, resolve: async () => ['93.184.215.14'], clock });
  const folder = await mkdtemp(join(tmpdir(), 'sluice-server-'));
  const breakGlassToken = new BreakGlassToken(join(folder, 'break-glass.token'), silent);
  const { served, workspace } = await openedAt(folder, { store, clock, equip: await equipmentOf(settings, outbound) });
  await makeProjects(workspace);
  const secrets = await makeCallers(workspace);
  const log: string[] = [];
  const onProblem = (error: unknown): void => void log.push(String(error));
  const logger = serverLog({ logLevel: 'info' }, { write: (line: string) => void log.push(line) });
  const notifying = beginsWhenAsked(() => workspaceNotifier({ workspace, store, clock, fetch: outbound.fetch, onProblem }));
  const { notifier } = notifying;
  const parts = { ...CONSTANT, workspace, store: served, breakGlassToken, settings, logger, clock, outbound, notifier };
  const app = await buildApp({ ...parts, ...more });
  const url = await app.http.listen({ port: 0, host: '127.0.0.1' });
  const principals = Object.fromEntries(CALLERS.map((caller) => [caller, workspace.access.authenticate(secrets[caller])]));
  return {
    app,
    url,
    workspace,
    sluice: workspace.environment(SCOPE.project, SCOPE.environment),
    secrets,
    principals: principals as World['principals'],
    log,
    clock,
    breakGlassToken,
    ask: (method, path, sent = {}) => ask(url, method, path, secretOf(secrets, sent.as), sent),
    close: async () => {
      // A connection that fetch keeps without having asked anything on it is not idle to the server.
      app.http.server.closeAllConnections();
      for (const part of [app.http, notifying, workspace]) await part.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function makeCallers({ access }: Workspace): Promise<Record<Caller, string>> {
  passwordHash ??= hashPassword(PASSWORD);
  const secrets: Partial<Record<Caller, string>> = {};
  for (const [name, project, role] of [
    ['admin', '*', 'admin'],
    ['viewer', 'shop', 'viewer'],
    ['editor', 'shop', 'editor'],
    ['approver', 'shop', 'approver'],
    ['foreign', 'other', 'admin'],
  ] as const) {
    const email = `${name}@example.org`;
    await access.createPerson({ email, roles: { [project]: role }, passwordHash: await passwordHash }, { principal: SYSTEM });
    const person: Principal = { kind: 'person', key: email, roles: { [project]: role }, token: null };
    const made = await access.createToken({ kind: 'personal', label: 'test' }, { principal: person });
    secrets[name] = made.secret;
  }
  for (const kind of ['server', 'client'] as const)
    secrets[kind] = (await access.createToken({ kind, label: 'test', boundTo: SCOPE }, { principal: SYSTEM })).secret;
  return secrets as Record<Caller, string>;
}

function secretOf(secrets: Readonly<Record<string, string>>, as: string | null = 'admin'): string | null {
  return as !== null && Object.hasOwn(secrets, as) ? (secrets[as] ?? null) : as;
}

async function ask(url: string, method: string, path: string, secret: string | null, sent: AskOptions): Promise<Answer> {
  const { body, text, headers } = sent;
  const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
      ...(content === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(content === undefined ? {} : { body: content as string }),
  });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (isStream) await response.body?.cancel();
  const answered = isStream ? '' : await response.text();
  return { status: response.status, headers: response.headers, body: parsed(answered), text: answered };
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
