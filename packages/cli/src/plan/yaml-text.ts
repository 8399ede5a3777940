/** A YAML text as a value, with the place of each part of it. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument, YAMLError } from 'yaml';

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
const MOST_NODES = 20_000;
const LONGEST_TEXT = 1_000_000;

export function readYaml(text: string): ReadYaml | { readonly faults: readonly Fault[] } {
  if (text.length > LONGEST_TEXT)
    return { faults: [{ path: '', ...START, message: `has more than ${LONGEST_TEXT} characters` }] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true, merge: false, version: '1.2' });
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) return { faults: problems.map((problem) => faultOf(problem, lines)) };
  const walk = new Walk(lines, (node) => (isAlias(node) ? node.resolve(document) : undefined));
  const value = walk.value(document.contents, '');
  if (walk.faults.length > 0) return { faults: walk.faults };
  return { value, placeOf: (pointer, part = 'value') => walk.placeOf(pointer, part) };
}

const START: Place = { line: 1, column: 1 };

const CODES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'is indented by a tab; YAML takes spaces alone',
  DUPLICATE_KEY: 'is a key that stands here already; each may be given once',
};

function faultOf(problem: YAMLError, lines: LineCounter): Fault {
  const { line, col } = lines.linePos(problem.pos[0]);
  const said = problem instanceof YAMLError ? (CODES[problem.code] ?? problem.message.split(' at line ')[0]) : String(problem);
  return { path: '', line, column: col, message: said ?? 'is no YAML' };
}

class Walk {
  readonly faults: Fault[] = [];
  readonly #places = new Map<string, Place>();
  readonly #keys = new Map<string, Place>();
  readonly #lines: LineCounter;
  readonly #resolve: (node: Node) => Node | undefined;
  #count = 0;

  constructor(lines: LineCounter, resolve: (node: Node) => Node | undefined) {
    this.#lines = lines;
    this.#resolve = resolve;
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
    this.#count += 1;
    if (this.#count > MOST_NODES) {
      if (this.#count === MOST_NODES + 1)
        this.faults.push({ path, ...place, message: `makes more than ${MOST_NODES} values by its aliases; write them out` });
      return null;
    }
    if (isAlias(node)) return this.#followed(node, path, place);
    if (isMap(node)) return this.#map(node.items as readonly { readonly key: unknown; readonly value: unknown }[], path);
    if (isSeq(node)) return node.items.map((item, index) => this.value(item as Node, `${path}/${index}`));
    if (isScalar(node) && typeof node.value !== 'bigint') return node.value;
    this.faults.push({ path, ...place, message: 'is neither a text, a number, true, false, null, a list nor a mapping' });
    return null;
  }

  /** What the alias means has its place where the alias stands. */
  #followed(node: Node, path: string, place: Place): unknown {
    const meant = this.#resolve(node);
    if (meant === undefined) {
      this.faults.push({ path, ...place, message: 'is an alias of no anchor before it' });
      return null;
    }
    const value = this.value(meant, path);
    this.#places.set(path, place);
    return value;
  }

  #map(items: readonly { readonly key: unknown; readonly value: unknown }[], path: string): unknown {
    const pairs = items.flatMap(({ key, value }): [string, unknown][] => {
      const place = this.#placeOf(key as Node);
      if (!isScalar(key) || (typeof key.value !== 'string' && typeof key.value !== 'number')) {
        this.faults.push({ path, ...place, message: 'is a key that is no text' });
        return [];
      }
      const pointer = `${path}/${String(key.value).replaceAll('~', '~0').replaceAll('/', '~1')}`;
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
