/** What many flags of one line have in common is said once: in its place a flag names the index among the line's values. */
import { type ShortFlag, type SluiceRecord, shortFlag, wholeFlag } from '@sluice/core';
import { deepFreeze } from './record-book.ts';

/** Fields whose value is an object or a list, so that a number in its place can only be an index. */
const FIELDS = ['variants', 'split', 'conditions', 'rules'] as const;
type Field = (typeof FIELDS)[number];
type Value = ShortFlag[Field];

export interface SharedRecords {
  /** Flags are short. */
  readonly records: readonly SluiceRecord[];
  /** Left out when no two flags have one in common, and by older journals. */
  readonly values?: readonly Value[];
}

export function shareValues(records: readonly SluiceRecord[]): SharedRecords {
  const uses = new Map<string, { readonly value: Value; count: number; index: number }>();
  const short = records.map((record) => (record.kind === 'flag' ? shortFlag(record) : record));
  const texts = short.map((record) => (record.kind === 'flag' ? textsOf(record) : []));
  for (const [, text, value] of texts.flat()) {
    const use = uses.get(text) ?? { value, count: 0, index: -1 };
    use.count += 1;
    uses.set(text, use);
  }
  const values: Value[] = [];
  const indexOf = (text: string): readonly number[] => {
    const use = uses.get(text);
    if (use === undefined || use.count < 2) return [];
    if (use.index < 0) use.index = values.push(use.value) - 1;
    return [use.index];
  };
  // Typed as the records that they become again.
  const shared = short.map((record, at): SluiceRecord => {
    const indices = (texts[at] ?? []).flatMap(([field, text]) => indexOf(text).map((index) => [field, index] as const));
    return (indices.length === 0 ? record : { ...record, ...Object.fromEntries(indices) }) as SluiceRecord;
  });
  return values.length === 0 ? { records: shared } : { records: shared, values };
}

function textsOf(flag: ShortFlag): (readonly [Field, string, Value])[] {
  return FIELDS.flatMap((field) => {
    const value = flag[field];
    return value === undefined ? [] : [[field, JSON.stringify(value), value] as const];
  });
}

/** The records as they were, made of those that a line had. Flags have one object for what they have in common, which nobody may change. */
export function unshareValues({ records, values = [] }: SharedRecords): SluiceRecord[] {
  for (const value of values) deepFreeze(value);
  return records.map((record) => (record.kind === 'flag' ? wholeFlag(withValues(record, values)) : record));
}

/** Put into the very object, which was read from a line and is nobody else's: copies of ten thousand would have to be collected. */
function withValues(short: { -readonly [F in keyof ShortFlag]: ShortFlag[F] }, values: readonly Value[]): ShortFlag {
  if (values.length === 0) return short;
  for (const field of FIELDS) {
    const index: unknown = short[field];
    if (typeof index === 'number') Object.assign(short, { [field]: values[index] });
  }
  return short;
}
