/** The file of the last good state: what evaluation needs of a store, whole or not at all, for a start at which the store is away. */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SluiceError, type SluiceRecord } from '@sluice/core';
import { describeFailure } from '../../failure.ts';
import {
  closeFile,
  ensureDirectory,
  isMissing,
  openFile,
  removeFile,
  renameFile,
  syncData,
  syncDirectory,
  writeAll,
} from '../file-work.ts';
import { deepFreeze } from '../record-book.ts';
import type { StoredState } from '../store.ts';

export interface LastGoodState extends StoredState {
  /** When the store was known to be so, milliseconds since 1970. */
  readonly at: number;
}

interface Written extends LastGoodState {
  readonly format: typeof FORMAT;
  /** Which store it is of. */
  readonly source: string;
}

const FORMAT = 1;
const HEAD = /^\{"sha256":"([0-9a-f]{64})","state":/;
/** Hashes of passwords and keys of webhooks are of no use to an evaluation. */
const LEFT_OUT: ReadonlySet<SluiceRecord['kind']> = new Set(['person', 'webhook', 'delivery']);

export function isKept({ kind }: SluiceRecord): boolean {
  return !LEFT_OUT.has(kind);
}

export class LastGoodFile {
  readonly path: string;
  readonly #source: string;

  /** `source` names the store: what was kept of another one is not read. */
  constructor(path: string, source: string) {
    this.path = path;
    this.#source = source;
  }

  /** Null when there is none. @throws SluiceError `invalid` for one that is damaged, of another version or of another store, `unavailable` for one that cannot be read */
  read(): LastGoodState | null {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return null;
      throw new SluiceError('unavailable', `${this.path} cannot be read: ${describeFailure(error)}`, { cause: error });
    }
    const { format, source, at, seq, records } = this.#checked(text);
    if (format !== FORMAT) throw this.#unfit(`it is of format ${String(format)}, and ${FORMAT} is known here`);
    if (source !== this.#source) throw this.#unfit('it is of another database');
    return deepFreeze({ at, seq, records });
  }

  #checked(text: string): Written {
    const [head = '', sum] = HEAD.exec(text) ?? [];
    const state = text.slice(head.length, -1);
    if (sum === undefined || sum !== sumOf(state)) throw this.#unfit('it is damaged: its checksum is that of another text');
    return JSON.parse(state) as Written;
  }

  #unfit(why: string): SluiceError {
    return new SluiceError('invalid', `${this.path} is not used: ${why}`);
  }

  /** Resolves when it would outlive a power cut; readable by its owner alone. @throws SluiceError `unavailable`, and then the one before is whole */
  async write({ at, seq, records }: LastGoodState): Promise<void> {
    const written: Written = { format: FORMAT, source: this.#source, at, seq, records: records.filter(isKept) };
    const state = JSON.stringify(written);
    const made = `${this.path}.${randomUUID()}`;
    try {
      await ensureDirectory(dirname(this.path));
      const file = await openFile(made, 'wx', 0o600);
      try {
        await writeAll(file, Buffer.from(`{"sha256":"${sumOf(state)}","state":${state}}`));
        await syncData(file);
      } finally {
        await closeFile(file);
      }
      await renameFile(made, this.path);
      await syncDirectory(dirname(this.path));
    } catch (error) {
      await removeFile(made, { force: true }).catch(() => {});
      throw new SluiceError('unavailable', `${this.path} cannot be written: ${describeFailure(error)}`, { cause: error });
    }
  }
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
