/** "Did you mean", for names that are nearly right. */

/** So many names are listed; a thousand would bury what is wrong. */
const MOST_LISTED = 40;

/** ` (did you mean "x"?)`, or when no name is close the names that there are. */
export function nearest(name: string, known: readonly string[]): string {
  const [best] = known
    // Distances are dear, a body has room for a great many names, and one that is so much longer or shorter is not close.
    .filter((candidate) => Math.abs(candidate.length - name.length) <= farthest(candidate))
    .map((candidate) => ({ candidate, distance: distance(name, candidate) }))
    .filter((one) => one.distance <= farthest(one.candidate))
    .sort((a, b) => a.distance - b.distance);
  // Of a name of one letter any other is but one letter away.
  return best !== undefined && best.distance < Math.max(name.length, best.candidate.length)
    ? ` (did you mean "${best.candidate}"?)`
    : listed(known);
}

/** How far from it a name is still close. */
function farthest({ length }: string): number {
  return Math.max(1, Math.floor(length / 3));
}

function listed(known: readonly string[]): string {
  if (known.length === 0) return '; there is none';
  const more = known.length > MOST_LISTED ? ` and ${known.length - MOST_LISTED} more` : '';
  return `; there are ${known.slice(0, MOST_LISTED).join(', ')}${more}`;
}

/** Levenshtein's distance, of names cut at 64 characters. */
function distance(left: string, right: string): number {
  const a = left.slice(0, 64);
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
