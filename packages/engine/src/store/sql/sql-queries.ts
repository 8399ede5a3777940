/** What is asked of records and events. */
import type { LoggedEvent, SluiceRecord } from '@sluice/core';
import { limitOf } from '../log-query.ts';
import type { LogQuery } from '../store.ts';
import { eventOfRow, recordOf, scopeName } from './record-rows.ts';
import type { Connection } from './sql-dialect.ts';
import { columnText } from './tables.ts';

export async function queryLog(connection: Connection, query: LogQuery): Promise<LoggedEvent[]> {
  const limit = limitOf(query);
  const { kind, key, types, after = 0, before, request, newestFirst } = query;
  const { project, environment } = scopeName(query.scope);
  if (types?.length === 0) return [];
  let events = connection
    .selectFrom('sluice_events')
    .select(['seq', 'body'])
    .where('project', '=', project)
    .where('environment', '=', environment)
    .where('seq', '>', after);
  if (before !== undefined) events = events.where('seq', '<', before);
  if (request !== undefined) events = events.where('request', '=', columnText(request));
  if (kind !== undefined) events = events.where('kind', '=', kind);
  if (key !== undefined) events = events.where('key', '=', columnText(key));
  if (types !== undefined) events = events.where('type', 'in', types);
  const rows = await events
    .orderBy('seq', newestFirst === true ? 'desc' : 'asc')
    .limit(limit)
    .execute();
  return rows.map(eventOfRow);
}

export async function queryDue(connection: Connection, now: number, limit: number): Promise<SluiceRecord[]> {
  const rows = await connection
    .selectFrom('sluice_records')
    .select('body')
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .orderBy('place')
    .limit(limit)
    .execute();
  return rows.map(({ body }) => recordOf(body));
}
