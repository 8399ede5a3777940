/** Records and events as rows. */
import type { LoggedEvent, RecordKind, Scope, SluiceRecord } from '@sluice/core';
import { deepFreeze } from '../record-book.ts';
import type { Connection } from './sql-dialect.ts';
import { columnText, type RecordName, type ScopeName } from './tables.ts';

export function scopeName({ project, environment }: Scope): ScopeName {
  return { project: columnText(project), environment: columnText(environment) };
}

export function recordName(record: { readonly kind: RecordKind; readonly scope: Scope; readonly key: string }): RecordName {
  return { ...scopeName(record.scope), kind: record.kind, key: columnText(record.key) };
}

export function dueAtOf(record: SluiceRecord): number | null {
  return 'dueAt' in record ? record.dueAt : null;
}

export function recordOf(body: string): SluiceRecord {
  return deepFreeze(JSON.parse(body) as SluiceRecord);
}

export function recordsOf(bodies: string): readonly SluiceRecord[] {
  return deepFreeze(JSON.parse(bodies) as readonly SluiceRecord[]);
}

export function eventOfRow({ seq, body }: { readonly seq: number; readonly body: string }): LoggedEvent {
  return deepFreeze({ ...(JSON.parse(body) as Omit<LoggedEvent, 'seq'>), seq });
}

/** In the order that they were first kept in. */
export async function allRecords(connection: Connection): Promise<SluiceRecord[]> {
  const rows = await connection.selectFrom('sluice_records').select('body').orderBy('place').execute();
  return rows.map(({ body }) => recordOf(body));
}
