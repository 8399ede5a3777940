/** Reads a document whole: every issue at once, or the records that it means. */
import type { Issue } from '../error.ts';
import { shown } from '../flag/shown.ts';
import { isJsonObject } from '../json.ts';
import type { SluiceRecord } from '../record.ts';
import type { Scope } from '../scope.ts';
import { DOCUMENT_FORMAT, DOCUMENT_VERSION, TRANSFER_KINDS, type TransferKind } from './document.ts';
import { fullText, instant, listOf, objectOf, type Shape } from './shape.ts';

const HEAD: Readonly<Record<string, Shape>> = {
  format: (value, path) =>
    value === DOCUMENT_FORMAT ? [] : [{ path, message: `must be "${DOCUMENT_FORMAT}"; it is ${shown(value)}` }],
  version: (value, path) =>
    value === DOCUMENT_VERSION
      ? []
      : [{ path, message: `must be ${DOCUMENT_VERSION}, which is what this Sluice reads; it is ${shown(value)}` }],
  exportedAt: instant,
  scope: objectOf({ project: fullText, environment: fullText }),
};
const list: Shape = (value, path) => (Array.isArray(value) ? [] : [{ path, message: `must be a list; it is ${shown(value)}` }]);
const lists = (isLater: boolean): Readonly<Record<string, Shape>> =>
  Object.fromEntries(TRANSFER_KINDS.filter((kind) => (kind.isLater ?? false) === isLater).map((kind) => [kind.list, list]));
const DOCUMENT = objectOf({ ...HEAD, ...lists(false) }, { ...lists(true), withoutSchedulesOf: listOf(fullText) });

/** Records at revision 0 in `scope`, whatever scope the document came from. */
export function parseDocument(
  value: unknown,
  scope: Scope,
  now: number,
): { readonly records: readonly SluiceRecord[] } | { readonly issues: readonly Issue[] } {
  const head = DOCUMENT(value, '');
  // Another version may mean something else by every field, so nothing else of it is worth a word.
  const unreadable = head.filter(({ path }) => path === '' || path === '/format' || path === '/version');
  if (unreadable.length > 0 || !isJsonObject(value)) return { issues: unreadable };
  const parsed = TRANSFER_KINDS.map((kind) => parseList(kind, value[kind.list], scope, now));
  const records = parsed.flatMap((part) => part.records);
  const issues = [...head, ...parsed.flatMap((part) => part.issues)];
  return issues.length > 0 ? { issues } : { records };
}

function parseList(
  { list: name, keyField, parse }: TransferKind,
  entries: unknown,
  scope: Scope,
  now: number,
): { readonly records: readonly SluiceRecord[]; readonly issues: readonly Issue[] } {
  const records: SluiceRecord[] = [];
  const issues: Issue[] = [];
  const first = new Map<string, number>();
  for (const [index, entry] of (Array.isArray(entries) ? entries : []).entries()) {
    const path = `/${name}/${index}`;
    const parsed = parse(entry, path, scope, now);
    if (!('kind' in parsed)) {
      for (const issue of parsed) issues.push(issue);
      continue;
    }
    const earlier = first.get(parsed.key);
    if (earlier !== undefined)
      issues.push({ path: `${path}/${keyField}`, message: `is "${parsed.key}" again; /${name}/${earlier} has that name` });
    first.set(parsed.key, index);
    records.push(parsed);
  }
  return { records, issues };
}
