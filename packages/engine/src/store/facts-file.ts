/** Tallies and the unit ledger beside the flag file, as a journal of batches. */
import { FactsBook, type FactsDump } from './facts-book.ts';
import { FileLock } from './file-lock.ts';
import { Journal } from './journal.ts';
import type { FactsBatch } from './store.ts';

type FactsEntry =
  | { readonly type: 'batch'; readonly batch: FactsBatch }
  | { readonly type: 'checkpoint'; readonly dump: FactsDump };

/** A segment may grow by this much over twice its checkpoint before it is compacted. */
const SLACK_BYTES = 8 * 1024 * 1024;

export class FactsFile {
  readonly #journal: Journal<FactsEntry>;
  readonly #lock: FileLock;
  readonly #cap: number | undefined;
  readonly #slack: number;
  #book: FactsBook;
  #checkpointBytes = 0;

  constructor(path: string, options: { readonly ledgerCap?: number | undefined; readonly slackBytes?: number | undefined } = {}) {
    this.#journal = new Journal(path);
    this.#lock = new FileLock(path);
    this.#cap = options.ledgerCap;
    this.#slack = options.slackBytes ?? SLACK_BYTES;
    this.#book = new FactsBook(this.#cap);
  }

  /** The book as it is now, batches of other processes included. */
  current(): FactsBook {
    this.#catchUp();
    return this.#book;
  }

  add(batch: FactsBatch): Promise<void> {
    return this.#lock.run(async () => {
      this.#catchUp();
      const { entries, restarted } = await this.#journal.append({ type: 'batch', batch });
      this.#apply(restarted, entries);
      if (this.#journal.size > 2 * this.#checkpointBytes + this.#slack) await this.#compact();
    });
  }

  async #compact(): Promise<void> {
    await this.#journal.rotate({ type: 'checkpoint', dump: this.#book.dump() }, null);
    this.#checkpointBytes = this.#journal.size;
  }

  #catchUp(): void {
    const { entries, restarted } = this.#journal.catchUp();
    this.#apply(restarted, entries);
  }

  #apply(restarted: boolean, entries: readonly FactsEntry[]): void {
    if (restarted) this.#book = new FactsBook(this.#cap);
    for (const entry of entries) {
      if (entry.type === 'batch') this.#book.add(entry.batch);
      else {
        this.#book.restore(entry.dump);
        this.#checkpointBytes = this.#journal.size;
      }
    }
  }

  async close(): Promise<void> {
    await this.#lock.idle();
    await this.#journal.close();
  }
}
