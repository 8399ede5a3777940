/** What an import would do to the records that are there, and the one change that does it. An import never sets traffic moving. */
import type { Change } from '../change.ts';
import type { Issue } from '../error.ts';
import { type Attribution, eventOf } from '../event.ts';
import type { EventType } from '../event-type.ts';
import type { Flag } from '../flag/flag.ts';
import { jsonEqual } from '../json.ts';
import { idOf, type RecordKind, type SluiceRecord } from '../record.ts';
import { isEnded } from '../rollout/rollout.ts';
import { TRANSFER_KINDS } from './document.ts';
import { keepEmergencies } from './keep-emergencies.ts';
import { lossProblems } from './loss-problems.ts';
import { forgottenVersions } from './transfer-component.ts';
import { wholeIssues } from './whole-issues.ts';

/**
 * What becomes of records that are there already and differ:
 * - `refuse`: nothing is imported
 * - `merge`: the document wins for what it names; everything else stays
 * - `replace`: besides, flags that the document does not name are archived
 */
export const ON_EXISTING = ['refuse', 'merge', 'replace'] as const;
export type OnExisting = (typeof ON_EXISTING)[number];

export interface ImportEntry {
  readonly kind: RecordKind;
  readonly key: string;
  /** `invalid`: what the document says of it cannot be, whatever is there. `refused`: it cannot be taken in because of what is there. */
  readonly outcome: 'create' | 'update' | 'archive' | 'unchanged' | 'refused' | 'invalid';
  /** Why it is refused or invalid, or what is not taken over as the document has it; empty when there is nothing to say. */
  readonly message: string;
  /** The places in the document that stand against it, by JSON pointers; empty unless it is refused or invalid. */
  readonly issues: readonly Issue[];
}

export interface ImportPlan {
  readonly entries: readonly ImportEntry[];
  /** Null when an entry is refused or invalid: an import is whole or nothing. */
  readonly change: Change | null;
}

interface Step {
  readonly entry: ImportEntry;
  readonly record: SluiceRecord | null;
  readonly before: SluiceRecord | undefined;
}

/** `wanted` are a document's records; `kept` all of this scope. Without `force`, a document without flags does not archive all that there are. */
export function planImport(
  wanted: readonly SluiceRecord[],
  kept: readonly SluiceRecord[],
  onExisting: OnExisting,
  by: Attribution,
  now: number,
  force = false,
): ImportPlan {
  const before = new Map(kept.map((record) => [idOf(record), record]));
  const named = new Map(wanted.map((record) => [idOf(record), record]));
  const resting = wanted.map((record) => (record.kind === 'flag' ? atRest(record, named) : { record, message: '' }));
  const goes = (record: SluiceRecord): boolean => onExisting === 'replace' && isLeftOut(record, named);
  const unfit = wholeIssues({ wanted, kept, goes });
  const stays = kept.filter((record) => !goes(record));
  const losses = lossProblems(wanted, stays);
  const places = placesOf(wanted);
  const steps = resting.map(({ record, message }): Step => {
    const id = idOf(record);
    const place = places.get(id) ?? '';
    const issues = (unfit.get(id) ?? []).map((issue) => ({ ...issue, path: `${place}${issue.path}` }));
    if (issues.length > 0) return { entry: invalidEntry(record, issues), record: null, before: undefined };
    return placed(stepOf(record, message, before, losses.get(id) ?? null, onExisting), place);
  });
  const isBare = !force && !wanted.some(({ kind }) => kind === 'flag');
  for (const record of kept) if (record.kind === 'flag' && goes(record)) steps.push(archiving(record, isBare, now));
  const entries = steps.map((step) => step.entry);
  if (entries.some(({ outcome }) => outcome === 'refused' || outcome === 'invalid')) return { entries, change: null };
  const changed = steps.flatMap(({ record, before: old }) =>
    record === null ? [] : [{ record: revised(record, old, now), old }],
  );
  const events = changed.map(({ record, old }) => eventOf(eventType(record, old), record, by, now, { imported: true }));
  return { entries, change: { records: changed.map(({ record }) => record), events, seesAll: true } };
}

/** Where each record stands in the document, which had them in the order of `wanted`. */
function placesOf(wanted: readonly SluiceRecord[]): ReadonlyMap<string, string> {
  return new Map(
    TRANSFER_KINDS.flatMap(({ list, kind }) =>
      wanted.filter((record) => record.kind === kind).map((record, index) => [idOf(record), `/${list}/${index}`] as const),
    ),
  );
}

function invalidEntry({ kind, key }: SluiceRecord, issues: readonly Issue[]): ImportEntry {
  const message = issues.map((issue) => `${issue.path} ${issue.message}`).join('; ');
  return { kind, key, outcome: 'invalid', message, issues };
}

function placed(step: Step, path: string): Step {
  const { outcome, message } = step.entry;
  return outcome === 'refused' ? { ...step, entry: { ...step.entry, issues: [{ path, message }] } } : step;
}

function isLeftOut(record: SluiceRecord, named: ReadonlyMap<string, SluiceRecord>): boolean {
  return record.kind === 'flag' && record.archivedAt === null && !named.has(idOf(record));
}

/** A deleted segment is as good as none, but for its revision. */
function isDeleted(record: SluiceRecord): boolean {
  return record.kind === 'segment' && record.deletedAt !== null;
}

