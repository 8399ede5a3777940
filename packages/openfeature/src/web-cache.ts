/** The last values of a page, for its next visit: one entry, of the context that was there last. A file of its own, which only pages that use it load. */
import type { WebFlag, WebValueCache } from './web-options.ts';

/** As much of a browser's Storage as is needed. */
export interface WebStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Values that are older tell of another time. */
const MAX_AGE_MS = 30 * 86_400_000;

export class WebCache implements WebValueCache {
  readonly #storage: WebStorage;
  readonly #key: string;

  /** `key` tells environments apart that one page asks. */
  constructor(storage: WebStorage, key = 'sluice') {
    this.#storage = storage;
    this.#key = key;
  }

  /** What was served in this context, with the reason CACHED; undefined for none, another context's, or one that is too old or cannot be read. */
  read(context: object): readonly WebFlag[] | undefined {
    try {
      const [id, at, flags] = JSON.parse(this.#storage.getItem(this.#key) ?? '') as [string, number, WebFlag[]];
      return id === digestOf(context) && Date.now() - at < MAX_AGE_MS
        ? flags.map((flag) => ({ ...flag, reason: 'CACHED' }))
        : undefined;
    } catch {
      return undefined;
    }
  }

  write(context: object, flags: readonly WebFlag[]): void {
    try {
      this.#storage.setItem(this.#key, JSON.stringify([digestOf(context), Date.now(), flags]));
    } catch {
      // There is no room, or no leave: the next visit asks the server.
    }
  }

  clear(): void {
    try {
      this.#storage.removeItem(this.#key);
    } catch {
      // Nothing can be kept there either.
    }
  }
}

/** 64 bits of the context, which itself is written nowhere: two products of FNV's kind with odd multipliers of their own. */
function digestOf(context: object): string {
  let [a, b] = [1, 2];
  for (const character of JSON.stringify(context)) {
    const code = character.codePointAt(0) ?? 0;
    a = Math.imul(a ^ code, 16_777_619);
    b = Math.imul(b ^ code ^ (a >>> 15), 2_654_435_761);
  }
  return `${a},${b}`;
}
