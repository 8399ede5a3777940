/** The files of a journal. Their names are never used again, so that a process which slept cannot write over what others wrote. */
import { closeSync, existsSync, fstatSync, readdirSync, readSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { discardDraft, draftName } from './draft.ts';
import {
  closeFile,
  isMissing,
  linkFile,
  openFile,
  openIfThere,
  removeFile,
  renameFile,
  syncData,
  syncDirectory,
  writeAll,
} from './file-work.ts';
import { isSegmentStart } from './journal-line.ts';

const PIECE_LENGTH = 256 * 1024;
/** Bytes that hold the first or the last line of a segment when that is a mark. */
const START_LENGTH = 128;

/** The first segment has the journal's own name; the others their number behind it. */
export function segmentPath(path: string, segment: number): string {
  return segment === 1 ? path : `${path}.${segment}`;
}

/** The numbers of the segments that are there, in order. A file that only has such a name, as a backup may, is none. */
export function listSegments(path: string): number[] {
  const name = basename(path);
  try {
    return readdirSync(dirname(path))
      .flatMap((found) => {
        if (found === name) return [1];
        const suffix = found.startsWith(`${name}.`) ? found.slice(name.length + 1) : '';
        return /^[1-9]\d*$/.test(suffix) && isSegmentStart(startOf(`${path}.${suffix}`), Number(suffix)) ? [Number(suffix)] : [];
      })
      .sort((a, b) => a - b);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function startOf(path: string): string {
  const file = openIfThere(path);
  if (file === null) return '';
  try {
    const bytes = Buffer.alloc(START_LENGTH);
    return bytes.toString('latin1', 0, readSync(file, bytes, 0, START_LENGTH, 0));
  } finally {
    closeSync(file);
  }
}

/** Whether a segment ends in its seal. */
export function isSealed(path: string): boolean {
  const file = openIfThere(path);
  if (file === null) return false;
  try {
    const bytes = Buffer.alloc(START_LENGTH);
    const from = Math.max(0, fstatSync(file).size - START_LENGTH);
    return bytes
      .toString('latin1', 0, readSync(file, bytes, 0, START_LENGTH, from))
      .trimEnd()
      .endsWith('"mark":"sealed"}');
  } finally {
    closeSync(file);
  }
}

/** Writes the lines of a segment under a name that nobody reads, and forces them to the disk. Answers that name, and their bytes. */
export async function draftSegment(
  path: string,
  lines: Iterable<string>,
  mode: number | undefined,
): Promise<{ readonly draft: string; readonly size: number }> {
  const draft = draftName(path);
  const file = await openFile(draft, 'wx', mode);
  let size = 0;
  try {
    for (const bytes of inPieces(lines)) {
      await writeAll(file, bytes);
      size += bytes.length;
    }
    await syncData(file);
    return { draft, size };
  } catch (error) {
    await discardDraft(draft);
    throw error;
  } finally {
    await closeFile(file);
  }
}

function* inPieces(lines: Iterable<string>): Generator<Buffer> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < PIECE_LENGTH) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  yield Buffer.from(piece);
}

/** Gives the draft its name; false when another process was first. */
export async function placeSegment(draft: string, place: string): Promise<boolean> {
  try {
    await linkFile(draft, place);
  } catch (error) {
    if (existsSync(place)) return false;
    // Some disks have no hard links, and say so in many ways.
    if (!existsSync(draft)) throw error;
    await renameFile(draft, place);
  }
  await syncDirectory(dirname(place));
  return true;
}

/** Removes segments that a newer one has said again. The caller holds the lock. */
export async function removeOlder(path: string, segment: number): Promise<void> {
  for (const older of listSegments(path)) if (older < segment) await removeFile(segmentPath(path, older), { force: true });
}
