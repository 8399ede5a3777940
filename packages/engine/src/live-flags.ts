/** The flags that a process serves, by key. One that nobody asked yet is only its record. */
import type { Flag } from '@sluice/core';
import { type Compile, LiveFlag } from './live-flag.ts';

export class LiveFlags {
  /** In the order in which they came. */
  readonly #entries = new Map<string, Flag | LiveFlag>();
  /** Those that were asked, apart: telling them from the others at each question would cost more than finding them does. */
  readonly #asked = new Map<string, LiveFlag>();
  readonly #compile: Compile;

  constructor(compile: Compile) {
    this.#compile = compile;
  }

  get(key: string): LiveFlag | undefined {
    return this.#asked.get(key) ?? this.#first(key);
  }

  #first(key: string): LiveFlag | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined || entry instanceof LiveFlag ? entry : this.#wake(entry, false);
  }

  /** Undefined, too, for one that nobody asked. */
  asked(key: string): LiveFlag | undefined {
    return this.#asked.get(key);
  }

  #wake(flag: Flag, isOverridden: boolean): LiveFlag {
    const live = new LiveFlag(flag, isOverridden, this.#compile);
    this.#entries.set(flag.key, live);
    this.#asked.set(flag.key, live);
    return live;
  }

  /** The flag as it is served, which may be other than it is kept. */
  served(key: string): Flag | undefined {
    const entry = this.#entries.get(key);
    return entry instanceof LiveFlag ? entry.flag : entry;
  }

  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  /** All that are not archived, ready to be asked. */
  *living(): Generator<LiveFlag> {
    for (const key of this.#entries.keys()) if (this.served(key)?.archivedAt === null) yield this.get(key) as LiveFlag;
  }

  /** Serves `flag` from now on. `beforeFlag` is called before one that was asked is replaced. */
  serve(flag: Flag, isOverridden: boolean, beforeFlag: (live: LiveFlag) => void): void {
    const entry = this.#entries.get(flag.key);
    if (entry instanceof LiveFlag) {
      beforeFlag(entry);
      entry.serve(flag, isOverridden);
    } else if (isOverridden) this.#wake(flag, true);
    else this.#entries.set(flag.key, flag);
  }

  delete(key: string, beforeFlag: (live: LiveFlag) => void): void {
    const entry = this.#entries.get(key);
    if (entry instanceof LiveFlag) beforeFlag(entry);
    this.#entries.delete(key);
    this.#asked.delete(key);
  }
}
