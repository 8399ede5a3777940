/**
 * One line of a journal: `crc32 SP json LF`. Every line names the checksum of the line before it, so that a line which was
 * written by a process that had lost the lock falls out of the chain and is void for everybody.
 */
import { crc32 } from 'node:zlib';
import { SluiceError } from '@sluice/core';

export const CHAIN_START = '00000000';

interface Sealed<T> {
  readonly prev: string;
  readonly entry: T;
}

export function sealLine<T>(entry: T, prev: string): { readonly line: string; readonly checksum: string } {
  const json = JSON.stringify({ prev, entry } satisfies Sealed<T>);
  const checksum = checksumOf(json);
  return { line: `${checksum} ${json}\n`, checksum };
}

function checksumOf(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}

/** Reads lines in order and knows which of them count. */
export class LineChain<T> {
  readonly #file: string;
  /** Checksums of the lines that count; the last is what the next line must name. */
  #seen = new Set<string>();
  #last = CHAIN_START;
  #lines = 0;
  #hasDamage = false;

  constructor(file: string) {
    this.#file = file;
  }

  get last(): string {
    return this.#last;
  }

  /**
   * The entry, or null for a line that does not count: torn by a crash, or void.
   * @throws SluiceError `unavailable` naming file and line when lines that counted have been damaged since
   */
  take(line: string): T | null {
    this.#lines += 1;
    const json = line.slice(9);
    const checksum = line.slice(0, 8);
    if (line[8] !== ' ' || checksumOf(json) !== checksum) {
      this.#hasDamage = true;
      return null;
    }
    const sealed = JSON.parse(json) as Sealed<T>;
    if (sealed.prev === this.#last) {
      this.#seen.add(this.#last);
      this.#last = checksum;
      this.#hasDamage = false;
      return sealed.entry;
    }
    if (!this.#hasDamage && this.#seen.has(sealed.prev)) return null;
    throw new SluiceError(
      'unavailable',
      `${this.#file}:${this.#lines}: the journal is damaged before this line; restore it from a backup, or remove it to start from the flag file alone`,
    );
  }

  reset(): void {
    this.#seen = new Set();
    this.#last = CHAIN_START;
    this.#lines = 0;
    this.#hasDamage = false;
  }
}
