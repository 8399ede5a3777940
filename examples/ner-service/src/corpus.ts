/** Real texts that are on every disk where this runs: the licences and read-mes of the installed packages, with the people their packages name. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface LabelledText {
  /** Package and file. */
  readonly id: string;
  readonly text: string;
  /** People whom the package's own `author` and `contributors` name and whom this text mentions. */
  readonly people: readonly string[];
}

export interface Corpus {
  readonly packages: number;
  readonly packagesWithAuthor: number;
  readonly texts: readonly LabelledText[];
}

/** A longer text is cut: its first part is where people are named. */
const MAX_TEXT_LENGTH = 800;
const FILES = /^(licen[cs]e|readme)(\.(md|txt|markdown))?$/i;
/** What makes a name one of an organisation and not of a person. */
const ORGANISATION =
  /\b(inc|llc|ltd|corp|corporation|foundation|team|contributors|authors|project|labs|software|github|google|microsoft)\b/i;

/** All packages that this example can see, in order of name. */
export function readCorpus(): Corpus {
  const folder = modulesFolder();
  const packages = readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => (name.startsWith('@') ? readdirSync(join(folder, name)).map((scoped) => join(name, scoped)) : [name]))
    .sort();
  const read = packages.flatMap((name) => readPackage(join(folder, name), name) ?? []);
  return {
    packages: read.length,
    packagesWithAuthor: read.filter(({ people }) => people.length > 0).length,
    texts: read.flatMap(({ texts }) => texts),
  };
}

function modulesFolder(): string {
  let folder = dirname(createRequire(import.meta.url).resolve('compromise'));
  while (!folder.endsWith('node_modules')) folder = dirname(folder);
  return folder;
}

function readPackage(folder: string, name: string): { people: string[]; texts: LabelledText[] } | null {
  const manifest = readManifest(folder);
  if (manifest === null) return null;
  const people = [manifest.author, ...(Array.isArray(manifest.contributors) ? manifest.contributors : [])].flatMap(
    (entry) => personIn(entry) ?? [],
  );
  const texts = readdirSync(folder)
    .filter((file) => FILES.test(file))
    .map((file): LabelledText => {
      const text = readFileSync(join(folder, file), 'utf8').slice(0, MAX_TEXT_LENGTH);
      return {
        id: `${name}/${file}`,
        text,
        people: people.filter((person) => text.toLowerCase().includes(person.toLowerCase())),
      };
    });
  return { people, texts };
}

function readManifest(folder: string): { author?: unknown; contributors?: unknown } | null {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { author?: unknown; contributors?: unknown };
  } catch {
    return null;
  }
}

/** The name without address and page: two words or more, and no organisation. */
export function personIn(entry: unknown): string | null {
  const written =
    typeof entry === 'string' ? entry : typeof entry === 'object' && entry !== null && 'name' in entry ? entry.name : null;
  if (typeof written !== 'string') return null;
  const name = written.replace(/\s*[<(].*$/s, '').trim();
  return /^\p{L}[\p{L}.'-]*(\s+\p{L}[\p{L}.'-]*)+$/u.test(name) && !ORGANISATION.test(name) ? name : null;
}
