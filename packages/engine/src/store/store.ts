/** The one port that keeps anything. A store decides nothing: it checks revisions, keeps, orders and tells. */
import type {
  Change,
  EventType,
  LoggedEvent,
  LookDelta,
  ObservationDelta,
  RecordKind,
  Scope,
  SluiceRecord,
  SubjectTotals,
  Tally,
  UnitDelta,
  UnitValues,
} from '@sluice/core';

/** All records of all scopes with the log's last sequence number (0 when empty). */
export interface StoredState {
  readonly seq: number;
  readonly records: readonly SluiceRecord[];
}

/** A commit as followers see it: its records, and its events with their places in the log. `seq` is that of the last event, or unchanged when there is none. */
export interface Committed {
  readonly seq: number;
  readonly records: readonly SluiceRecord[];
  readonly events: readonly LoggedEvent[];
}

/** Filters are joined by *and*. Answers are in order of `seq`; with `newestFirst` in reverse. */
export interface LogQuery {
  readonly scope: Scope;
  readonly kind?: RecordKind;
  readonly key?: string;
  readonly types?: readonly EventType[];
  /** Only events with a greater sequence number. */
  readonly after?: number;
  /** Only events with a smaller sequence number: the next page of those that are asked for newest first. */
  readonly before?: number;
  /** Only events of changes that were made for this request (`Change.receipt`). */
  readonly request?: string;
  readonly newestFirst?: boolean;
  /** 1 to 1000; 100 unless given. */
  readonly limit?: number;
}

export interface TallyDelta {
  readonly scope: Scope;
  /** `flag/<key>` for a flag's evaluations, `rollout/<key>/<number>/<stage>` for a stage's exposures, `window/…` for what was ingested in ten seconds. */
  readonly subject: string;
  readonly tally: Tally;
  /** Until when the tally is of use, milliseconds since 1970; for ever unless given. The latest that was given for a subject counts. */
  readonly keepUntil?: number;
}

/** What one process saw since its last flush. A store ignores a batch whose `(instanceId, seq)` it has. */
export interface FactsBatch {
  readonly instanceId: string;
  /** From 1, growing by one per batch of this instance. */
  readonly seq: number;
  readonly scope: Scope;
  readonly tallies: readonly TallyDelta[];
  readonly units: readonly UnitDelta[];
  readonly observations: readonly ObservationDelta[];
  /** What looks at tests have shown; left out when there were none. */
  readonly looks?: readonly LookDelta[];
  /**
   * Until when the store remembers that it has this batch and those before it, milliseconds since 1970; for ever unless given. The latest that was given
   * for an instance counts. Whoever sends a batch again later is counted twice.
   */
  readonly rememberUntil?: number;
  /** Tallies of any scope whose `keepUntil`, and instances whose `rememberUntil`, is before this instant are forgotten with this batch. */
  readonly forgetBefore?: number;
}

/** Instants in milliseconds since 1970. */
export interface LeaseRequest {
  readonly name: string;
  readonly holder: string;
  readonly now: number;
  readonly until: number;
}

/** The lease that a commit is made under. Once somebody else has it, the commit comes too late. */
export interface Fence {
  readonly name: string;
  readonly token: number;
}

export interface Store {
  /** The state now. A store that can answer at once does (memory, file), so that evaluation needs no waiting. */
  read(): StoredState | Promise<StoredState>;
  /**
   * Keeps all of `change` durably or nothing. `seenSeq` is the place in the log of the state that it was decided on. The change's receipt
   * is kept with it for at least 24 hours, whatever scope it was for, and stands in its events.
   * @throws SluiceError `repeated`, with the kept receipt as `repeats`, when a change with this receipt's id was kept: before anything else is
   * looked at; `conflict` when a record's revision is not the kept one plus one, or when a change that sees all was decided on
   * another state than the present one; `refused` when the lease of `fence` has gone to another holder; `unavailable` when it cannot be kept
   */
  commit(change: Change, seenSeq?: number, fence?: Fence): Promise<Committed>;
  /** Resolves when whoever follows has been told of everything that was committed before it was called. */
  refresh(): Promise<void>;
  log(query: LogQuery): Promise<readonly LoggedEvent[]>;
  /** Calls `listener` for every commit in order of `seq`, own ones before their `commit` resolves, and others' as they are seen. Returns how to stop. */
  follow(listener: (committed: Committed) => void): () => void;
  /** Adds a batch of counters and unit deltas. Idempotent by `(instanceId, seq)`. Units beyond the ledger's cap are refused and counted in the totals. */
  addFacts(batch: FactsBatch): Promise<void>;
  /** The sum of all tallies of this subject; empty when there are none. */
  readTally(scope: Scope, subject: string): Promise<Tally>;
  readTotals(scope: Scope, subject: string): Promise<SubjectTotals>;
  /** The values of one metric of all exposed units, by arm (`unitValuesOf`); null where there are more than `MAX_RANKED_UNITS`. */
  readUnitValues(scope: Scope, subject: string, metric: string): Promise<UnitValues | null>;
  /** Rollouts, experiments and schedules whose `dueAt` is not after `now`, the longest due first. */
  due(now: number, limit: number): Promise<readonly SluiceRecord[]>;
  /** Takes the lease, or renews it for who holds it: the fencing token, or null while another holds it. Tokens rise with every new holder. */
  lease(request: LeaseRequest): Promise<number | null>;
  /** Gives a lease back before its end. */
  release(name: string, holder: string): Promise<void>;
  /** Applies edits that somebody made to the store's files by hand. Others do nothing. */
  reload(): Promise<void>;
  close(): Promise<void>;
}
