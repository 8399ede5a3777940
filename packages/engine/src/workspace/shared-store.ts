/** One store for many scopes: read once, followed once, and told on by scope. */
import {
  type Change,
  INSTALLATION_SCOPE,
  isRefusal,
  type LoggedEvent,
  type Refusal,
  type Scope,
  SluiceError,
  type SluiceRecord,
  sameScope,
} from '@sluice/core';
import { Followers } from '../store/followers.ts';
import { recordId } from '../store/record-book.ts';
import type { Committed, Store, StoredState } from '../store/store.ts';

interface Slice {
  readonly scope: Scope;
  readonly records: Map<string, SluiceRecord>;
  readonly followers: Followers;
  /** Of the last event of this scope. */
  seq: number;
}

export class SharedStore {
  readonly store: Store;
  readonly #slices = new Map<string, Slice>();
  readonly #onProblem: (error: unknown) => void;
  /** Told first: what it holds is what others look up when they are told. */
  readonly #everything: Followers;
  readonly #stopFollowing: () => void;
  #seq = 0;
  #isLoaded = false;

  constructor(store: Store, onProblem: (error: unknown) => void) {
    this.store = store;
    this.#onProblem = onProblem;
    this.#everything = new Followers(onProblem);
    this.#stopFollowing = store.follow((committed) => this.#take(committed, true));
  }

  /** The last place in the log that was heard of. */
  get seq(): number {
    return this.#seq;
  }

  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** At once where the store can. Whoever follows everything is told of all that there is. */
  load(): Promise<void> {
    const state = this.store.read();
    if (state instanceof Promise) return state.then((read) => this.#loaded(read));
    this.#loaded(state);
    return Promise.resolve();
  }

  #loaded({ seq, records }: StoredState): void {
    this.#isLoaded = true;
    this.#take({ seq, records, events: [] }, false);
  }

  /** Of `scope`, with the place in the log. */
  state(scope: Scope): StoredState {
    return { seq: this.#seq, records: [...this.#slice(scope).records.values()] };
  }

  /** Of the last event of this scope that was heard of. */
  seqOf(scope: Scope): number {
    return this.#slice(scope).seq;
  }

  /** Every scope in which something is kept. */
  scopes(): Scope[] {
    return Array.from(this.#slices.values(), ({ scope }) => scope);
  }

  followAll(listener: (committed: Committed) => void): () => void {
    return this.#everything.add(listener);
  }

  /** Only what concerns `scope`. */
  follow(scope: Scope, listener: (committed: Committed) => void): () => void {
    return this.#slice(scope).followers.add(listener);
  }

  /** Stops following; the store stays open. */
  stop(): void {
    this.#stopFollowing();
  }

  #slice(scope: Scope): Slice {
    const id = scopeId(scope);
    const found = this.#slices.get(id);
    if (found !== undefined) return found;
    const slice: Slice = { scope: { ...scope }, records: new Map(), followers: new Followers(this.#onProblem), seq: 0 };
    this.#slices.set(id, slice);
    return slice;
  }

  #revisionOf(record: SluiceRecord): number {
    return this.#slice(record.scope).records.get(recordId(record))?.revision ?? 0;
  }

  #take({ seq, records, events }: Committed, isTold: boolean): void {
    this.#seq = Math.max(this.#seq, seq);
    const told = new Map<string, { readonly slice: Slice; records: SluiceRecord[]; events: LoggedEvent[] }>();
    const partOf = (scope: Scope): { readonly slice: Slice; records: SluiceRecord[]; events: LoggedEvent[] } => {
      const id = scopeId(scope);
      const part = told.get(id) ?? { slice: this.#slice(scope), records: [], events: [] };
      told.set(id, part);
      return part;
    };
    // What was read may be older than what was told meanwhile; what is told is so now.
    const news = records.filter((record) => isTold || this.#revisionOf(record) < record.revision);
    for (const record of news) {
      const part = partOf(record.scope);
      part.slice.records.set(recordId(record), record);
      part.records.push(record);
    }
    for (const event of events) {
      const part = partOf(event.scope);
      part.slice.seq = Math.max(part.slice.seq, event.seq);
      part.events.push(event);
    }
    this.#everything.tell({ seq, records: news, events });
    for (const { slice, ...part } of told.values()) slice.followers.tell({ seq, ...part });
  }
}

/** For maps. */
export function scopeId({ project, environment }: Scope): string {
  return `${project}\0${environment}`;
}

/** What a change of one environment means to the others of its project. */
export type Complete = (change: Change) => Change | Refusal;

/** The shared store as one scope sees it: it reads, hears and changes no other. */
export function scopedStore(shared: SharedStore, scope: Scope, complete: Complete): Store {
  const { store } = shared;
  const own = <Asked extends { readonly scope: Scope }>(asked: Asked): Asked => {
    if (!sameScope(asked.scope, scope)) throw foreign(scope, asked.scope);
    return asked;
  };
  return {
    read: () => shared.state(scope),
    commit: async (change, seenSeq, fence) => {
      for (const record of change.records) own(record);
      const completed = complete(change);
      if (isRefusal(completed)) throw new SluiceError(completed.code, completed.refused, { issues: completed.issues ?? [] });
      const committed = await store.commit(completed, seenOf(shared, scope, seenSeq), fence);
      return {
        seq: committed.seq,
        records: committed.records.filter((record) => sameScope(record.scope, scope)),
        events: committed.events.filter((event) => sameScope(event.scope, scope)),
      };
    },
    refresh: () => store.refresh(),
    log: async (query) => store.log(own(query)),
    follow: (listener) => shared.follow(scope, listener),
    addFacts: async (batch) => store.addFacts(own(batch)),
    readTally: async (of, subject) => store.readTally(own({ scope: of }).scope, subject),
    readTotals: async (of, subject) => store.readTotals(own({ scope: of }).scope, subject),
    readUnitValues: async (of, subject, metric) => store.readUnitValues(own({ scope: of }).scope, subject, metric),
    due: async (now, limit) => dueOf(shared.state(scope).records, now, limit),
    lease: (request) => store.lease(request),
    release: (name, holder) => store.release(name, holder),
    reload: () => store.reload(),
    // The workspace closes the store, once.
    close: async () => {},
  };
}

/** Commits of other scopes change nothing that this one decided on. */
function seenOf(shared: SharedStore, scope: Scope, seenSeq: number | undefined): number | undefined {
  return seenSeq === undefined || shared.seqOf(scope) > seenSeq ? seenSeq : Math.max(shared.seq, seenSeq);
}

function dueOf(records: readonly SluiceRecord[], now: number, limit: number): SluiceRecord[] {
  const due = records.flatMap((record) =>
    'dueAt' in record && record.dueAt !== null && record.dueAt <= now ? [{ record, at: record.dueAt }] : [],
  );
  return due
    .sort((a, b) => a.at - b.at)
    .slice(0, limit)
    .map(({ record }) => record);
}

function foreign(own: Scope, asked: Scope): SluiceError {
  const name = ({ project, environment }: Scope): string => `"${project}"/"${environment}"`;
  const what = sameScope(asked, INSTALLATION_SCOPE) ? 'the whole installation' : name(asked);
  return new SluiceError('refused', `${name(own)} reads and changes nothing of ${what}`);
}
