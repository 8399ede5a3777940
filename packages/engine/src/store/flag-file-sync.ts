/** Brings journal and flag file together: what people wrote into the file becomes a change, and what changed is written into the file. */
import { type Change, DEFAULT_SCOPE, type Flag, SluiceError, type SluiceRecord } from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import type { Adoption } from './adoption.ts';
import { EditPlans } from './edit-plans.ts';
import { FilePlacement } from './file-placement.ts';
import { checkPlannedSize, mostReadBytes } from './file-size.ts';
import { copyWhole, modeLike, writeWhole } from './file-work.ts';
import { hashOf } from './flag-file-text.ts';
import { FlagProjection, type FoundFile, foundFile } from './flag-projection.ts';
import { foundCaughtUp } from './found-caught-up.ts';
import { isFileFlag } from './journal-state.ts';
import type { RecordJournal } from './record-journal.ts';
import type { Committed } from './store.ts';

export interface FlagFileSyncOptions {
  readonly clock: Clock;
  /** Accept a file that drops every flag. */
  readonly force: boolean;
  /** A larger file is refused. */
  readonly maxBytes: number;
  /** Hears of what goes wrong after a change was kept. */
  readonly onProblem: (error: unknown) => void;
}

/** The stamp of a file that was replaced. */
const NOT_IN_PLACE = '';

interface Adopted {
  readonly text: string;
  /** Hash of the text if a change was committed that implies it. */
  readonly implied: string | null;
}

/** A file that is written to without end is left for the next look. */
const MAX_ROUNDS = 5;

export class FlagFileSync {
  readonly #journal: RecordJournal;
  readonly #options: FlagFileSyncOptions;
  readonly #projection: FlagProjection;
  readonly #placement: FilePlacement;
  readonly #plans: EditPlans;
  /** Hash of the bad file that was reported last, so that it is reported once. */
  #rejected: string | null = null;
  /** Where journal and file stood when the file could not be put in place: it is not tried again before one of them changes. */
  #stuckAt: string | null = null;
  /** An edit that was served before it could be kept: it is kept before a later one. */
  #served: FoundFile | null = null;

  constructor(path: string, journal: RecordJournal, options: FlagFileSyncOptions) {
    this.#journal = journal;
    this.#options = options;
    this.#projection = new FlagProjection(path, options.maxBytes);
    this.#placement = new FilePlacement(path);
    this.#plans = new EditPlans(this.#projection, journal, options);
  }

  /** What a hand edited while nobody was looking, for reading at once; `look` commits it. @throws SluiceError when the file is bad and there is no journal */
  edited(): readonly SluiceRecord[] {
    const { state } = this.#journal;
    try {
      const found = foundCaughtUp(this.#projection, this.#journal);
      if (found === null || found.hash === state.hash || state.unplacedHashes.has(found.hash)) return [];
      const { records } = this.#plans.of(found);
      this.#served = found;
      return records;
    } catch (error) {
      if (this.#journal.exists) return [];
      throw error;
    }
  }

  /** Whether a look would find nothing to do: cheap, and without the lock. */
  isUpToDate(): boolean {
    const { state } = this.#journal;
    if (this.#placement.isLate) return false;
    const found = this.#projection.find();
    if (this.#stuckAt === this.#standing(found)) return true;
    if (found === null) return !state.flags().some((flag) => flag.archivedAt === null);
    if (found.hash === this.#rejected) return true;
    return found.hash === state.hash && state.placedFlags.size === 0 && state.unplacedHashes.size === 0;
  }

  #standing(found: FoundFile | null): string {
    return `${this.#journal.position} ${found?.stamp}`;
  }

  /** What is wrong is reported again, and tried again. */
  forgetProblems(): void {
    this.#rejected = null;
    this.#stuckAt = null;
  }

  /** Takes in what people wrote, and writes what they lack. The caller holds the lock. @throws SluiceError when the file is bad */
  async look(): Promise<void> {
    for (let round = 1; round <= MAX_ROUNDS; round++) if (await this.#lookOnce()) return;
    throw new SluiceError('unavailable', `${this.#projection.path} is written to all the time; what changed is not in it yet`);
  }

  /** False when somebody wrote to the file meanwhile. */
  async #lookOnce(): Promise<boolean> {
    this.#journal.catchUp();
    const { state } = this.#journal;
    // What a process that lost the lock in its sleep still means to put here would be taken for an edit.
    await this.#placement.shutOutSleepers();
    const late = this.#placement.late(mostReadBytes(this.#options.maxBytes));
    if (late !== null) await this.#adoptLate({ ...foundFile(late.bytes, late.size, late.stamp), stamp: NOT_IN_PLACE });
    const found = this.#projection.find();
    await this.#keepServed(found);
    if (found?.hash === state.hash) return this.#settle(found);
    if (found === null && state.flags().length === 0) return true;
    if (found === null || state.unplacedHashes.has(found.hash))
      return this.#place(this.#projection.reconciled(found, state.flags(), DEFAULT_SCOPE), found, null);
    return this.#adopt(found);
  }

  /** What was served at the start is kept, though its editor has gone on since: who asked has been answered by it. */
  async #keepServed(found: FoundFile | null): Promise<void> {
    const served = this.#served;
    this.#served = null;
    if (served === null || served.hash === found?.hash) return;
    await this.#adoptInto(served, this.#journal.state.placedFlags, () =>
      this.#plans.over(served, this.#journal.state.placedFlags),
    );
  }

  async #settle(found: FoundFile): Promise<true> {
    this.#projection.base(found.hash, () => this.#projection.textOf(found));
    this.#rejected = null;
    const { placedFlags, unplacedHashes } = this.#journal.state;
    if (placedFlags.size > 0 || unplacedHashes.size > 0) await this.#markFound(found);
    return true;
  }

  /** Whoever wrote the file, a person or a process that died, may not have forced it to the disk. */
  async #markFound({ hash }: FoundFile): Promise<void> {
    await this.#placement.sync();
    await this.#journal.markPlaced(hash);
  }

