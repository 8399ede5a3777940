/** An edit of the flag file by hand, as a change like any other. */
import {
  type Attribution,
  adoptedComponent,
  type Change,
  DEFAULT_SCOPE,
  type EventType,
  endOwner,
  eventOf,
  type FileFlag,
  type Flag,
  type FlagFacts,
  freedFlag,
  type Issue,
  lostVariantProblem,
  mergeFileFlag,
  rebasedFileFlag,
  registryIssues,
  SluiceError,
  saysLess,
} from '@sluice/core';
import { placedError } from './flag-file-text.ts';
import { unfitMergeIssues } from './unfit-merge.ts';

/** The actor of edits that somebody made to the flag file. */
export const FILE_ACTOR = 'file';

interface AdoptionInput {
  readonly path: string;
  /** The file's content, to say where in it a fault is. */
  readonly text: string;
  readonly written: readonly FileFlag[];
  readonly kept: ReadonlyMap<string, Flag>;
  /** Flags that changed since the file was written, as it had them; null for one that it did not have. Their changes are no part of the edit. */
  readonly placed: ReadonlyMap<string, Flag | null>;
  /** What else is kept under a flag's key: what may own its share. */
  readonly others: (key: string) => Pick<FlagFacts, 'rollout' | 'experiment'>;
  readonly force: boolean;
  readonly now: number;
}

export interface Adoption extends Change {
  /** Flags of which there is more to say than the edit does: with a test that it kills goes the split. */
  readonly further: readonly Flag[];
}

/**
 * What the file changes. A flag that it no longer has is archived.
 * @throws SluiceError `invalid` when it uses an archived name again, `refused` when it would drop every flag
 */
export function planAdoption(input: AdoptionInput): Adoption {
  const { path, text, kept, others, now } = input;
  const dropped = droppedFlags(input);
  const entries = rebasedEntries(input);
  const reused = entries.flatMap(({ file, index }): Issue[] =>
    kept.get(file.name)?.archivedAt == null
      ? []
      : [{ path: `/flags/${index}/name`, message: `is "${file.name}", which was archived; an archived key is not used again` }],
  );
  if (reused.length > 0) throw placedError(path, text, reused);
  const unregistered = entries.flatMap(({ file, index }) => registryIssues(kept.get(file.name), file, `/flags/${index}`));
  if (unregistered.length > 0) throw placedError(path, text, unregistered);
  const by = { actor: FILE_ACTOR, reason: `${path} was edited` };
  const edited = entries.flatMap(({ file, index }): Entered[] => {
    const before = kept.get(file.name);
    const flag = mergeFileFlag(before, file, DEFAULT_SCOPE, now);
    return flag === null ? [] : [{ before, flag, type: typeOf(before, flag), isUnsaid: saysLess(file, flag), index }];
  });
  const lost = lostVariantIssues(edited, others);
  if (lost.length > 0) throw placedError(path, text, lost);
  const archived = dropped.map((before) => archivedBy(before, now));
  if (input.placed.size > 0) {
    const after = new Map([...kept, ...[...edited, ...archived].map(({ flag }) => [flag.key, flag] as const)]);
    const unfit = unfitMergeIssues(input.written, after.values());
    if (unfit.length > 0) throw placedError(path, text, unfit);
  }
  const changes = [...edited, ...archived].map((edit) => changeOf(edit, others, by, now));
  const components = edited.flatMap(({ before, flag }) =>
    flag.isComponent && before === undefined ? [adoptedComponent(flag, by, now)] : [],
  );
  return {
    further: changes.flatMap(({ further }) => further),
    records: [...changes.flatMap(({ records }) => records), ...components.map(({ record }) => record)],
    events: [...changes.flatMap(({ events }) => events), ...components.map(({ event }) => event)],
  };
}

/** The file's own prerequisites are checked when it is read; a rollout or test that names a variant is not in it. */
function lostVariantIssues(edited: readonly Entered[], others: AdoptionInput['others']): Issue[] {
  return edited.flatMap(({ before, flag, index }): Issue[] => {
    const problem = before === undefined ? null : lostVariantProblem(before, flag, { ...others(flag.key), flags: [] });
    return problem === null ? [] : [{ path: `/flags/${index}/variants`, message: problem }];
  });
}

/** Flags that the file had and has no longer. */
function droppedFlags({ path, written, kept, placed, force }: AdoptionInput): readonly Flag[] {
  const names = new Set(written.map((flag) => flag.name));
  const wasThere = (key: string): boolean => !placed.has(key) || placed.get(key)?.archivedAt === null;
  const living = [...kept.values()].filter((flag) => flag.archivedAt === null);
  const dropped = living.filter((flag) => !names.has(flag.key) && wasThere(flag.key));
  if (dropped.length === 0 || dropped.length < living.filter(({ key }) => wasThere(key)).length || force) return dropped;
  throw new SluiceError(
    'refused',
    `${path} would drop every flag (${dropped.length}); the last good state stays. If that is meant, open it once with fileStore(path, { force: true })`,
  );
}

/** The entries with what the edit did to them, over what was changed since the file was written. */
function rebasedEntries({ written, kept, placed }: AdoptionInput): Entry[] {
  return written.flatMap((file, index) => {
    const [was, current] = [placed.get(file.name) ?? null, kept.get(file.name)];
    if (was === null || was.archivedAt !== null || current === undefined) return [{ file, index }];
    const isUntouched = mergeFileFlag(was, file, DEFAULT_SCOPE, was.updatedAt) === null;
    if (isUntouched) return [];
    return [{ file: current.archivedAt === null ? rebasedFileFlag(file, was, current) : file, index }];
  });
}

interface Entry {
  readonly file: FileFlag;
  /** In the file. */
  readonly index: number;
}

interface Edited {
  readonly before: Flag | undefined;
  readonly flag: Flag;
  readonly type: EventType;
  /** There is more to say of it than the file does. */
  readonly isUnsaid: boolean;
}

interface Entered extends Edited {
  /** In the file. */
  readonly index: number;
}

function archivedBy(before: Flag, now: number): Edited {
  const flag: Flag = { ...before, archivedAt: now, updatedAt: now, revision: before.revision + 1 };
  return { before, flag, type: 'flag.archived', isUnsaid: false };
}

/** A kill by hand ends whoever moved the share, as every kill does. */
function changeOf(
  { before, flag, type, isUnsaid }: Edited,
  others: AdoptionInput['others'],
  by: Attribution,
  now: number,
): Adoption {
  const owner = before?.shareOwner ?? null;
  if (owner === null || (type !== 'flag.killed' && type !== 'flag.archived'))
    return { records: [flag], events: [eventOf(type, flag, by, now)], further: isUnsaid ? [flag] : [] };
  const ended = endOwner({ scope: flag.scope, key: flag.key, flag: before, ...others(flag.key) }, by, now);
  const free = freedFlag(flag, owner);
  return {
    records: [free, ...ended.records],
    events: [eventOf(type, free, by, now), ...ended.events],
    further: free.archivedAt === null && free.share !== flag.share ? [free] : [],
  };
}

function typeOf(before: Flag | undefined, after: Flag): EventType {
  if (before === undefined) return 'flag.created';
  if (before.status !== 'disabled' && after.status === 'disabled') return 'flag.killed';
  return before.status === 'disabled' && after.status !== 'disabled' ? 'flag.restored' : 'flag.updated';
}
