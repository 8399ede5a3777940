/** What is kept where a plan is to be applied: the records of a document, and who moves what. */
import {
  type Attribution,
  type Component,
  type Flag,
  type FlagSettings,
  parseDocument,
  type Rollout,
  type Scope,
  type Segment,
  type SluiceDocument,
  SluiceError,
} from '@sluice/core';

export interface KeptState {
  readonly segments: ReadonlyMap<string, Segment>;
  readonly flags: ReadonlyMap<string, Flag>;
  readonly components: ReadonlyMap<string, Component>;
  /** The latest of each flag. */
  readonly rollouts: ReadonlyMap<string, KeptRollout>;
  /** Those that wait for their instants, by flag. */
  readonly edits: ReadonlyMap<string, readonly KeptEdit[]>;
  /** Null where notifications are not kept, or may not be read. */
  readonly notifications: readonly KeptNotification[] | null;
}

export interface KeptRollout {
  readonly rollout: Rollout;
  readonly isUnderWay: boolean;
  /** How it ended, in a word. */
  readonly outcome: string;
}

export interface KeptEdit {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly settings: FlagSettings;
  /** Who scheduled it, and why. */
  readonly by: Attribution;
}

export interface KeptNotification {
  readonly key: string;
  /** Scheme and host alone. */
  readonly url: string;
  readonly format: string;
  readonly types: readonly string[];
  readonly environments: readonly string[];
  readonly isDisabled: boolean;
}

/** @throws SluiceError `unavailable` for a document of another version */
export function keptIn(
  document: SluiceDocument,
  scope: Scope,
  { edits, notifications }: Pick<KeptState, 'edits' | 'notifications'>,
  now: number,
): KeptState {
  const parsed = parseDocument(document, scope, now);
  if ('issues' in parsed)
    throw new SluiceError('unavailable', 'what is kept there is of another version than this command reads', {
      issues: parsed.issues,
    });
  const outcomes = new Map(document.rollouts.map((entry) => [String(entry.flag), String(entry.outcome)]));
  const segments = new Map<string, Segment>();
  const flags = new Map<string, Flag>();
  const components = new Map<string, Component>();
  const rollouts = new Map<string, KeptRollout>();
  for (const record of parsed.records) {
    if (record.kind === 'segment') segments.set(record.key, record);
    if (record.kind === 'flag') flags.set(record.key, record);
    if (record.kind === 'component') components.set(record.key, record);
    if (record.kind !== 'rollout') continue;
    const outcome = outcomes.get(record.key) ?? '';
    rollouts.set(record.key, { rollout: record, isUnderWay: outcome === 'underWay', outcome });
  }
  return { segments, flags, components, rollouts, edits, notifications };
}
