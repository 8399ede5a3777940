/** One server process: its store, its workspace and its app, and the end of all three. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger as PinoLogger } from 'pino';
import { type LastGoodStore, lastGoodStore, openWorkspace, SluiceError, type Store, type Workspace } from 'sluice';
import { type App, buildApp } from './app.ts';
import { BreakGlassToken } from './break-glass/break-glass-token.ts';
import { Peers } from './break-glass/peers.ts';
import { equipmentOf } from './equipment.ts';
import { prepareFilePlaces } from './file-places.ts';
import { type WorkspaceNotifier, workspaceNotifier } from './notifications/workspace-notifier.ts';
import { Outbound } from './outbound/outbound.ts';
import { builtPage } from './page.ts';
import { engineLog } from './request-log.ts';
import type { Settings } from './settings.ts';

/**
 * Requests that arrived and were not read yet are refused in words for so long. Afterwards connections on which nothing was read are closed, and whoever
 * sent something there does not learn what became of it.
 */
const REFUSING_MS = 250;

/** Characters of a key that sessions are signed with. */
const LEAST_KEY = 32;

export interface RunningServer {
  readonly url: string;
  /** Ends streams, lets requests end, flushes what is buffered and lets go of the store. */
  close(): Promise<void>;
}

export const VERSION = '0.1.0';

/**
 * Resolves when it has its records: a database that is not there yet is waited for, and requests are told so meanwhile.
 * @throws SluiceError `unavailable` when it cannot listen, or the code of what will not pass by itself
 */
export async function startServer(settings: Settings, log: PinoLogger): Promise<RunningServer> {
  prepareFilePlaces(settings);
  const breakGlass = { file: settings.breakGlassJournal ?? join(settings.dataFolder, 'break-glass.jsonl') };
  const breakGlassToken = new BreakGlassToken(
    settings.breakGlassTokenFile ?? join(settings.dataFolder, 'break-glass.token'),
    log,
  );
  const outbound = new Outbound({ policy: settings.outbound });
  const equip = await equipmentOf(settings, outbound, (what) => log.warn(what));
  const { leaseMs } = settings;
  const store = await storeOf(settings, log);
  const workspace = openWorkspace({ store, logger: engineLog(log), breakGlass, equip, leaseMs });
  const parts: Parts = { app: null, notifier: null, workspace, isClosed: false };
  try {
    const sessionKey = settings.sessionKey ?? (await keptSessionKey(settings.dataFolder));
    const notifier = (): WorkspaceNotifier | null => parts.notifier;
    const peers = new Peers({ urls: settings.peers, token: breakGlassToken });
    const shared = { workspace, settings, store, outbound, notifier, breakGlassToken, peers };
    const app = await buildApp({ ...shared, logger: log, version: VERSION, sessionKey, page: await builtPage() });
    parts.app = app;
    const url = await listen(app, settings);
    await workspace.ready;
    const begin = async (): Promise<void> => {
      await store.current;
      await prepare(workspace, app, url, log);
      parts.notifier ??= parts.isClosed ? null : beginNotifying({ workspace, store, outbound, settings, log });
    };
    if (store.staleness?.isFromFile === true) beginLater(begin, log);
    else await begin();
    return { url, close: () => closeAll(parts) };
  } catch (error) {
    await closeAll(parts);
    throw error;
  }
}

async function listen({ http }: App, { host, port }: Settings): Promise<string> {
  try {
    return await http.listen({ host, port });
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new SluiceError('unavailable', `cannot listen at ${host}, port ${port}: ${LISTEN_ADVICE[code] ?? message}`, {
      cause: error,
    });
  }
}

const NO_SUCH_HOST =
  'SLUICE_HOST must be an address or a name of this machine, such as 127.0.0.1, or 0.0.0.0 for all that it has';

/** What would be right, by the error of the system. */
const LISTEN_ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there: end it, or set SLUICE_PORT to another port',
  EACCES: 'this process may not listen there: set SLUICE_PORT to a port from 1024 on',
  EADDRNOTAVAIL: NO_SUCH_HOST,
  ENOTFOUND: NO_SUCH_HOST,
  EAI_AGAIN: NO_SUCH_HOST,
};

