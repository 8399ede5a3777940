/** Core names places in what it was given; callers sent that within an envelope. */
import { SluiceError } from 'sluice';

/** Does `work`, and puts `at` before the places that its failure names. `at` is the JSON pointer of what it was given in the body. */
export function within<T>(at: string, work: () => T | Promise<T>): Promise<T> {
  return retold(work, { pathOf: (path) => (OF_THE_ENVELOPE.has(path) ? path : `${at}${path}`), wordsOf: (message) => message });
}

/** Does `work`, and names places as the caller sent them: `places` has them by the JSON pointers that the library gives. */
export function asSent<T>(places: Readonly<Record<string, string>>, work: () => T | Promise<T>): Promise<T> {
  return retold(work, { pathOf: (path) => places[path] ?? path, wordsOf: (message) => inSentWords(message, places) });
}

interface Telling {
  readonly pathOf: (path: string) => string;
  readonly wordsOf: (message: string) => string;
}

async function retold<T>(work: () => T | Promise<T>, { pathOf, wordsOf }: Telling): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SluiceError) || error.issues.length === 0) throw error;
    const issues = error.issues.map((issue) => ({ ...issue, path: pathOf(issue.path), message: wordsOf(issue.message) }));
    throw new SluiceError(error.code, wordsOf(error.message), { issues, cause: error });
  }
}

/** A message has the pointer, or the name alone. */
function inSentWords(message: string, places: Readonly<Record<string, string>>): string {
  return Object.entries(places).reduce((told, [pointer, place]) => {
    const name = pointer.slice(1);
    return told.includes(pointer) ? told.replaceAll(pointer, place) : told.replaceAll(name, place.replace(/^\//, ''));
  }, message);
}

/** Options that stand beside the settings, not in them. */
const OF_THE_ENVELOPE: ReadonlySet<string> = new Set(['/reason', '/actor', '/onConflict']);