  async #adopt(found: FoundFile): Promise<boolean> {
    const { text, implied } = await this.#adoptInto(found, this.#journal.state.placedFlags, () => this.#plans.of(found));
    this.#plans.forget();
    if (hashOf(text) !== found.hash) return this.#place(text, found, implied);
    this.#projection.base(found.hash, () => this.#projection.textOf(found));
    if (this.#journal.exists) await this.#markFound(found);
    return true;
  }

  /** Somebody wrote into a file that had just been replaced: what they wrote is an edit of that file. */
  async #adoptLate(late: FoundFile): Promise<void> {
    const { state } = this.#journal;
    const inPlace = this.#projection.find();
    const isOurs = inPlace?.hash === state.hash;
    const placed = state.changedSince;
    try {
      const { text, implied } = await this.#adoptInto(late, placed, () => this.#plans.over(late, placed));
      // What else stands there is another edit, which the look that this is a part of takes in next.
      if (isOurs && implied !== null) await this.#place(text, inPlace, implied);
    } catch (error) {
      await this.#keepRejected(late);
      throw error;
    }
  }

  /** Commits what `found` edits, and answers its text with everything that it does not say, and whether the journal implies that now. */
  async #adoptInto(found: FoundFile, placed: ReadonlyMap<string, Flag | null>, plan: () => Adoption): Promise<Adopted> {
    let adoption: Adoption;
    try {
      adoption = plan();
    } catch (error) {
      this.#rejected = found.hash;
      throw error;
    }
    this.#rejected = null;
    const flags = new Map(this.#journal.state.flags().map((flag) => [flag.key, flag]));
    for (const flag of adoption.records.filter(isFileFlag)) flags.set(flag.key, flag);
    const unsaid = [...placed.keys(), ...adoption.further.map((flag) => flag.key)].flatMap((key) => flags.get(key) ?? []);
    const text = this.#projection.reconciled(found, unsaid, DEFAULT_SCOPE);
    if (adoption.records.length === 0) return { text, implied: null };
    const implied = hashOf(text);
    const edited = { hash: found.hash, flags: this.#projection.shownBy(found, unsaid, DEFAULT_SCOPE) };
    await this.#journal.append(adoption, implied, found.stamp === NOT_IN_PLACE ? undefined : edited);
    return { text, implied };
  }

  /** Keeps the change, and writes the file after it. The caller holds the lock and has looked. @throws SluiceError when it was not kept */
  async keep(change: Change): Promise<Committed> {
    const { state } = this.#journal;
    const { text, hash } = this.#projection.planned(state.hash, state.flags(), change.records.filter(isFileFlag));
    const found = this.#projection.find()?.size ?? 0;
    checkPlannedSize(this.#projection.path, text, { found, change, maxBytes: this.#options.maxBytes });
    const isMoved = hash !== state.hash || !this.#journal.exists;
    const committed = await this.#journal.append(change, hash);
    if (isMoved) await this.#write(text, hash).catch(this.#options.onProblem);
    return committed;
  }

  /** Replaces a file that the journal implied before, or that was refused; another one is an edit, and is taken in first. */
  async #write(text: string, hash: string): Promise<void> {
    const found = this.#projection.find();
    const isRejected = found !== null && found.hash === this.#rejected;
    if (isRejected) await this.#keepRejected(found);
    const isKnown = found === null || isRejected || this.#journal.state.unplacedHashes.has(found.hash);
    if (!isKnown || !(await this.#place(text, found, hash))) await this.look();
  }

  /**
   * False when somebody wrote to the file meanwhile, which was left alone. With `implied`, nothing is placed when the journal implies
   * another text by now.
   */
  async #place(text: string, found: FoundFile | null, implied: string | null): Promise<boolean> {
    const { position } = this.#journal;
    const isCurrent = (): boolean => {
      this.#journal.catchUp();
      return implied === null ? this.#journal.position === position : this.#journal.state.hash === implied;
    };
    const outcome = await this.#placement.place({ text, replaces: found, isCurrent }).catch((error: unknown) => {
      this.#stuckAt = this.#standing(this.#projection.find());
      throw error;
    });
    if (outcome === 'edited') return false;
    if (outcome === 'overtaken') return true;
    this.#rejected = null;
    this.#journal.state.rememberFromNow();
    const hash = hashOf(text);
    this.#projection.base(hash, () => text);
    // While the names were forced to the disk, a process that took this one for dead may have gone on.
    if (!isCurrent()) return false;
    await this.#journal.markPlaced(hash);
    return true;
  }

  /** One that was not read is copied by the system; of what was written into a replaced file nothing is left to copy. */
  async #keepRejected({ bytes, size, stamp }: FoundFile): Promise<void> {
    const { path } = this.#projection;
    if (size > bytes.length && stamp !== NOT_IN_PLACE) await copyWhole(path, `${path}.rejected`);
    else if (size === bytes.length) await writeWhole(`${path}.rejected`, bytes, { flush: true, ...modeLike(path) });
  }

  /** Whether somebody wrote into a file that was replaced. */
  get isLate(): boolean {
    return this.#placement.isLate;
  }

  close(): void {
    this.#placement.close();
  }
}
