/** Leases among the processes that share a flag file. A lease is no fact: losing the file only lets somebody take one sooner. */

import { discardDraft, draftName } from './draft.ts';
import { FileLock } from './file-lock.ts';
import { readWhole, renameFile, writeWhole } from './file-work.ts';
import { type Lease, LeaseBook } from './lease-book.ts';
import type { LeaseRequest } from './store.ts';

export class LeaseFile {
  readonly #path: string;
  readonly #lock: FileLock;
  readonly #mode: () => { readonly mode?: number };

  constructor(path: string, mode: () => { readonly mode?: number }) {
    this.#path = path;
    this.#lock = new FileLock(path);
    this.#mode = mode;
  }

  take(request: LeaseRequest): Promise<number | null> {
    return this.#change((book) => book.take(request));
  }

  async release(name: string, holder: string): Promise<void> {
    await this.#change((book) => book.release(name, holder));
  }

  #change<T>(change: (book: LeaseBook) => T): Promise<T> {
    return this.#lock.run(async () => {
      const book = await this.#read();
      const answer = change(book);
      const draft = draftName(this.#path);
      try {
        await writeWhole(draft, JSON.stringify(book.all()), { flag: 'wx', ...this.#mode() });
        await renameFile(draft, this.#path);
      } finally {
        await discardDraft(draft);
      }
      return answer;
    });
  }

  async #read(): Promise<LeaseBook> {
    try {
      const rows: unknown = JSON.parse(await readWhole(this.#path, 'utf8'));
      return new LeaseBook(Array.isArray(rows) ? rows.filter(isRow) : []);
    } catch {
      return new LeaseBook();
    }
  }

  async close(): Promise<void> {
    await this.#lock.idle();
  }
}

function isRow(row: unknown): row is readonly [string, Lease] {
  if (!Array.isArray(row) || row.length !== 2 || typeof row[0] !== 'string') return false;
  const { holder, until, token } = (row[1] ?? {}) as Partial<Record<keyof Lease, unknown>>;
  return typeof holder === 'string' && Number.isFinite(until) && Number.isSafeInteger(token);
}
