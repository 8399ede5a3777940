/** The records that a store keeps in memory, under the one rule that it enforces: a revision is the kept one plus one. */
import {
  type Change,
  type Experiment,
  type RecordKind,
  type Rollout,
  type Scope,
  SluiceError,
  type SluiceRecord,
} from '@sluice/core';

export function recordId(record: { readonly kind: RecordKind; readonly scope: Scope; readonly key: string }): string {
  return `${record.kind}\0${record.scope.project}\0${record.scope.environment}\0${record.key}`;
}

/** Where a change meets the store. */
interface Meeting {
  /** The present place in the log. */
  readonly seq: number;
  /** The place that the change was decided at. */
  readonly seenSeq: number | undefined;
  /** The kept revision, 0 when there is none. */
  readonly revisionOf: (record: SluiceRecord) => number;
}

/** @throws SluiceError `conflict` naming the record that somebody else changed, `invalid` for a change that names one twice */
export function checkChange(change: Change, { seq, seenSeq, revisionOf }: Meeting): void {
  if (change.seesAll === true && seenSeq !== undefined && seenSeq !== seq)
    throw new SluiceError('conflict', `the change was decided at event ${seenSeq} of the log, which is at ${seq}; read it again`);
  const seen = new Set<string>();
  for (const record of change.records) {
    const id = recordId(record);
    if (seen.has(id)) throw new SluiceError('invalid', `a change names the ${record.kind} "${record.key}" twice`);
    seen.add(id);
    const kept = revisionOf(record);
    if (record.revision === kept + 1) continue;
    throw new SluiceError(
      'conflict',
      `${record.kind} "${record.key}" is at revision ${kept} and the change was made for ${record.revision - 1}; read it again`,
    );
  }
}

export class RecordBook {
  /** By project and environment, then kind, then key: an id for each of ten thousand records would be a megabyte. */
  readonly #scopes = new Map<string, Map<RecordKind, Map<string, SluiceRecord>>>();
  /** Of the last look-up: most ask for one scope. */
  #last: { readonly scope: Scope; readonly kinds: Map<RecordKind, Map<string, SluiceRecord>> } | null = null;

  /** @throws SluiceError as `checkChange` does */
  check(change: Change, seq: number, seenSeq: number | undefined): void {
    checkChange(change, { seq, seenSeq, revisionOf: (record) => this.get(record)?.revision ?? 0 });
  }

  apply(records: readonly SluiceRecord[]): void {
    for (const record of records) {
      const kinds = this.#kindsOf(record.scope) ?? this.#addScope(record.scope);
      const kept = kinds.get(record.kind) ?? new Map<string, SluiceRecord>();
      if (kept.size === 0) kinds.set(record.kind, kept);
      kept.set(record.key, record);
    }
  }

  get({ kind, scope, key }: Pick<SluiceRecord, 'kind' | 'scope' | 'key'>): SluiceRecord | undefined {
    return this.#kindsOf(scope)?.get(kind)?.get(key);
  }

  #kindsOf(scope: Scope): Map<RecordKind, Map<string, SluiceRecord>> | undefined {
    if (this.#last?.scope === scope) return this.#last.kinds;
    const kinds = this.#scopes.get(idOf(scope));
    if (kinds !== undefined) this.#last = { scope, kinds };
    return kinds;
  }

  #addScope(scope: Scope): Map<RecordKind, Map<string, SluiceRecord>> {
    const kinds = new Map<RecordKind, Map<string, SluiceRecord>>();
    this.#scopes.set(idOf(scope), kinds);
    return kinds;
  }

  /** What may own the share of the flag with this key. */
  ownersOf(scope: Scope, key: string): { rollout: Rollout | undefined; experiment: Experiment | undefined } {
    const [rollout, experiment] = [this.get({ kind: 'rollout', scope, key }), this.get({ kind: 'experiment', scope, key })];
    return {
      rollout: rollout?.kind === 'rollout' ? rollout : undefined,
      experiment: experiment?.kind === 'experiment' ? experiment : undefined,
    };
  }

  all(): SluiceRecord[] {
    const all: SluiceRecord[] = [];
    for (const kinds of this.#scopes.values())
      for (const kept of kinds.values()) for (const record of kept.values()) all.push(record);
    return all;
  }

  /** Those that are kept, with `records` in the place of theirs. */
  with(records: readonly SluiceRecord[]): SluiceRecord[] {
    const book = new RecordBook();
    book.apply(this.all());
    book.apply(records);
    return book.all();
  }

  clear(): void {
    this.#scopes.clear();
    this.#last = null;
  }

  /** Rollouts and experiments that are due, the longest due first. */
  due(now: number, limit: number): SluiceRecord[] {
    const due = this.all().flatMap((record) =>
      'dueAt' in record && record.dueAt !== null && record.dueAt <= now ? [{ record, at: record.dueAt }] : [],
    );
    return due
      .sort((a, b) => a.at - b.at)
      .slice(0, limit)
      .map(({ record }) => record);
  }
}

function idOf({ project, environment }: Scope): string {
  return `${project}\0${environment}`;
}

/** For records that a caller still holds: none may be changed under the log, the view and the others. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
