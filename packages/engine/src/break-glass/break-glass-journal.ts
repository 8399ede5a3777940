/**
 * The file in which emergencies stand until the store has them. Every process adds whole lines to it, and none needs a lock: what is
 * read to be taken out is renamed first, so that a line which another process adds meanwhile lands in a fresh file or is read too.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Emergency, parseEmergency, SluiceError } from '@sluice/core';
import { describeFailure } from '../failure.ts';
import { ensureDirectory, isMissing } from '../store/file-work.ts';
import { CHAIN_START, LineChain, sealLine } from '../store/journal-line.ts';

/** A file may be renamed away under a writer this often before that is a fault. */
const MAX_RENAMES = 100;

interface ReadLine {
  readonly text: string;
  /** Null for a line that is torn or says something else. */
  readonly emergency: Emergency | null;
  /** What is wrong with the line, in words. */
  readonly problem: string | null;
  /** A line that was cut off while it was written was never acknowledged. */
  readonly isTorn: boolean;
}

export class BreakGlassJournal {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** What stands in the file, also in one that was being cleared when its process died. */
  read(): { readonly emergencies: readonly Emergency[]; readonly problems: readonly SluiceError[] } {
    const lines = this.#files().flatMap((file) => readLines(file) ?? []);
    const byId = new Map(lines.flatMap(({ emergency }) => (emergency === null ? [] : [[emergency.id, emergency] as const])));
    const problems = lines.flatMap(({ problem }) => (problem === null ? [] : [new SluiceError('invalid', problem)]));
    return { emergencies: [...byId.values()], problems };
  }

  #files(): string[] {
    const directory = dirname(this.path);
    const name = basename(this.path);
    try {
      return readdirSync(directory)
        .filter((found) => found === name || found.startsWith(`${name}.`))
        .map((found) => join(directory, found));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** Resolves when the line is on the disk. @throws SluiceError `unavailable` when it cannot be kept */
  async append(emergency: Emergency): Promise<void> {
    await this.#appendText(sealLine(emergency, CHAIN_START).line);
  }

  async #appendText(line: string): Promise<void> {
    try {
      await ensureDirectory(dirname(this.path));
      for (let round = 1; round <= MAX_RENAMES; round++) if (await this.#appended(line)) return;
      throw new Error(`it was renamed ${MAX_RENAMES} times while it was written`);
    } catch (error) {
      throw new SluiceError('unavailable', `${this.path} cannot be written: ${describeFailure(error)}`, { cause: error });
    }
  }

  /** False when the file was renamed meanwhile, and perhaps read before the line was in it. */
  async #appended(line: string): Promise<boolean> {
    const handle = await open(this.path, 'a');
    try {
      // The line end before it keeps a torn line from swallowing this one.
      const bytes = Buffer.from(`\n${line}`);
      const { bytesWritten } = await handle.write(bytes);
      if (bytesWritten < bytes.length) throw new Error(`only ${bytesWritten} of ${bytes.length} bytes were written`);
      await handle.datasync();
      return (await handle.stat()).ino === statSync(this.path, { throwIfNoEntry: false })?.ino;
    } finally {
      await handle.close();
    }
  }

  /** Takes out what the store has, and keeps the rest. @throws SluiceError `unavailable` when the file cannot be written; then all of it stays */
  async remove(ids: ReadonlySet<string>): Promise<void> {
    for (const file of this.#files()) {
      const taken = `${this.path}.${randomUUID()}`;
      try {
        await rename(file, taken);
        const rest = (readLines(taken) ?? []).filter(
          (line) => !line.isTorn && (line.emergency === null || !ids.has(line.emergency.id)),
        );
        for (const { text } of rest) await this.#appendText(`${text}\n`);
        await unlink(taken);
      } catch (error) {
        // Another process cleared the same file.
        if (isMissing(error)) continue;
        throw new SluiceError('unavailable', `${file} cannot be cleared: ${describeFailure(error)}`, { cause: error });
      }
    }
  }
}

/** Null when the file is gone. */
function readLines(file: string): ReadLine[] | null {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((text, index) => (text === '' ? [] : [readLine(text, `${file}:${index + 1}`)]));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function readLine(text: string, place: string): ReadLine {
  const value = new LineChain<unknown>(place).take(text);
  if (value === null) {
    const problem = `${place}: the line is damaged or was cut off while it was written, and is left out`;
    return { text, emergency: null, problem, isTorn: true };
  }
  const parsed = parseEmergency(value);
  if ('problem' in parsed)
    return { text, emergency: null, problem: `${place}: this is no kill that can be read: ${parsed.problem}`, isTorn: false };
  return { text, emergency: parsed, problem: null, isTorn: false };
}