/** The flag without whoever moved its share: as before a rollout that is not at its end, and at 0 % where a test was running. */
function atRest(flag: Flag, named: ReadonlyMap<string, SluiceRecord>): { record: Flag; message: string } {
  const owner = flag.shareOwner;
  const free: Flag = { ...flag, shareOwner: null, stageGroups: [] };
  if (owner === null) return { record: free, message: '' };
  const rollout = named.get(idOf({ kind: 'rollout', key: owner.key }));
  if (owner.kind === 'experiment') return { record: { ...free, share: 0 }, message: 'its test is a draft, so it serves control' };
  if (rollout?.kind !== 'rollout' || rollout.plan.strategy === 'rollback')
    return { record: free, message: 'it stays at the share that it had' };
  const { status, share, offVariant, onVariant, split } = rollout.before;
  const allocation =
    flag.status === 'disabled' ? { share, offVariant, onVariant, split } : { status, share, offVariant, onVariant, split };
  return { record: { ...free, ...allocation }, message: 'its rollout was under way and is aborted: as before it' };
}

function stepOf(
  wanted: SluiceRecord,
  said: string,
  kept: ReadonlyMap<string, SluiceRecord>,
  loss: string | null,
  onExisting: OnExisting,
): Step {
  const before = kept.get(idOf(wanted));
  const { record, message } = onExisting === 'refuse' ? { record: wanted, message: said } : keptHere(wanted, said, before);
  const { kind, key } = record;
  const step = (outcome: ImportEntry['outcome'], why = message): Step => ({
    entry: { kind, key, outcome, message: why, issues: [] },
    record: outcome === 'create' || outcome === 'update' ? record : null,
    before,
  });
  if (loss !== null) return step('refused', loss);
  if (before === undefined || isDeleted(before)) return step('create');
  if (isSame(record, before)) return step('unchanged', message === said ? '' : message);
  // Its ranges are taken by tests that run here.
  if (kind === 'layer') return step('unchanged', 'it is there already, and stays as it is');
  if (onExisting === 'refuse') return step('refused', 'it is there already and differs; pass onExisting: "merge" or "replace"');
  if (record.kind === 'rollout' && before.kind === 'rollout' && record.number <= before.number)
    return step(
      'unchanged',
      `rollout ${before.number} is there, which is not older than rollout ${record.number} of the document`,
    );
  const why = refusalOf(record, before);
  if (why !== null) return step('refused', why);
  return step('update');
}

function keptHere(
  wanted: SluiceRecord,
  said: string,
  here: SluiceRecord | undefined,
): { readonly record: SluiceRecord; readonly message: string } {
  if (wanted.kind !== 'flag' || here?.kind !== 'flag') return { record: wanted, message: said };
  const { flag, message } = keepEmergencies(wanted, here);
  return { record: flag, message: [said, message].filter((part) => part !== '').join('; ') };
}

function isSame(record: SluiceRecord, before: SluiceRecord): boolean {
  const [list] = TRANSFER_KINDS.filter(({ kind }) => kind === record.kind);
  const [a, b] = [list?.format(record), list?.format(before)];
  return a !== undefined && jsonEqual({ ...a, createdAt: '' }, { ...b, createdAt: '' });
}

/** What may not be written over, whoever asks. */
function refusalOf(record: SluiceRecord, before: SluiceRecord): string | null {
  if (before.kind === 'component' && record.kind === 'component') return forgottenVersions(before, record);
  if (before.kind === 'flag' && record.kind === 'flag') return componentRefusal(before, record) ?? flagRefusal(before);
  if (before.kind === 'rollout')
    return isEnded(before.phase) ? null : 'a rollout of this flag is under way; abort it or wait for its end';
  if (before.kind === 'experiment' && before.phase !== 'draft')
    return `the test here is ${before.phase}, and a test measures once; import it under another testId`;
  return null;
}

function componentRefusal(before: Flag, after: Flag): string | null {
  if (before.isComponent === after.isComponent) return null;
  return before.isComponent ? 'it is a component here and stays one' : 'it is no component here and does not become one';
}

function flagRefusal(before: Flag): string | null {
  if (before.archivedAt !== null) return 'the key was archived here; an archived key is not used again';
  if (before.shareOwner === null) return null;
  const { kind, key } = before.shareOwner;
  return `its share is moved by the ${kind === 'rollout' ? 'rollout' : 'test'} of "${key}"; end that first`;
}

function archiving(flag: Flag, isBare: boolean, now: number): Step {
  const why = isBare ? 'the document has no flags; pass force: true to archive every flag for good' : flagRefusal(flag);
  const outcome = why === null ? 'archive' : 'refused';
  // What the document lacks has no place in it but the list.
  const issues = why === null ? [] : [{ path: '/flags', message: `lack "${flag.key}": ${why}` }];
  return {
    entry: { kind: 'flag', key: flag.key, outcome, message: why ?? 'the document does not name it', issues },
    record: why === null ? { ...flag, archivedAt: now } : null,
    before: flag,
  };
}

function revised(record: SluiceRecord, before: SluiceRecord | undefined, now: number): SluiceRecord {
  const revision = (before?.revision ?? 0) + 1;
  return record.kind === 'flag' || record.kind === 'segment' ? { ...record, revision, updatedAt: now } : { ...record, revision };
}

function eventType(record: SluiceRecord, before: SluiceRecord | undefined): EventType {
  if (record.kind === 'rollout') return 'rollout.imported';
  if (record.kind === 'experiment') return 'experiment.imported';
  if (record.kind === 'component') return 'component.registered';
  if (record.kind === 'layer') return 'layer.changed';
  if (record.kind === 'schedule') return 'schedule.added';
  if (record.kind === 'segment') return before === undefined || isDeleted(before) ? 'segment.created' : 'segment.updated';
  if (record.kind !== 'flag' || before?.kind !== 'flag') return 'flag.created';
  if (record.archivedAt !== null) return 'flag.archived';
  if (record.status === 'disabled' && before.status !== 'disabled') return 'flag.killed';
  return before.status === 'disabled' && record.status !== 'disabled' ? 'flag.restored' : 'flag.updated';
}
