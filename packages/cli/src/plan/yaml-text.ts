/** A YAML text as a value, with the place of each part of it. */
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  type Scalar,
  YAMLError,
} from 'yaml';

export interface Place {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export interface Fault extends Place {
  /** JSON pointer of what is wrong; '' is the whole. */
  readonly path: string;
  readonly message: string;
}

export interface ReadYaml {
  readonly value: unknown;
  /** The place of a pointer: of its value, or of its key where the key is what is wrong. Of what is not there, that of the nearest that is. */
  placeOf(pointer: string, part?: 'key' | 'value'): Place;
}

/** Aliases may be followed; a text that multiplies itself by them is none of people's. */
const MOST_BY_ALIASES = 20_000;
const LONGEST_TEXT = 1_000_000;

export function readYaml(text: string): ReadYaml | { readonly faults: readonly Fault[] } {
  if (text.length > LONGEST_TEXT) return { faults: [{ path: '', ...START, message: TOO_LONG(text.length) }] };
  const lines = new LineCounter();
  // That a key stands there once is found by the walk, in one pass.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, strict: true, merge: false, version: '1.2' });
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) return { faults: problems.map((problem) => faultOf(problem, lines)) };
  const walk = new Walk(lines);
  const value = walk.value(document.contents, '');
  if (walk.faults.length > 0) return { faults: walk.faults };
  return { value, placeOf: (pointer, part = 'value') => walk.placeOf(pointer, part) };
}

const TOO_LONG = (length: number): string =>
  `has ${length} characters, and a plan at most ${LONGEST_TEXT}: make it several, each of some of the flags and segments`;

const START: Place = { line: 1, column: 1 };

const TWICE = 'is a key that stands here already; each may be given once';
const MERGED =
  'would merge another mapping, which a plan does not do; write the keys out, and what they share with an anchor, as in "tags: *shared"';
const NO_VALUE = 'is neither a text, a number, true, false, null, a list nor a mapping';

const CODES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'is indented by a tab; YAML takes spaces alone',
  MULTIPLE_DOCS: 'begins a second document; a plan is one: make it another file',
  TAG_RESOLVE_FAILED: 'has a tag; a plan takes plain texts, numbers, true, false, null, lists and mappings',
  RESOURCE_EXHAUSTION: 'is nested too deep to be read',
};

function faultOf(problem: YAMLError, lines: LineCounter): Fault {
  const { line, col } = lines.linePos(problem.pos[0]);
  const said = problem instanceof YAMLError ? (CODES[problem.code] ?? problem.message.split(' at line ')[0]) : String(problem);
  return { path: '', line, column: col, message: said ?? 'is no YAML' };
}

/** Why the value is not as it is written, or none of a plan; null when it is. */
function scalarProblem({ value, source = '' }: Scalar): string | null {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) && /^[-+]?\d+$/.test(source))
    return `is a whole number of which the last digits would be lost; it is ${source}: up to 9007199254740991 is kept, and as a text any`;
  return typeof value === 'bigint' || (typeof value === 'object' && value !== null) ? NO_VALUE : null;
}

class Walk {
  readonly faults: Fault[] = [];
  readonly #places = new Map<string, Place>();
  readonly #keys = new Map<string, Place>();
  readonly #lines: LineCounter;
  /** What an anchor names so far, and what an alias therefore meant when it was first met: an anchor may be given anew. */
  readonly #anchors = new Map<string, Node>();
  readonly #meant = new Map<Alias, Node | undefined>();
  /** Those that are being followed: one that is met again means itself. */
  readonly #following = new Set<Node>();
  #countByAliases = 0;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  placeOf(pointer: string, part: 'key' | 'value'): Place {
    const own = part === 'key' ? (this.#keys.get(pointer) ?? this.#places.get(pointer)) : this.#places.get(pointer);
    if (own !== undefined) return own;
    return pointer === '' ? START : this.placeOf(pointer.slice(0, pointer.lastIndexOf('/')), 'value');
  }

  value(node: Node | ParsedNode | null | undefined, path: string): unknown {
    if (node === null || node === undefined) return null;
    const place = this.#placeOf(node);
    this.#places.set(path, place);
    if (this.#following.size > 0 && ++this.#countByAliases > MOST_BY_ALIASES) {
      if (this.#countByAliases === MOST_BY_ALIASES + 1)
        this.faults.push({ path, ...place, message: `makes more than ${MOST_BY_ALIASES} values by its aliases; write them out` });
      return null;
    }
    if (isAlias(node)) return this.#followed(node, path, place);
    this.#noteAnchor(node);
    if (isMap(node)) return this.#map(node.items as readonly { readonly key: unknown; readonly value: unknown }[], path);
    if (isSeq(node)) return node.items.map((item, index) => this.value(item as Node, `${path}/${index}`));
    const problem = isScalar(node) ? scalarProblem(node) : NO_VALUE;
    if (problem === null) return (node as Scalar).value;
    this.faults.push({ path, ...place, message: problem });
    return null;
  }

  #noteAnchor(node: Node): void {
    if (this.#following.size === 0 && 'anchor' in node && node.anchor !== undefined) this.#anchors.set(node.anchor, node);
  }

  /** What the alias means has its place where the alias stands. */
  #followed(node: Alias, path: string, place: Place): unknown {
    if (!this.#meant.has(node)) this.#meant.set(node, this.#anchors.get(node.source));
    const meant = this.#meant.get(node);
    if (meant === undefined) {
      this.faults.push({ path, ...place, message: 'is an alias of no anchor before it' });
      return null;
    }
    if (this.#following.has(meant)) {
      this.faults.push({ path, ...place, message: 'is an alias of what it stands in itself' });
      return null;
    }
    this.#following.add(meant);
    const value = this.value(meant, path);
    this.#following.delete(meant);
    this.#places.set(path, place);
    return value;
  }

  #map(items: readonly { readonly key: unknown; readonly value: unknown }[], path: string): unknown {
    // A number and the text of it are two keys to YAML, and one here.
    const seen = new Set<string>();
    const pairs = items.flatMap(({ key, value }): [string, unknown][] => {
      const place = this.#placeOf(key as Node);
      if (!isScalar(key) || (typeof key.value !== 'string' && typeof key.value !== 'number')) {
        this.faults.push({ path, ...place, message: 'is a key that is no text' });
        return [];
      }
      this.#noteAnchor(key);
      const pointer = `${path}/${String(key.value).replaceAll('~', '~0').replaceAll('/', '~1')}`;
      const problem = key.value === '<<' ? MERGED : seen.has(pointer) ? TWICE : null;
      if (problem !== null) this.faults.push({ path: pointer, ...place, message: problem });
      seen.add(pointer);
      this.#keys.set(pointer, place);
      if (value === null) this.#places.set(pointer, place);
      return [[String(key.value), this.value(value as Node | null, pointer)]];
    });
    // Own properties whatever they are called: `__proto__` is a key like any other.
    return Object.fromEntries(pairs);
  }

  #placeOf(node: Node): Place {
    const at = node?.range?.[0];
    if (at === undefined) return START;
    const { line, col } = this.#lines.linePos(at);
    return { line, column: col };
  }
}
