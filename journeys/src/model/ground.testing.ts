/** What outlives a process: the memory or the file that every life of a history stands on, and the line to it, which can be cut. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, fileStore, memoryStore, SluiceError, type Store } from 'sluice';
import { sqliteStore } from 'sluice/sqlite';

export interface Ground {
  /** Where the flag file lies; null where there is none. */
  readonly file: string | null;
  /** Where kills stand that the store does not have. */
  readonly breakGlassFile: string;
  /** While it is cut, nothing that asks the store for an answer gets one. */
  readonly line: { isCut: boolean };
  /** Whether the store answers at once what it holds. */
  readonly isPrompt: boolean;
  /** The store of a new process. Closing it is the end of what this process hears and writes. */
  open(clock: Clock): Store;
  clear(): void;
}

export function fileGround(): Ground {
  const ground = groundIn(mkdtempSync(join(tmpdir(), 'sluice-model-')));
  const file = join(ground.directory, 'feature_flags.json');
  const open = (clock: Clock): Store => {
    const store = fileStore(file, { clock, watch: false });
    return portTo(store, ground.line, () => store.close());
  };
  return { ...ground, file, isPrompt: true, open };
}

export function sqliteGround(): Ground {
  const ground = groundIn(mkdtempSync(join(tmpdir(), 'sluice-model-')));
  const open = (): Store => {
    const store = sqliteStore({ file: join(ground.directory, 'sluice.db') });
    return portTo(store, ground.line, () => store.close());
  };
  return { ...ground, file: null, isPrompt: false, open };
}

export function memoryGround(): Ground {
  const ground = groundIn(mkdtempSync(join(tmpdir(), 'sluice-model-')));
  const kept = memoryStore();
  return { ...ground, file: null, isPrompt: true, open: () => portTo(kept, ground.line) };
}

function groundIn(directory: string) {
  return {
    directory,
    breakGlassFile: join(directory, 'kills'),
    line: { isCut: false },
    clear: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export const CUT = 'the line is cut';

/** A process's own way to a store that others may use too: closed, it is deaf and mute. */
function portTo(kept: Store, line: Ground['line'], closed: () => Promise<void> = async () => {}): Store {
  const stops: (() => void)[] = [];
  let isClosed = false;
  const over = <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) => {
    return (...args: Args): Promise<Answer> =>
      isClosed || line.isCut ? Promise.reject(new SluiceError('unavailable', CUT)) : call.apply(kept, args);
  };
  const { commit, log, addFacts, readTally, readTotals, readUnitValues, due, lease, release, reload, refresh } = kept;
  return {
    read: () => kept.read(),
    follow: (listener) => {
      const stop = kept.follow(listener);
      stops.push(stop);
      return stop;
    },
    commit: over(commit),
    log: over(log),
    addFacts: over(addFacts),
    readTally: over(readTally),
    readTotals: over(readTotals),
    readUnitValues: over(readUnitValues),
    due: over(due),
    lease: over(lease),
    release: over(release),
    reload: over(reload),
    refresh: over(refresh),
    close: async () => {
      isClosed = true;
      for (const stop of stops) stop();
      await closed();
    },
  };
}
