/** Everything out as one document, and in again: parsed whole, planned whole, and kept in one commit or not at all. */
import {
  exportDocument,
  type ImportEntry,
  type ImportPlan,
  ON_EXISTING,
  type OnExisting,
  parseDocument,
  planImport,
  type SluiceDocument,
  SluiceError,
  type SluiceRecord,
} from '@sluice/core';
import { attributionWithReason, checkOptions, MUTATION_OPTIONS, type MutationOptions, requestOf } from './mutation.ts';
import type { Runtime } from './runtime.ts';
import type { View } from './view.ts';

export interface ImportOptions extends MutationOptions {
  /** An import without a reason is refused. */
  readonly reason: string;
  /** What becomes of records that are there already and differ; `refuse` unless given. */
  readonly onExisting?: OnExisting;
  /** `replace` archives every flag that there is where the document has none. */
  readonly force?: boolean;
  /** Only says what would be done. */
  readonly dryRun?: boolean;
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

/** @throws SluiceError `invalid` with every issue of the document; `refused` naming every record that is refused, unless it is a dry run */
export async function importAll(runtime: Runtime, document: unknown, options: ImportOptions): Promise<ImportResult> {
  checkOptions('import', options, [...MUTATION_OPTIONS, 'onExisting', 'force', 'dryRun']);
  const by = attributionWithReason('import', options);
  const { onExisting = 'refuse', force = false, dryRun = false } = options;
  if (!ON_EXISTING.includes(onExisting))
    throw new SluiceError(
      'invalid',
      `import: onExisting must be one of ${ON_EXISTING.join(', ')}; it is ${JSON.stringify(onExisting)}`,
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
    if (planned.change === null) return { refused: refusalOf(entries), code: 'refused' };
    return planned.change.records.length === 0 ? null : planned.change;
  }, requestOf(options));
  return { entries, changed: committed !== null };
}

function refusalOf(entries: readonly ImportEntry[]): string {
  const refused = entries.filter((entry) => entry.outcome === 'refused');
  const shown = refused.slice(0, 5).map(({ kind, key, message }) => `${kind} "${key}": ${message}`);
  const more = refused.length > shown.length ? `; and ${refused.length - shown.length} more` : '';
  return `import: nothing was imported. ${shown.join('; ')}${more}`;
}

function recordsOf(view: View): SluiceRecord[] {
  return [
    ...view.segments.all(),
    ...view.allFlags(),
    ...view.components.values(),
    ...view.experiments.values(),
    ...view.rollouts.values(),
  ];
}
