/**
 * One line of a journal: `crc32 SP json LF`. Every line names the checksum of the line before it, so that a line which was
 * written by a process that had lost the lock falls out of the chain and is void for everybody.
 */
import { crc32 } from 'node:zlib';
import { SluiceError } from '@sluice/core';

export const CHAIN_START = '00000000';

/** What a line says about its file and not about what the file keeps. */
type Mark =
  /** The first line of every segment but the first: a copy under another number is none. */
  | { readonly mark: 'segment'; readonly number: number }
  /** All that older segments said has been said again above. */
  | { readonly mark: 'begun' }
  /** The last line that counts: what follows stands in the next segment. */
  | { readonly mark: 'sealed' };

type Sealed<T> = { readonly prev: string } & ({ readonly entry: T; readonly aside?: true } | Mark);

interface SealedLine {
  readonly line: string;
  readonly checksum: string;
}

export function sealLine<T>(entry: T, prev: string): SealedLine {
  return lineOf({ prev, entry });
}

/** A line that counts and that no other is built on, so that a power cut may take it and leave what follows. */
export function asideLine<T>(entry: T, prev: string): SealedLine {
  return lineOf({ prev, entry, aside: true });
}

export function markLine(mark: Mark, prev: string): SealedLine {
  return lineOf({ prev, ...mark });
}

function lineOf(sealed: Sealed<unknown>): SealedLine {
  const json = JSON.stringify(sealed);
  const checksum = checksumOf(json);
  return { line: `${checksum} ${json}\n`, checksum };
}

function checksumOf(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}

/** Whether a segment whose first line begins with `start` has this number. */
export function isSegmentStart(start: string, number: number): boolean {
  return start.slice(8).startsWith(' {"prev":"') && start.includes(`"mark":"segment","number":${number}}`);
}

/** Reads lines in order and knows which of them count. */
export class LineChain<T> {
  readonly #file: string;
  /** Checksums of the lines that count; the last is what the next line must name. */
  readonly #seen = new Set<string>();
  #last: string | null;
  #counted = '';
  #lines = 0;
  #isSealed = false;
  #hasBegun: boolean;

  /** `start` is what the first line must name; null for a segment whose forerunner was not read. `hasBegun`: lines before it said everything. */
  constructor(file: string, start: string | null = CHAIN_START, hasBegun = false) {
    this.#file = file;
    this.#last = start;
    this.#hasBegun = hasBegun;
  }

  get last(): string {
    return this.#last ?? CHAIN_START;
  }

  /** Checksum of the line that came to count last, one aside included. */
  get counted(): string {
    return this.#counted;
  }

  /** Whether no further line can count. */
  get isSealed(): boolean {
    return this.#isSealed;
  }

  /** Whether the file has said again what older segments said. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /**
   * The entry, or null for a line that keeps nothing: a mark, one that was torn by a crash, or void.
   * @throws SluiceError `unavailable` naming file and line when lines that counted have been damaged since
   */
  take(line: string): T | null {
    this.#lines += 1;
    const json = line.slice(9);
    const checksum = line.slice(0, 8);
    if (line[8] !== ' ' || checksumOf(json) !== checksum || this.#isSealed) return null;
    const sealed = JSON.parse(json) as Sealed<T>;
    if (sealed.prev === (this.#last ?? sealed.prev)) return this.#count(sealed, checksum);
    // Written by who did not see that another was first. Had a line that counted been damaged, this one would name none that is known.
    if (this.#seen.has(sealed.prev)) return null;
    throw new SluiceError(
      'unavailable',
      `${this.#file}:${this.#lines}: the journal is damaged before this line; restore it from a backup, or remove it to start from the flag file alone`,
    );
  }

  #count(sealed: Sealed<T>, checksum: string): T | null {
    this.#counted = checksum;
    if (!('aside' in sealed)) {
      this.#seen.add(sealed.prev);
      this.#last = checksum;
    }
    if ('entry' in sealed) return sealed.entry;
    this.#isSealed = sealed.mark === 'sealed';
    this.#hasBegun ||= sealed.mark === 'begun';
    return null;
  }
}
