/** What other flags must serve before a flag may serve anything but off: the form, and what the whole of them must not do. */
import type { Issue } from '../error.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import { MAX_PREREQUISITES, tooManyProblem } from './flag-limits.ts';
import { nearest } from './nearest.ts';
import { pointerPart } from './parse-condition.ts';
import { shown } from './shown.ts';

/** Holds for a unit to which `flag` serves one of `variants`. A flag that is missing or archived serves none. */
export interface Prerequisite {
  readonly flag: string;
  readonly variants: readonly string[];
}

const NONE: readonly Prerequisite[] = Object.freeze([]);
const FORM = 'must be { "flag": name, "variants": [at least one name] }';

/** A record that was kept before flags could have any has no such field. */
export function prerequisitesOf(flag: { readonly prerequisites?: readonly Prerequisite[] }): readonly Prerequisite[] {
  return flag.prerequisites ?? NONE;
}

/** Every issue of the form of a list of prerequisites. */
export function prerequisiteIssues(value: unknown, path: string): readonly Issue[] {
  if (!Array.isArray(value)) return [{ path, message: `must be a list; each member ${FORM}; it is ${shown(value)}` }];
  const tooMany = tooManyProblem(value.length, MAX_PREREQUISITES, 'prerequisites');
  if (tooMany !== null) return [{ path, message: tooMany }];
  return value.flatMap((member: unknown, index): Issue[] => {
    const at = `${path}/${index}`;
    if (!isJsonObject(member)) return [{ path: at, message: `${FORM}; it is ${shown(member)}` }];
    const stranger = Object.keys(member).find((key) => key !== 'flag' && key !== 'variants');
    if (stranger !== undefined)
      return [{ path: `${at}/${pointerPart(stranger)}`, message: 'is not a field of a prerequisite; there are flag, variants' }];
    if (!isName(member.flag)) return [{ path: `${at}/flag`, message: `must be the name of a flag; it is ${shown(member.flag)}` }];
    const isList = Array.isArray(member.variants) && member.variants.length > 0 && member.variants.every(isName);
    return isList
      ? []
      : [{ path: `${at}/variants`, message: `must be a list of at least one variant; it is ${shown(member.variants)}` }];
  });
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** The flags as they would be after a write, by key. Archived ones count as missing. */
export interface FlagLookup<F> {
  get(key: string): F | undefined;
}
interface WithVariants {
  readonly variants: Readonly<Record<string, JsonValue>>;
}

/** Why a flag of `flags` cannot be a prerequisite like this, or null. `keys` may have those of archived flags besides. */
export function prerequisiteProblem(
  { flag, variants }: Prerequisite,
  flags: FlagLookup<WithVariants>,
  keys: () => readonly string[],
): string | null {
  const needed = flags.get(flag);
  if (needed === undefined && keys().includes(flag)) return `names the flag "${flag}", which is archived`;
  if (needed === undefined) return `names the flag "${flag}", which does not exist${nearest(flag, keys().slice(0, 1000))}`;
  const stranger = variants.find((variant) => !Object.hasOwn(needed.variants, variant));
  if (stranger === undefined) return null;
  return `names the variant "${stranger}", which the flag "${flag}" does not have; there are ${Object.keys(needed.variants).join(', ')}`;
}

/**
 * A way from one of `starts` along prerequisites that comes back to itself: the keys in order, the first again at the end; null when
 * there is none. Of any depth: the way is kept in a list and not on the call stack.
 */
export function findCycle(starts: Iterable<string>, neededBy: (key: string) => readonly string[]): readonly string[] | null {
  const done = new Set<string>();
  for (const start of starts) {
    const way: { readonly key: string; readonly needed: readonly string[]; next: number }[] = [];
    const open = new Set<string>();
    const enter = (key: string): void => {
      open.add(key);
      way.push({ key, needed: neededBy(key), next: 0 });
    };
    if (!done.has(start)) enter(start);
    for (let top = way.at(-1); top !== undefined; top = way.at(-1)) {
      const key = top.needed[top.next++];
      if (key === undefined) {
        way.pop();
        open.delete(top.key);
        done.add(top.key);
      } else if (open.has(key)) {
        const keys = way.map((step) => step.key);
        return [...keys.slice(keys.indexOf(key)), key];
      } else if (!done.has(key)) enter(key);
    }
  }
  return null;
}

/** Members of a circle that a message names before it only counts them. */
const SHOWN_MEMBERS = 4;

/** A circle that `findCycle` found, for a message: its first members and its way back, and how many are between them. */
export function shownCycle(cycle: readonly string[]): string {
  const left = cycle.length - 1 - SHOWN_MEMBERS;
  if (left <= 1) return cycle.join(' → ');
  return [...cycle.slice(0, SHOWN_MEMBERS), `(${left} more)`, ...cycle.slice(-1)].join(' → ');
}
