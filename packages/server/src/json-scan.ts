/**
 * What JSON.parse does not tell of a text: how deep it goes, and names that come twice, of which it would silently keep the last, where
 * another reader keeps the first. One pass, without recursion, whatever the text is.
 */

export const MAX_DEPTH = 64;

/** Null when there is nothing to say; that the text is JSON at all is for JSON.parse to find. */
export function jsonTextProblem(text: string): string | null {
  /** Names of each open object; null for a list. */
  const open: (Set<string> | null)[] = [];
  let isName = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      const names = open.at(-1);
      if (isName && names) {
        const problem = nameProblem(text, at, end, names);
        if (problem !== null) return problem;
      }
      isName = false;
      at = end;
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) {
      open.push(code === OPEN_OBJECT ? new Set() : null);
      if (open.length > MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`;
      isName = code === OPEN_OBJECT;
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      open.pop();
      isName = false;
    } else if (code === COMMA) isName = open.at(-1) instanceof Set;
  }
  return null;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** Where the string that begins at `start` ends: at its quote, or with the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at;
  }
  return text.length;
}

function nameProblem(text: string, start: number, end: number, names: Set<string>): string | null {
  const raw = text.slice(start + 1, end);
  const name = raw.includes('\\') ? unescaped(raw) : raw;
  // An own property of this name is data to us, and a prototype to whatever copies it by assignment.
  if (name === '__proto__') return 'has the name "__proto__", which is not taken';
  if (names.has(name)) return `has the name ${JSON.stringify(name.slice(0, 80))} twice in one object`;
  names.add(name);
  return null;
}

function unescaped(raw: string): string {
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    // Not JSON: JSON.parse will say so of the whole.
    return raw;
  }
}
