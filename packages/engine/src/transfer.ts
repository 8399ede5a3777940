/** Everything out as one document, and in again: parsed whole, planned whole, and kept in one commit or not at all. */
import {
  exportDocument,
  type ImportEntry,
  type ImportPlan,
  jsonSize,
  ON_EXISTING,
  type OnExisting,
  parseDocument,
  planImport,
  type Refusal,
  refuse,
  type SluiceDocument,
  SluiceError,
  type SluiceRecord,
} from '@sluice/core';
import { describeValue } from './failure.ts';
import { attributionWithReason, checkOptions, MUTATION_OPTIONS, type MutationOptions, requestOf } from './mutation.ts';
import type { Runtime } from './runtime.ts';
import { checkedMaxBytes, inBytes } from './store/file-size.ts';
import type { View } from './view.ts';

/** A document's size is told up to so many times what is taken. */
const SIZES_COUNTED = 16;

export interface ImportOptions extends MutationOptions {
  /** An import without a reason is refused. */
  readonly reason: string;
  /** What becomes of records that are there already and differ; `refuse` unless given. */
  readonly onExisting?: OnExisting;
  /** `replace` archives every flag that there is where the document has none. */
  readonly force?: boolean;
  /** Only says what would be done. */
  readonly dryRun?: boolean;
  /** A document of more bytes as JSON is refused; 64 MiB unless given. */
  readonly maxBytes?: number;
}

export interface ImportResult {
  /** One for each record of the document, and for each flag that `replace` archives. */
  readonly entries: readonly ImportEntry[];
  /** False for a dry run, and when there was nothing to change. */
  readonly changed: boolean;
}

export async function exportAll(runtime: Runtime): Promise<SluiceDocument> {
  await runtime.ready;
  return exportDocument(recordsOf(runtime.view), runtime.view.scope, runtime.clock.now());
}

/**
 * @throws SluiceError `invalid` with every issue of the document, also of what it names that is neither there nor in it; `refused` naming every
 * record that does not go with what is there; a dry run answers both as entries
 */
export async function importAll(runtime: Runtime, document: unknown, options: ImportOptions): Promise<ImportResult> {
  checkOptions('import', options, [...MUTATION_OPTIONS, 'onExisting', 'force', 'dryRun', 'maxBytes']);
  checkSize(document, checkedMaxBytes('import: maxBytes', options.maxBytes));
  const by = attributionWithReason('import', options);
  const { onExisting = 'refuse', force = false, dryRun = false } = options;
  if (!ON_EXISTING.includes(onExisting))
    throw new SluiceError(
      'invalid',
      `import: onExisting must be one of ${ON_EXISTING.join(', ')}; it is ${describeValue(onExisting)}`,
      {
        issues: [{ path: '/onExisting', message: `must be one of ${ON_EXISTING.join(', ')}` }],
      },
    );
  await runtime.ready;
  const parsed = parseDocument(document, runtime.view.scope, runtime.clock.now());
  if ('issues' in parsed) {
    const shown = parsed.issues.slice(0, 5).map(({ path, message }) => `${path === '' ? 'the document' : path} ${message}`);
    const more = parsed.issues.length > shown.length ? `; and ${parsed.issues.length - shown.length} more` : '';
    throw new SluiceError('invalid', `import: ${shown.join('; ')}${more}`, parsed);
  }
  const plan = (view: View, now: number): ImportPlan => planImport(parsed.records, recordsOf(view), onExisting, by, now, force);
  if (dryRun) return { entries: plan(runtime.view, runtime.clock.now()).entries, changed: false };
  let entries: readonly ImportEntry[] = [];
  const committed = await runtime.commit((view, now) => {
    const planned = plan(view, now);
    entries = planned.entries;
    if (planned.change === null) return refusalOf(entries);
    return planned.change.records.length === 0 ? null : planned.change;
  }, requestOf(options));
  return { entries, changed: committed !== null };
}

/** Before anything is made of it. @throws SluiceError `invalid` */
function checkSize(document: unknown, maxBytes: number): void {
  const counted = SIZES_COUNTED * maxBytes;
  const size = jsonSize(document, counted);
  if (size <= maxBytes) return;
  const message = `has ${size > counted ? `more than ${inBytes(counted)}` : inBytes(size)} as JSON, and at most ${inBytes(maxBytes)} are taken; import it in parts, or pass maxBytes`;
  throw new SluiceError('invalid', `import: the document ${message}`, { issues: [{ path: '', message }] });
}

/** `invalid` when the document is wrong in itself, whatever else is refused besides. */
function refusalOf(entries: readonly ImportEntry[]): Refusal {
  const isInvalid = entries.some(({ outcome }) => outcome === 'invalid');
  const against = entries.filter(({ outcome }) => outcome === 'refused' || outcome === 'invalid');
  const shown = against.slice(0, 5).map(({ kind, key, message }) => `${kind} "${key}": ${message}`);
  const more = against.length > shown.length ? `; and ${against.length - shown.length} more` : '';
  return refuse(
    `import: nothing was imported. ${shown.join('; ')}${more}`,
    isInvalid ? 'invalid' : 'refused',
    against.flatMap(({ issues }) => issues),
  );
}

function recordsOf(view: View): SluiceRecord[] {
  return [
    ...view.segments.all(),
    ...view.allFlags(),
    ...view.components.values(),
    ...view.layers.values(),
    ...view.schedules.values(),
    ...view.experiments.values(),
    ...view.rollouts.values(),
  ];
}
