/** The last good definitions on disk: what a process begins with whose server does not answer. */
import { hashDigits, hashText, SluiceError, type Snapshot } from '@sluice/core';
import { parseSnapshot } from '@sluice/protocol';
import { makeFolder } from '../make-folder.ts';

export interface SavedState {
  readonly snapshot: Snapshot;
  /** When the server last said that these are its definitions, in milliseconds since 1970. */
  readonly heardAt: number;
  /** The bytes of each member set that the segments name, by its id. */
  readonly memberSets: ReadonlyMap<string, Uint8Array>;
}

interface Head {
  readonly format: string;
  readonly digest: string;
  readonly heardAt: number;
  readonly memberSets: Readonly<Record<string, string>>;
}

const FORMAT = 'sluice state 1';

/** Two lines: a head with the digest of all else, and the snapshot. */
export function formatState({ snapshot, heardAt, memberSets }: SavedState): string {
  const text = JSON.stringify(snapshot);
  const sets = Object.fromEntries(Array.from(memberSets, ([id, bytes]) => [id, Buffer.from(bytes).toString('base64')]));
  const head: Head = { format: FORMAT, digest: digestOf(heardAt, sets, text), heardAt, memberSets: sets };
  return `${JSON.stringify(head)}\n${text}\n`;
}

/** @throws SluiceError `invalid` for a file that is torn, changed or none of ours */
export function parseState(text: string): SavedState {
  const end = text.indexOf('\n');
  const head = headOf(text.slice(0, Math.max(0, end)));
  const body = text.slice(end + 1, -1);
  if (!text.endsWith('\n') || head === null || head.digest !== digestOf(head.heardAt, head.memberSets, body))
    throw new SluiceError('invalid', 'it is no state file of this version, or was damaged: its digest does not fit');
  const memberSets = Object.entries(head.memberSets).map(
    ([id, bytes]) => [id, new Uint8Array(Buffer.from(bytes, 'base64'))] as const,
  );
  return { snapshot: parseSnapshot(body), heardAt: head.heardAt, memberSets: new Map(memberSets) };
}

function headOf(line: string): Head | null {
  try {
    const head = JSON.parse(line) as Partial<Head> | null;
    const isHead = head?.format === FORMAT && typeof head.heardAt === 'number' && typeof head.memberSets === 'object';
    return isHead && head.memberSets !== null ? (head as Head) : null;
  } catch {
    return null;
  }
}

function digestOf(heardAt: number, sets: Head['memberSets'], body: string): string {
  return hashDigits(hashText(`${heardAt}\n${JSON.stringify(sets)}\n${body}`, { high: 0, low: 0 }));
}

export class StateFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #onProblem: (error: SluiceError) => void;
  #next: SavedState | null = null;
  #writing: Promise<void> | null = null;

  /** `instanceId` keeps two processes that share a path from writing to one temporary file. */
  constructor(path: string, instanceId: string, onProblem: (error: SluiceError) => void) {
    this.#path = path;
    this.#temporary = `${path}.${instanceId}.tmp`;
    this.#onProblem = onProblem;
  }

  /** Null when there is none, or none that can be read; the latter is told. */
  async read(): Promise<SavedState | null> {
    // Loaded here, because a program that bundles this package for a browser has no files.
    const { readFile } = await import('node:fs/promises');
    try {
      return parseState(await readFile(this.#path, 'utf8'));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') this.#tell('cannot be read and is left out', cause);
      return null;
    }
  }

  /** Resolves when this state, or a later one, is kept or cannot be. One write at a time; what comes meanwhile replaces what waits. */
  save(state: SavedState): Promise<void> {
    this.#next = state;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    for (let state = this.#next; state !== null; state = this.#next) {
      this.#next = null;
      try {
        await this.#write(formatState(state));
      } catch (cause) {
        this.#tell('cannot be written', cause);
      }
    }
  }

  async #write(text: string): Promise<void> {
    const { open, rename } = await import('node:fs/promises');
    const { dirname } = await import('node:path');
    await makeFolder(dirname(this.#path));
    const file = await open(this.#temporary, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(this.#temporary, this.#path);
  }

  #tell(what: string, cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    this.#onProblem(new SluiceError('unavailable', `the state file ${this.#path} ${what}: ${why}`, { cause }));
  }
}
