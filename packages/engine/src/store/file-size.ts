/** How large a flag file may be: one that outgrew it, as a generator's may, is refused as a whole instead of being read at any price. */
import { type Change, SluiceError } from '@sluice/core';
import { describeValue } from '../failure.ts';

const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** What rollouts and people do to flags that are there may go beyond the limit by as much at a time: a share must move, whatever the file's size. */
const SMALL_GROWTH = 1024;

/** @throws SluiceError `invalid` unless it is a whole number of bytes, at least 1 */
export function checkedMaxBytes(place: string, value: number = MAX_FILE_BYTES): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  const message = `must be a whole number of bytes from 1; it is ${describeValue(value)}`;
  throw new SluiceError('invalid', `${place} ${message}`, { issues: [{ path: `/${place.split(' ').at(-1)}`, message }] });
}

/** A file of ours may have grown beyond the limit, but never as far as this: what is larger is not read at all. */
export function mostReadBytes(maxBytes: number): number {
  return 2 * maxBytes;
}

/** @throws SluiceError `invalid` naming size and limit */
export function checkFoundSize(path: string, size: number, maxBytes: number): void {
  if (size <= maxBytes) return;
  const message = `has ${inBytes(size)}, and at most ${inBytes(maxBytes)} are taken; make it smaller (long lists of users belong into segments), or open it with fileStore(path, { maxFileBytes })`;
  throw new SluiceError('invalid', `${path}:1:1: the file ${message}`, { issues: [{ path: '', message, line: 1, column: 1 }] });
}

/** What goes back is kept whatever comes of the file. @throws SluiceError `refused` when the change would make the file too large to be read again */
export function checkPlannedSize(
  path: string,
  text: string,
  { found, change, maxBytes }: { readonly found: number; readonly change: Change; readonly maxBytes: number },
): void {
  // No text has more than three bytes for each of its units.
  if (text.length * 3 <= maxBytes) return;
  const size = Buffer.byteLength(text);
  const isSmall = size - found <= SMALL_GROWTH && size <= mostReadBytes(maxBytes);
  if (size <= maxBytes || isSmall) return;
  if (change.events.some(({ type }) => type === 'flag.killed' || type.startsWith('rollback.'))) return;
  throw new SluiceError(
    'refused',
    `${path} would have ${inBytes(size)}, and at most ${inBytes(maxBytes)} are taken; long lists of users belong into segments, and a larger file is allowed by fileStore(path, { maxFileBytes })`,
  );
}

/** For a message. */
export function inBytes(count: number): string {
  const mebibytes = count / (1024 * 1024);
  return mebibytes < 1 ? `${count} bytes` : `${count} bytes (${mebibytes.toFixed(1)} MiB)`;
}
