/** What a disk would hold after a power cut, by a trace of what a process asked of it (`io-trace.c`). */
import { basename, dirname } from 'node:path';

export type Operation = 'write' | 'truncate' | 'sync' | 'unlink';

export interface TracedCall {
  readonly operation: Operation;
  readonly path: string;
  readonly offset: number;
  readonly data: Buffer;
}

const OPERATIONS: Readonly<Record<string, Operation>> = { W: 'write', T: 'truncate', S: 'sync', U: 'unlink' };
const HEAD_BYTES = 17;
/** A disk writes sectors whole, in any order until it is told to have them all. */
const SECTOR_BYTES = 512;

/** The calls of a trace in their order. */
export function readTrace(trace: Buffer): TracedCall[] {
  const calls: TracedCall[] = [];
  for (let at = 0; at < trace.length; ) {
    const operation = OPERATIONS[String.fromCharCode(trace[at] ?? 0)];
    if (operation === undefined) throw new Error(`the trace has no call at byte ${at}`);
    const [pathLength, dataLength] = [trace.readUInt32LE(at + 1), trace.readUInt32LE(at + 5)];
    const offset = Number(trace.readBigUInt64LE(at + 9));
    const start = at + HEAD_BYTES;
    const path = trace.toString('utf8', start, start + pathLength);
    calls.push({ operation, path, offset, data: trace.subarray(start + pathLength, start + pathLength + dataLength) });
    at = start + pathLength + dataLength;
  }
  return calls;
}

class TracedFile {
  #forced: Uint8Array = new Uint8Array(0);
  pending: TracedCall[] = [];

  sync(): void {
    this.#forced = applied(this.#forced, this.pending);
    this.pending = [];
  }

  /** What was forced, and of what was written since the sectors that `isKept` says. */
  after(isKept: () => boolean): Uint8Array {
    const kept = this.pending.flatMap((call) => (call.operation === 'write' ? sectorsOf(call) : [call])).filter(isKept);
    return applied(this.#forced, kept);
  }
}

function applied(content: Uint8Array, calls: readonly TracedCall[]): Uint8Array {
  let length = content.length;
  const room = new Uint8Array(calls.reduce((most, { offset, data }) => Math.max(most, offset + data.length), length));
  room.set(content);
  for (const { operation, offset, data } of calls) {
    if (operation === 'truncate') room.fill(0, offset, length);
    else room.set(data, offset);
    length = operation === 'truncate' ? offset : Math.max(length, offset + data.length);
  }
  return room.subarray(0, length);
}

function sectorsOf(call: TracedCall): TracedCall[] {
  const sectors: TracedCall[] = [];
  for (let from = 0; from < call.data.length; ) {
    const to = Math.min(call.data.length, from + SECTOR_BYTES - ((call.offset + from) % SECTOR_BYTES));
    sectors.push({ ...call, offset: call.offset + from, data: call.data.subarray(from, to) });
    from = to;
  }
  return sectors;
}

/** Follows a trace call by call. A file's name is on the disk when its directory was forced there since the file came or went. */
export class ForgetfulDisk {
  readonly #files = new Map<string, TracedFile>();
  readonly #forcedNames = new Map<string, Map<string, TracedFile>>();

  take(call: TracedCall): void {
    const { operation, path } = call;
    if (operation === 'unlink') {
      this.#files.delete(path);
      return;
    }
    const isDirectory = [...this.#files.keys()].some((file) => dirname(file) === path);
    if (isDirectory) {
      if (operation === 'sync') this.#forcedNames.set(path, new Map([...this.#files].filter(([file]) => dirname(file) === path)));
      return;
    }
    const file = this.#files.get(path) ?? new TracedFile();
    this.#files.set(path, file);
    if (operation === 'sync') file.sync();
    else file.pending.push(call);
  }

  /** The files of `directory` by name as they would be found after a cut now; of what was not forced, what `isKept` says. */
  afterCut(directory: string, isKept: () => boolean): Map<string, Uint8Array> {
    const forced = this.#forcedNames.get(directory) ?? new Map<string, TracedFile>();
    return new Map([...forced].map(([path, file]) => [basename(path), file.after(isKept)]));
  }

  /** All that was written to a file, forced or not. */
  written(path: string): Uint8Array {
    return this.#files.get(path)?.after(() => true) ?? new Uint8Array(0);
  }
}
