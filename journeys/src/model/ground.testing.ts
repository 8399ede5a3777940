/** What outlives a process: the memory or the file that every life of a history stands on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, fileStore, memoryStore, type Store } from 'sluice';

export interface Ground {
  /** Where the flag file lies; null where there is none. */
  readonly file: string | null;
  /** The store of a new process. Closing it is the end of what this process hears and writes. */
  open(clock: Clock): Store;
  clear(): void;
}

export function fileGround(): Ground {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-model-'));
  const file = join(directory, 'feature_flags.json');
  return {
    file,
    open: (clock) => fileStore(file, { clock, watch: false }),
    clear: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export function memoryGround(): Ground {
  const kept = memoryStore();
  return { file: null, open: () => portTo(kept), clear: () => {} };
}

/** A process's own way to a store that others use too: closed, it is deaf and mute, and the store is as it was. */
export function portTo(kept: Store): Store {
  const stops: (() => void)[] = [];
  let isClosed = false;
  const open = <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) => {
    return (...args: Args): Promise<Answer> =>
      isClosed ? Promise.reject(new Error('this process is dead')) : call.apply(kept, args);
  };
  const { commit, log, addFacts, readTally, readTotals, due, lease, release, reload } = kept;
  return {
    read: () => kept.read(),
    follow: (listener) => {
      const stop = kept.follow(listener);
      stops.push(stop);
      return stop;
    },
    commit: open(commit),
    log: open(log),
    addFacts: open(addFacts),
    readTally: open(readTally),
    readTotals: open(readTotals),
    due: open(due),
    lease: open(lease),
    release: open(release),
    reload: open(reload),
    close: async () => {
      isClosed = true;
      for (const stop of stops) stop();
    },
  };
}
