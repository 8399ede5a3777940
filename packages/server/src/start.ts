/** One server process: its store, its workspace and its app, and the end of all three. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger as PinoLogger } from 'pino';
import { openWorkspace, SluiceError, type Store, type Workspace } from 'sluice';
import { postgresStore } from 'sluice/postgres';
import { sqliteStore } from 'sluice/sqlite';
import { type App, buildApp } from './app.ts';
import { equipmentOf } from './equipment.ts';
import { type WorkspaceNotifier, workspaceNotifier } from './notifications/workspace-notifier.ts';
import { Outbound } from './outbound/outbound.ts';
import { builtPage } from './page.ts';
import { engineLog } from './request-log.ts';
import type { Settings } from './settings.ts';

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
  await mkdir(settings.dataFolder, { recursive: true, mode: 0o700 });
  const breakGlass = { file: join(settings.dataFolder, 'break-glass.jsonl') };
  const outbound = new Outbound({ policy: settings.outbound });
  const equip = await equipmentOf(settings, outbound);
  const { leaseMs } = settings;
  const store = storeOf(settings, log);
  const workspace = openWorkspace({ store, logger: engineLog(log), breakGlass, equip, leaseMs });
  const parts: Parts = { app: null, notifier: null, workspace };
  try {
    const sessionKey = settings.sessionKey ?? (await keptSessionKey(settings.dataFolder));
    const notifier = (): WorkspaceNotifier | null => parts.notifier;
    const app = await buildApp({
      workspace,
      settings,
      logger: log,
      version: VERSION,
      sessionKey,
      outbound,
      notifier,
      page: await builtPage(),
    });
    parts.app = app;
    const url = await listen(app, settings);
    await prepare(workspace, app, url, log);
    parts.notifier = beginNotifying({ workspace, store, outbound, settings, log });
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
    const { code, message } = error as NodeJS.ErrnoException;
    const advice = code === 'EADDRINUSE' ? 'another program listens there: end it, or set SLUICE_PORT to another port' : message;
    throw new SluiceError('unavailable', `cannot listen at ${host}, port ${port}: ${advice}`, { cause: error });
  }
}

interface Parts {
  app: App | null;
  notifier: WorkspaceNotifier | null;
  readonly workspace: Workspace;
}

/** Requests end first, for they use what is closed after them; and the notifier keeps its places in the store. */
async function closeAll({ app, notifier, workspace }: Parts): Promise<void> {
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

function storeOf({ databaseUrl, dataFolder }: Settings, log: PinoLogger): Store {
  const onProblem = (error: unknown): void => log.error({ err: error }, 'the store has a problem');
  if (databaseUrl !== null) return postgresStore({ url: databaseUrl, onProblem });
  return sqliteStore({ file: join(dataFolder, 'sluice.db'), onProblem });
}

/** A first start has a project to begin with, and says how somebody becomes its administrator. */
async function prepare(workspace: Workspace, { setup }: App, url: string, log: PinoLogger): Promise<void> {
  await workspace.ready;
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
  try {
    await writeFile(path, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return (await readFile(path, 'utf8')).trim();
}
