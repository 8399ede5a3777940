/** What is done to the people found, each behind a flag of its own. */
import type { LabelledText } from '../corpus.ts';
import type { FindRequest } from '../service.ts';

/** Whoever a copyright line names is a person that was found, whatever the component says. */
export const PATTERNS = 'pattern_matching';
/** People are answered with the packages that they wrote. */
export const KNOWLEDGE = 'kb_enrichment';
export const REFINEMENTS = [PATTERNS, KNOWLEDGE] as const;

const NAME = String.raw`\p{Lu}[\p{L}.'-]*(?: \p{Lu}[\p{L}.'-]*)+`;
const YEARS = String.raw`\d{4}(?: ?- ?(?:\d{4}|present))?,?`;
const COPYRIGHT = new RegExp(`[Cc]opyright (?:\\([cC]\\) |© ?)?${YEARS} (${NAME})`, 'gu');

export type Refine = (asked: FindRequest, people: readonly string[]) => readonly string[];

export function refinements(isOn: (flag: string, userId: string) => boolean, texts: readonly LabelledText[]): Refine {
  const packagesOf = knowledge(texts);
  return ({ user, text }, found) => {
    const people = isOn(PATTERNS, user) ? withCopyrightHolders(found, text) : found;
    if (!isOn(KNOWLEDGE, user)) return people;
    return people.map((name) => {
      const packages = packagesOf.get(name);
      return packages === undefined ? name : `${name} (${[...packages].join(', ')})`;
    });
  };
}

function withCopyrightHolders(found: readonly string[], text: string): readonly string[] {
  const holders = [...text.matchAll(COPYRIGHT)].map((match) => match[1] ?? '');
  return [...new Set([...found, ...holders])];
}

function knowledge(texts: readonly LabelledText[]): ReadonlyMap<string, ReadonlySet<string>> {
  const packagesOf = new Map<string, Set<string>>();
  for (const { id, people } of texts)
    for (const person of people) {
      const packages = packagesOf.get(person) ?? new Set();
      packagesOf.set(person, packages.add(id.slice(0, id.lastIndexOf('/'))));
    }
  return packagesOf;
}
