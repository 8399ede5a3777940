/** Leases among the processes that share a flag file. A lease is no fact: losing the file only lets somebody take one sooner. */

import { readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { SluiceError } from '@sluice/core';
import { discardDraft, draftName, removeDrafts } from './draft.ts';
import { FileLock } from './file-lock.ts';
import { ensureDirectory, isMissing, writeWhole } from './file-work.ts';
import { type Lease, LeaseBook } from './lease-book.ts';
import type { Fence, LeaseRequest } from './store.ts';

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

  /** Does the work while nobody can take the lease. @throws SluiceError `refused` when somebody else has it already */
  under<T>(fence: Fence, work: () => Promise<T>): Promise<T> {
    return this.#lock.run(() => {
      bookOf(this.#read()).check(fence);
      return work();
    });
  }

  #change<T>(change: (book: LeaseBook) => T): Promise<T> {
    return this.#lock.run(async () => {
      await ensureDirectory(dirname(this.#path));
      // What a process that lost the lock in its sleep still means to put here cannot be renamed any more.
      await removeDrafts(this.#path);
      const text = this.#read();
      const book = bookOf(text);
      const answer = change(book);
      const draft = draftName(this.#path);
      try {
        await writeWhole(draft, JSON.stringify(book.all()), { flag: 'wx', ...this.#mode() });
        if (this.#read() !== text) throw new SluiceError('conflict', `${this.#path}: another process wrote first`);
        renameSync(draft, this.#path);
      } finally {
        await discardDraft(draft);
      }
      return answer;
    });
  }

  /** Empty when it is not there. */
  #read(): string {
    try {
      return readFileSync(this.#path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return '';
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#lock.idle();
  }
}

/** A file that is no list of leases holds none. */
function bookOf(text: string): LeaseBook {
  try {
    const rows: unknown = JSON.parse(text);
    return new LeaseBook(Array.isArray(rows) ? rows.filter(isRow) : []);
  } catch {
    return new LeaseBook();
  }
}

function isRow(row: unknown): row is readonly [string, Lease] {
  if (!Array.isArray(row) || row.length !== 2 || typeof row[0] !== 'string') return false;
  const { holder, until, token } = (row[1] ?? {}) as Partial<Record<keyof Lease, unknown>>;
  return typeof holder === 'string' && Number.isFinite(until) && Number.isSafeInteger(token);
}
