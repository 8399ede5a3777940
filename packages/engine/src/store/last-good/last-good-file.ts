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
const HEAD = '{"state":';
const TAIL = /,"sha256":"([0-9a-f]{64})"\}$/;
/** Records that are written at a time: between, others have their turn. */
const PORTION = 500;
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
    const [tail = '', sum] = TAIL.exec(text) ?? [];
    const state = text.slice(HEAD.length, text.length - tail.length);
    if (sum === undefined || !text.startsWith(HEAD) || sum !== createHash('sha256').update(state).digest('hex'))
      throw this.#unfit('it is damaged: its checksum is that of another text');
    return JSON.parse(state) as Written;
  }

  #unfit(why: string): SluiceError {
    return new SluiceError('invalid', `${this.path} is not used: ${why}`);
  }

  /** Resolves when it would outlive a power cut; readable by its owner alone. @throws SluiceError `unavailable`, and then the one before is whole */
  async write({ at, seq, records }: LastGoodState): Promise<void> {
    const made = `${this.path}.${randomUUID()}`;
    try {
      await ensureDirectory(dirname(this.path));
      const file = await openFile(made, 'wx', 0o600);
      try {
        const about: Omit<Written, 'records'> = { format: FORMAT, source: this.#source, at, seq };
        await writeState(file, about, records.filter(isKept));
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

async function writeState(file: number, about: object, records: readonly SluiceRecord[]): Promise<void> {
  const sum = createHash('sha256');
  const write = (text: string): Promise<void> => {
    sum.update(text);
    return writeAll(file, Buffer.from(text));
  };
  await writeAll(file, Buffer.from(HEAD));
  await write(`${JSON.stringify(about).slice(0, -1)},"records":[`);
  for (let from = 0; from < records.length; from += PORTION) {
    const portion = records.slice(from, from + PORTION).map((record) => JSON.stringify(record));
    await write(`${from === 0 ? '' : ','}${portion.join(',')}`);
  }
  await write(']}');
  await writeAll(file, Buffer.from(`,"sha256":"${sum.digest('hex')}"}`));
}
