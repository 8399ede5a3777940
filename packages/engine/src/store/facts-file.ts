/** Tallies and the unit ledger beside the flag file, as a journal of batches. */
import { FactsBook, type FactsDump } from './facts-book.ts';
import { FileLock } from './file-lock.ts';
import { Journal } from './journal.ts';
import type { FactsBatch } from './store.ts';

type FactsEntry = { readonly type: 'batch'; readonly batch: FactsBatch } | FactsDump;

/** A segment may grow by this much beyond twice what it begins with before it is compacted. */
const SLACK_BYTES = 8 * 1024 * 1024;

export interface FactsFileOptions {
  readonly ledgerCap?: number | undefined;
  readonly slackBytes?: number | undefined;
  readonly mode?: () => { readonly mode?: number };
  /** Hears when compaction failed; the facts are kept all the same. */
  readonly onProblem?: (error: unknown) => void;
}

export class FactsFile {
  readonly #journal: Journal<FactsEntry>;
  readonly #lock: FileLock;
  readonly #options: FactsFileOptions;
  #book: FactsBook;

  constructor(path: string, options: FactsFileOptions = {}) {
    const { mode } = options;
    this.#journal = new Journal(path, {
      checkpoint: () => this.#book.dump(),
      keepsOlder: false,
      ...(mode === undefined ? {} : { mode }),
    });
    this.#lock = new FileLock(path);
    this.#options = options;
    this.#book = new FactsBook(options.ledgerCap);
  }

  /** The book as it is now, batches of other processes included. */
  current(): FactsBook {
    this.#apply(this.#journal.catchUp());
    return this.#book;
  }

  add(batch: FactsBatch): Promise<void> {
    return this.#lock.run(async () => {
      this.#apply(this.#journal.catchUp());
      this.#apply(await this.#journal.append({ type: 'batch', batch }));
      const slack = this.#options.slackBytes ?? SLACK_BYTES;
      if (this.#journal.size <= 2 * this.#journal.startBytes + slack) return;
      await this.#journal.rotate().catch((error: unknown) => this.#options.onProblem?.(error));
    });
  }

  #apply(entries: readonly FactsEntry[]): void {
    for (const entry of entries) {
      if (entry.type === 'batch') {
        this.#book.add(entry.batch);
        continue;
      }
      // A segment that begins says everything again.
      if (entry.type === 'sums') this.#book = new FactsBook(this.#options.ledgerCap);
      this.#book.restore(entry);
    }
  }

  async close(): Promise<void> {
    await this.#lock.idle();
    await this.#journal.close();
  }
}
