/** The store of one machine without set-up: a flag file with its journal, and beside them facts and leases. */
import type { Change, LoggedEvent, Scope, SluiceRecord, SubjectTotals, Tally, UnitValues } from '@sluice/core';
import { asSluiceError } from '../failure.ts';
import { FactsFile } from './facts-file.ts';
import { modeLike } from './file-work.ts';
import { JournaledRecords, type JournaledRecordsOptions } from './journaled-records.ts';
import { LeaseFile } from './lease-file.ts';
import type { Committed, FactsBatch, Fence, LeaseRequest, LogQuery, Store, StoredState } from './store.ts';

export const DEFAULT_FILE = 'config/feature_flags.json';

export interface FileStoreOptions extends JournaledRecordsOptions {
  /** Units that the ledger keeps; a million unless given. */
  readonly ledgerCap?: number;
}

/** Creates the file and its directory on the first write. @throws SluiceError from `read` when the file is bad and no journal holds a last good state */
export function fileStore(path: string = DEFAULT_FILE, options: FileStoreOptions = {}): Store {
  return new FileStore(path, options);
}

class FileStore implements Store {
  readonly #records: JournaledRecords;
  readonly #facts: FactsFile;
  readonly #leases: LeaseFile;

  constructor(path: string, options: FileStoreOptions) {
    this.#records = new JournaledRecords(path, options);
    const onProblem = (error: unknown): void => options.onProblem?.(asSluiceError(error));
    const mode = (): { readonly mode?: number } => modeLike(path);
    this.#facts = new FactsFile(`${path}.facts`, { ledgerCap: options.ledgerCap, mode, onProblem });
    this.#leases = new LeaseFile(`${path}.leases`, mode);
  }

  read(): StoredState {
    return this.#records.read();
  }

  commit(change: Change, seenSeq?: number, fence?: Fence): Promise<Committed> {
    const keep = (): Promise<Committed> => this.#records.commit(change, seenSeq);
    return fence === undefined ? keep() : this.#leases.under(fence, keep);
  }

  refresh(): Promise<void> {
    return this.#records.refresh();
  }

  log(query: LogQuery): Promise<readonly LoggedEvent[]> {
    return this.#records.log(query);
  }

  follow(listener: (committed: Committed) => void): () => void {
    return this.#records.follow(listener);
  }

  due(now: number, limit: number): Promise<readonly SluiceRecord[]> {
    return this.#records.due(now, limit);
  }

  reload(): Promise<void> {
    return this.#records.reload();
  }

  addFacts(batch: FactsBatch): Promise<void> {
    return this.#facts.add(batch);
  }

  async readTally(scope: Scope, subject: string): Promise<Tally> {
    return this.#facts.current().tally(scope, subject);
  }

  async readTotals(scope: Scope, subject: string): Promise<SubjectTotals> {
    return this.#facts.current().totals(scope, subject);
  }

  async readUnitValues(scope: Scope, subject: string, metric: string): Promise<UnitValues | null> {
    return this.#facts.current().unitValues(scope, subject, metric);
  }
  lease(request: LeaseRequest): Promise<number | null> {
    return this.#leases.take(request);
  }

  release(name: string, holder: string): Promise<void> {
    return this.#leases.release(name, holder);
  }

  async close(): Promise<void> {
    await this.#records.close();
    await this.#leases.close();
    await this.#facts.close();
  }
}