interface Parts {
  app: App | null;
  notifier: WorkspaceNotifier | null;
  readonly workspace: Workspace;
  isClosed: boolean;
}

/** Requests end first, for they use what is closed after them; and the notifier keeps its places in the store. */
async function closeAll(parts: Parts): Promise<void> {
  parts.isClosed = true;
  const { app, notifier, workspace } = parts;
  if (app?.http.server.listening === true) {
    app.lifecycle.endStreams();
    await wait(REFUSING_MS);
  }
  await app?.http.close();
  await notifier?.close();
  await workspace.close();
}

interface Notifying {
  readonly workspace: Workspace;
  readonly store: Store;
  readonly outbound: Outbound;
  readonly settings: Settings;
  readonly log: PinoLogger;
}

function beginNotifying({ workspace, store, outbound, settings: { publicUrl }, log }: Notifying): WorkspaceNotifier {
  const { clock, fetch } = outbound;
  const onProblem = (error: unknown): void => log.error({ err: error }, 'webhooks cannot be told');
  return workspaceNotifier({ workspace, store, clock, fetch, onProblem, ...(publicUrl === null ? {} : { publicUrl }) });
}

/** What is done when the database is first there; until then the last good state is served. */
function beginLater(begin: () => Promise<void>, log: PinoLogger): void {
  begin().catch((error: unknown) => log.error({ err: error }, 'what comes after the first answer of the database failed'));
}

/** A database that is away at the start is stood in for by its last good state. */
async function storeOf(settings: Settings, log: PinoLogger): Promise<LastGoodStore> {
  const onProblem = (error: unknown): void => log.error({ err: error }, 'the store has a problem');
  const file = join(settings.dataFolder, 'last-good.json');
  return lastGoodStore({ ...(await databaseOf(settings, onProblem)), file, onProblem });
}

/** Only the driver of the database that is used is loaded. */
async function databaseOf(
  { databaseUrl, dataFolder }: Settings,
  onProblem: (error: unknown) => void,
): Promise<{ readonly store: Store; readonly source: string }> {
  if (databaseUrl === null) {
    const { sqliteStore } = await import('sluice/sqlite');
    return { store: sqliteStore({ file: join(dataFolder, 'sluice.db'), onProblem }), source: 'sqlite' };
  }
  const { postgresStore } = await import('sluice/postgres');
  const { host, pathname } = new URL(databaseUrl);
  return { store: postgresStore({ url: databaseUrl, onProblem }), source: `postgresql ${host}${pathname}` };
}

/** A first start has a project to begin with, and says how somebody becomes its administrator. */
async function prepare(workspace: Workspace, { setup }: App, url: string, log: PinoLogger): Promise<void> {
  if (workspace.projects.list().length === 0) await createDefaultProject(workspace);
  const secret = setup.offer();
  if (secret !== null)
    log.warn(
      { setup: `${url}/setup#${secret}` },
      `nobody can administer this yet: open the link, or send {"secret","email","password"} to POST ${url}/api/v1/setup; the secret is what stands behind #`,
    );
}

/** Another replica may be first. */
async function createDefaultProject(workspace: Workspace): Promise<void> {
  try {
    await workspace.projects.create({ key: 'default' }, { actor: 'system', reason: 'the first start' });
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'conflict') throw error;
  }
}

/** The key of this folder, made at its first start; readable by its owner alone. */
async function keptSessionKey(folder: string): Promise<string> {
  const path = join(folder, 'session-key');
  let key: string;
  try {
    if (!existsSync(path)) await makeSessionKey(path);
    key = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    const why = `${path} can neither be read nor made: ${(error as Error).message}`;
    throw new SluiceError('unavailable', `${why}; mend that, or set SLUICE_SESSION_KEY`, { cause: error });
  }
  if (key.length >= LEAST_KEY) return key;
  throw new SluiceError(
    'invalid',
    `${path} must hold a key of at least ${LEAST_KEY} characters; delete it, and everybody logs in anew`,
  );
}

/**
 * It comes into being whole: another server on this folder may begin at the same instant, and a key that was cut off would sign what anybody can.
 */
async function makeSessionKey(path: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  try {
    await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600 });
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
