/** What every recogniser of people does. */
export interface PersonFinder {
  readonly name: string;
  /** The people that a text names, as the text writes them. */
  find(text: string): string[];
}

/** Whether any of the expected people is among those found, whatever stands around the name. */
export function foundAny(found: readonly string[], expected: readonly string[]): boolean {
  const plain = found.map((name) => name.toLowerCase());
  return expected.some((person) => plain.some((name) => name.includes(person.toLowerCase())));
}
