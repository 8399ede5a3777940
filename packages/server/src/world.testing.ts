/** A server over memory, with callers of every kind, listening on a port of its own. */

import { PERMISSIONS, type Permission } from '@sluice/protocol';
import { pino } from 'pino';
import { createSluice, manualClock, memoryStore, type Scope, type Sluice } from 'sluice';
import { type App, type AppOptions, buildApp } from './app.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import type { Principal, Workspace } from './workspace.ts';

export const SCOPE: Scope = { project: 'shop', environment: 'production' };
export const E = '/api/v1/projects/shop/environments/production';
const OTHER: Scope = { project: 'other', environment: 'production' };

/** Secrets of callers and what each may do in `SCOPE`; `foreign` may do everything, elsewhere. */
export const CALLERS: Readonly<Record<string, readonly Permission[]>> = {
  admin: PERMISSIONS,
  viewer: ['flags.read', 'history.read'],
  client: ['evaluate', 'metrics.write'],
  foreign: [],
};

export interface World {
  readonly app: App;
  readonly url: string;
  readonly sluice: Sluice;
  readonly log: string[];
  readonly clock: ReturnType<typeof manualClock>;
  /** Asks as `admin` unless `as` says otherwise; null is nobody. */
  ask(method: string, path: string, sent?: AskOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface AskOptions {
  readonly as?: keyof typeof CALLERS | null;
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

const NOON = Date.UTC(2027, 0, 15, 12);

export async function world(changes: Partial<Settings> = {}, more: Partial<AppOptions> = {}): Promise<World> {
  const clock = manualClock(NOON);
  const sluice = createSluice({ store: memoryStore(), clock, scope: SCOPE });
  const other = createSluice({ store: memoryStore(), clock, scope: OTHER });
  const workspace = testWorkspace(
    new Map([
      [nameOf(SCOPE), sluice],
      [nameOf(OTHER), other],
    ]),
  );
  const log: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(line) });
  const settings = { ...DEFAULT_SETTINGS, ...changes };
  const app = await buildApp({ workspace, settings, logger, version: '0.1.0', ...more });
  const url = await app.http.listen({ port: 0, host: '127.0.0.1' });
  return {
    app,
    url,
    sluice,
    log,
    clock,
    ask: (method, path, sent) => ask(url, method, path, sent),
    close: async () => {
      await app.http.close();
      await Promise.all([sluice.close(), other.close()]);
    },
  };
}

function nameOf({ project, environment }: Scope): string {
  return `${project}/${environment}`;
}

function testWorkspace(environments: ReadonlyMap<string, Sluice>): Workspace {
  return {
    environment: (scope) => environments.get(nameOf(scope)),
    scopes: () => [SCOPE],
    authenticate: async (secret): Promise<Principal | null> => {
      if (!Object.hasOwn(CALLERS, secret)) return null;
      return { id: secret, actor: `${secret}@example.org`, scope: secret === 'foreign' ? OTHER : SCOPE };
    },
    permits: ({ id }, permission, scope) => {
      if (id === 'foreign') return scope !== null && nameOf(scope) === nameOf(OTHER);
      return (scope === null || nameOf(scope) === nameOf(SCOPE)) && (CALLERS[id] ?? []).includes(permission);
    },
    ready: Promise.resolve(),
    close: async () => {},
  };
}

async function ask(url: string, method: string, path: string, sent: AskOptions = {}): Promise<Answer> {
  const { as = 'admin', body, text, headers } = sent;
  const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(as === null ? {} : { authorization: `Bearer ${as}` }),
      ...(content === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(content === undefined ? {} : { body: content as string }),
  });
  const answered = await response.text();
  return { status: response.status, headers: response.headers, body: parsed(answered), text: answered };
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
