/** Everything of a scope as one JSON document: the table of the kinds that it holds. A further kind is a row here and a list in the document. */
import type { Issue } from '../error.ts';
import type { JsonObject } from '../json.ts';
import type { RecordKind, SluiceRecord } from '../record.ts';
import type { Scope } from '../scope.ts';
import { formatComponentEntry, parseComponentEntry } from './transfer-component.ts';
import { formatExperimentEntry, parseExperimentEntry } from './transfer-experiment.ts';
import { formatFlagEntry, parseFlagEntry } from './transfer-flag.ts';
import { formatLayerEntry, parseLayerEntry } from './transfer-layer.ts';
import { formatRolloutEntry, parseRolloutEntry } from './transfer-rollout.ts';
import { formatSegmentEntry, parseSegmentEntry } from './transfer-segment.ts';

export const DOCUMENT_FORMAT = 'sluice';
export const DOCUMENT_VERSION = 1;

/** In the vocabulary of the public API: percentages, ISO date-times, no revisions. Lists are in order of key. */
export interface SluiceDocument {
  readonly format: typeof DOCUMENT_FORMAT;
  readonly version: typeof DOCUMENT_VERSION;
  readonly exportedAt: string;
  readonly scope: Scope;
  readonly segments: readonly JsonObject[];
  readonly flags: readonly JsonObject[];
  readonly components: readonly JsonObject[];
  readonly layers: readonly JsonObject[];
  readonly experiments: readonly JsonObject[];
  readonly rollouts: readonly JsonObject[];
  /** Flags with edits that wait for their instant. The edits are not in the document, because an import starts nothing. */
  readonly withoutSchedulesOf: readonly string[];
}

export type ListName = 'segments' | 'flags' | 'components' | 'layers' | 'experiments' | 'rollouts';

export interface TransferKind {
  readonly list: ListName;
  readonly kind: RecordKind;
  /** The field that names an entry. */
  readonly keyField: string;
  /** Whether documents from before there were such records lack the list. */
  readonly isLater?: boolean;
  /** Null when the record is of another kind. */
  readonly format: (record: SluiceRecord) => JsonObject | null;
  readonly parse: (value: unknown, path: string, scope: Scope, now: number) => SluiceRecord | readonly Issue[];
}

export const TRANSFER_KINDS: readonly TransferKind[] = [
  {
    list: 'segments',
    kind: 'segment',
    keyField: 'name',
    format: (record) => (record.kind === 'segment' ? formatSegmentEntry(record) : null),
    parse: parseSegmentEntry,
  },
  {
    list: 'flags',
    kind: 'flag',
    keyField: 'name',
    format: (record) => (record.kind === 'flag' ? formatFlagEntry(record) : null),
    parse: parseFlagEntry,
  },
  {
    list: 'components',
    kind: 'component',
    keyField: 'component',
    format: (record) => (record.kind === 'component' ? formatComponentEntry(record) : null),
    parse: parseComponentEntry,
  },
  {
    list: 'layers',
    kind: 'layer',
    keyField: 'layer',
    isLater: true,
    format: (record) => (record.kind === 'layer' ? formatLayerEntry(record) : null),
    parse: parseLayerEntry,
  },
  {
    list: 'experiments',
    kind: 'experiment',
    keyField: 'testId',
    format: (record) => (record.kind === 'experiment' ? formatExperimentEntry(record) : null),
    parse: parseExperimentEntry,
  },
  {
    list: 'rollouts',
    kind: 'rollout',
    keyField: 'flag',
    format: (record) => (record.kind === 'rollout' ? formatRolloutEntry(record) : null),
    parse: parseRolloutEntry,
  },
];

export function exportDocument(records: readonly SluiceRecord[], scope: Scope, now: number): SluiceDocument {
  const sorted = [...records].sort((a, b) => (a.key < b.key ? -1 : 1));
  const lists = new Map(TRANSFER_KINDS.map(({ list, format }) => [list, entriesOf(sorted, format)]));
  return {
    format: DOCUMENT_FORMAT,
    version: DOCUMENT_VERSION,
    exportedAt: new Date(now).toISOString(),
    scope: { project: scope.project, environment: scope.environment },
    segments: lists.get('segments') ?? [],
    flags: lists.get('flags') ?? [],
    components: lists.get('components') ?? [],
    layers: lists.get('layers') ?? [],
    experiments: lists.get('experiments') ?? [],
    rollouts: lists.get('rollouts') ?? [],
    withoutSchedulesOf: sorted.flatMap((record) => (record.kind === 'schedule' && record.pending.length > 0 ? [record.key] : [])),
  };
}

function entriesOf(records: readonly SluiceRecord[], format: TransferKind['format']): JsonObject[] {
  return records.flatMap((record): JsonObject[] => {
    const entry = format(record);
    return entry === null ? [] : [entry];
  });
}
