/** One store over either database: it opens when first needed, keeps and answers by transactions, and tells followers what anybody committed. */
import type { Change, LoggedEvent, Scope, SluiceRecord, SubjectTotals, Tally, UnitValues } from '@sluice/core';
import { emptyTotals } from '@sluice/core';
import { Followers } from '../followers.ts';
import { recordId } from '../record-book.ts';
import type { Committed, FactsBatch, Fence, LeaseRequest, LogQuery, Store, StoredState } from '../store.ts';
import { CommitFeed, type FeedPlace, type NumberedCommit } from './commit-feed.ts';
import { commitsSince } from './commits-since.ts';
import { checkReceipt } from './receipt-rows.ts';
import { allRecords } from './record-rows.ts';
import { checkFence, keepChange, readHead } from './sql-commit.ts';
import { SqlDatabase } from './sql-database.ts';
import type { Connection, SqlDialect } from './sql-dialect.ts';
import { addBatch, readUnitValues } from './sql-facts.ts';
import { releaseLease, takeLease } from './sql-leases.ts';
import { queryDue, queryLog } from './sql-queries.ts';
import { readTally, readTotals } from './subject-rows.ts';

/** What was found behind the place of the followers. */
interface News {
  readonly from: FeedPlace;
  readonly head: FeedPlace;
  readonly commits: readonly NumberedCommit[];
}

export class SqlStore implements Store {
  readonly #dialect: SqlDialect;
  readonly #database: SqlDatabase;
  readonly #feed: CommitFeed;
  readonly #onProblem: (error: unknown) => void;
  #stopListening: (() => Promise<void>) | null = null;
  #isClosed = false;

  constructor(dialect: SqlDialect, onProblem: (error: unknown) => void) {
    this.#dialect = dialect;
    this.#database = new SqlDatabase(dialect);
    this.#feed = new CommitFeed(new Followers(onProblem));
    this.#onProblem = onProblem;
  }

  async read(): Promise<StoredState> {
    const told = this.#feed.recorded();
    try {
      const { records, news } = await this.#database.snapshot(async (connection) => {
        const { place } = this.#feed;
        const head = await readHead(connection, this.#dialect);
        return { records: await allRecords(connection), news: await newsTo(connection, place, head) };
      });
      await this.#tell(news);
      this.#feed.hold();
      return withLater({ seq: news.head.seq, records }, news.head, told.commits);
    } finally {
      told.stop();
    }
  }

  async #tell({ from, head, commits }: News): Promise<void> {
    this.#feed.begin(from);
    if (head.number < from.number) this.#feed.putBack({ number: head.number - 1, seq: head.seq });
    await this.#feed.tell(commits);
  }

  async commit(change: Change, seenSeq?: number, fence?: Fence): Promise<Committed> {
    const { own, news } = await this.#database.write(async (connection) => {
      const { place } = this.#feed;
      const head = await readHead(connection, this.#dialect, true);
      await checkReceipt(connection, change);
      if (fence !== undefined) await checkFence(connection, this.#dialect, fence);
      const before = await newsTo(connection, place, head);
      const kept = await keepChange(connection, change, head, seenSeq);
      await this.#dialect.announce(connection, kept.number);
      return { own: kept.committed, news: { ...before, commits: [...before.commits, kept] } };
    });
    await this.#tell(news);
    return own;
  }

  async refresh(): Promise<void> {
    const news = await this.#database.read(async (connection) => {
      const { place } = this.#feed;
      return newsTo(connection, place, await readHead(connection, this.#dialect));
    });
    await this.#tell(news);
  }

  follow(listener: (committed: Committed) => void): () => void {
    if (!this.#isClosed) this.#stopListening ??= this.#dialect.listen(() => this.refresh(), this.#onProblem);
    return this.#feed.follow(listener);
  }

  log(query: LogQuery): Promise<readonly LoggedEvent[]> {
    return this.#database.read((connection) => queryLog(connection, query));
  }

  due(now: number, limit: number): Promise<readonly SluiceRecord[]> {
    return this.#database.read((connection) => queryDue(connection, now, limit));
  }

  addFacts(batch: FactsBatch): Promise<void> {
    return this.#database.write((connection) => addBatch(connection, this.#dialect, batch));
  }

  readTally(scope: Scope, subject: string): Promise<Tally> {
    return this.#database.read((connection) => readTally(connection, scope, subject));
  }

  async readTotals(scope: Scope, subject: string): Promise<SubjectTotals> {
    const kept = await this.#database.read((connection) => readTotals(connection, scope, subject));
    return kept?.totals ?? emptyTotals();
  }

  readUnitValues(scope: Scope, subject: string, metric: string): Promise<UnitValues | null> {
    return this.#database.snapshot((connection) => readUnitValues(connection, scope, subject, metric));
  }

  lease(request: LeaseRequest): Promise<number | null> {
    return this.#database.write((connection) => takeLease(connection, this.#dialect, request));
  }

  release(name: string, holder: string): Promise<void> {
    return this.#database.write((connection) => releaseLease(connection, this.#dialect, name, holder));
  }

  async reload(): Promise<void> {}

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#stopListening?.();
    await this.#database.close();
  }
}

/**
 * `place` is where followers were before the head was read: what was committed and told of meanwhile would make the head look like one that
 * somebody put back.
 */
async function newsTo(connection: Connection, place: FeedPlace | null, head: FeedPlace): Promise<News> {
  const from = place ?? head;
  return { from, head, commits: await commitsSince(connection, from, head) };
}

/** The state with what followers were told of while it was read. */
function withLater(state: StoredState, head: FeedPlace, told: readonly NumberedCommit[]): StoredState {
  const later = told.filter(({ number }) => number > head.number);
  if (later.length === 0) return state;
  const records = new Map(state.records.map((record) => [recordId(record), record]));
  for (const { committed } of later) for (const record of committed.records) records.set(recordId(record), record);
  return { seq: later.at(-1)?.committed.seq ?? state.seq, records: [...records.values()] };
}
