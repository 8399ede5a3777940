/** Pages of the log: of one environment, of a whole project, or of the installation. */
import {
  EVERY,
  type EventType,
  INSTALLATION_SCOPE,
  type LoggedEvent,
  type PublicEvent,
  projectScope,
  publicEvent,
  type RecordKind,
  type Scope,
  SluiceError,
} from '@sluice/core';
import { MAX_LOG_LIMIT } from '../store/log-query.ts';
import type { LogQuery } from '../store/store.ts';
import type { WorkspaceRuntime } from './workspace-runtime.ts';

/** Filters are joined by *and*. */
export interface HistoryQuery {
  /** `*` is what concerns the installation: people, and personal tokens. */
  readonly project: string;
  /** `*` is what concerns the whole project alone; all of its environments and that unless given. */
  readonly environment?: string;
  readonly kind?: RecordKind;
  readonly key?: string;
  readonly types?: readonly EventType[];
  /** Only events of changes that were made for this request. */
  readonly request?: string;
  /** Of the page before; the newest events unless given. */
  readonly cursor?: number;
  /** 1 to 1000; 100 unless given. */
  readonly limit?: number;
}

export interface HistoryPage {
  /** Newest first, without anything that is secret. */
  readonly events: readonly PublicEvent[];
  /** Gives the next page; null when there is none. */
  readonly cursor: number | null;
}

/** @throws SluiceError `notFound` for an unknown project or environment, `invalid` for a bad limit or cursor */
export async function readHistory(workspace: WorkspaceRuntime, query: HistoryQuery): Promise<HistoryPage> {
  await workspace.ready;
  const { project, environment, cursor, limit = 100, ...filters } = query;
  const most = checked('limit', limit, MAX_LOG_LIMIT);
  const before = cursor === undefined ? {} : { before: checked('cursor', cursor, Number.MAX_SAFE_INTEGER) };
  const scopes = scopesOf(workspace, project, environment);
  const asked: Omit<LogQuery, 'scope'> = { ...filters, ...before, newestFirst: true, limit: most };
  const logs = await Promise.all(scopes.map((scope) => workspace.shared.store.log({ ...asked, scope })));
  const found: readonly LoggedEvent[] = logs.flat().sort((a, b) => b.seq - a.seq);
  const events = found.slice(0, most).map(publicEvent);
  const hasMore = found.length > most || logs.some((log) => log.length === most);
  return { events, cursor: hasMore ? (events.at(-1)?.seq ?? null) : null };
}

function scopesOf({ directory }: WorkspaceRuntime, project: string, environment: string | undefined): Scope[] {
  if (project === EVERY) return [INSTALLATION_SCOPE];
  const kept = directory.project(project);
  if (environment === EVERY) return [projectScope(project)];
  if (environment !== undefined) return [{ project, environment: directory.environment({ project, environment }).key }];
  return [projectScope(project), ...kept.environments.map(({ key }) => ({ project, environment: key }))];
}

function checked(name: string, value: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  const message = `must be a whole number from 1${most === MAX_LOG_LIMIT ? ` to ${most}` : ''}; it is ${String(value)}`;
  throw new SluiceError('invalid', `history: /${name} ${message}`, { issues: [{ path: `/${name}`, message }] });
}
