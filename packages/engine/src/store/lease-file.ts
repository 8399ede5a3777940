/** Leases among the processes that share a flag file. A lease is no fact: losing the file only lets somebody take one sooner. */
import { dirname } from 'node:path';
import { FileLock } from './file-lock.ts';
import { makeDirectory, readWhole, renameFile, writeWhole } from './file-work.ts';
import { type Lease, LeaseBook } from './lease-book.ts';
import type { LeaseRequest } from './store.ts';

export class LeaseFile {
  readonly #path: string;
  readonly #lock: FileLock;

  constructor(path: string) {
    this.#path = path;
    this.#lock = new FileLock(path);
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
      await makeDirectory(dirname(this.#path), { recursive: true });
      await writeWhole(`${this.#path}.tmp`, JSON.stringify(book.all()));
      await renameFile(`${this.#path}.tmp`, this.#path);
      return answer;
    });
  }

  async #read(): Promise<LeaseBook> {
    try {
      return new LeaseBook(JSON.parse(await readWhole(this.#path, 'utf8')) as (readonly [string, Lease])[]);
    } catch {
      return new LeaseBook();
    }
  }

  async close(): Promise<void> {
    await this.#lock.idle();
  }
}
