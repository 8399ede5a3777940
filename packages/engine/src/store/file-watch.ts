/** Notices that somebody touched the files of a directory. It only ever says "look": what is true stands in the files. */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isDraft } from './draft.ts';

/** Editors write in several steps; a look waits until they are through. */
const SETTLE_MS = 25;
/** Some changes raise no event (a network disk, a swapped mount), so there is a slow look besides. */
const POLL_MS = 2_000;

/** The directory is watched and not the file: a watched file is lost when another is renamed into its place. Never keeps the process alive. */
export function watchFile(path: string, look: () => void): () => void {
  let settle: NodeJS.Timeout | undefined;
  const soon = (): void => {
    clearTimeout(settle);
    settle = setTimeout(look, SETTLE_MS).unref();
  };
  const watcher = startWatching(dirname(path), (name) => {
    // A mount that is swapped whole, as Kubernetes does, names only its own link.
    if (name === null || (name.startsWith(basename(path)) && !isDraft(name)) || name.startsWith('..')) soon();
  });
  const poll = setInterval(look, POLL_MS).unref();
  return () => {
    clearTimeout(settle);
    clearInterval(poll);
    watcher?.close();
  };
}

function startWatching(directory: string, onName: (name: string | null) => void): FSWatcher | null {
  try {
    const watcher = watch(directory, { persistent: false }, (_event, name) => onName(name));
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    // The directory is not there yet, or cannot be watched: the poll sees to it.
    return null;
  }
}
