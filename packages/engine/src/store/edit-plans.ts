/** What an edit of the flag file would change, over the records as they are. */
import { DEFAULT_SCOPE, type Flag } from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import { type Adoption, planAdoption } from './adoption.ts';
import type { FlagProjection, FoundFile } from './flag-projection.ts';
import type { RecordJournal } from './record-journal.ts';

export class EditPlans {
  readonly #projection: FlagProjection;
  readonly #journal: RecordJournal;
  readonly #options: { readonly clock: Clock; readonly force: boolean };
  /** The last one: what reading planned, the commit that follows does not plan again over a large file. */
  #last: { readonly hash: string; readonly position: string; readonly adoption: Adoption } | null = null;

  constructor(projection: FlagProjection, journal: RecordJournal, options: { readonly clock: Clock; readonly force: boolean }) {
    this.#projection = projection;
    this.#journal = journal;
    this.#options = options;
  }

  /** @throws SluiceError when the file is bad */
  of(found: FoundFile): Adoption {
    const { position } = this.#journal;
    if (this.#last?.hash === found.hash && this.#last.position === position) return this.#last.adoption;
    const adoption = this.over(found, this.#journal.state.placedFlags);
    this.#last = { hash: found.hash, position, adoption };
    return adoption;
  }

  /** What was planned is committed, or will be planned anew. */
  forget(): void {
    this.#last = null;
  }

  /** `placed` are flags that changed since the file was written, as it has them. @throws SluiceError when the file is bad */
  over(found: FoundFile, placed: ReadonlyMap<string, Flag | null>): Adoption {
    const { state } = this.#journal;
    return planAdoption({
      path: this.#projection.path,
      ...this.#projection.editIn(found),
      kept: new Map(state.flags().map((flag) => [flag.key, flag])),
      placed,
      others: (key) => state.book.ownersOf(DEFAULT_SCOPE, key),
      force: this.#options.force,
      now: this.#options.clock.now(),
    });
  }
}
