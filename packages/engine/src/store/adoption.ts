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
  mergeFileFlag,
  registryIssues,
  SluiceError,
} from '@sluice/core';
import { placedError } from './flag-file-text.ts';

/** The actor of edits that somebody made to the flag file. */
export const FILE_ACTOR = 'file';

interface AdoptionInput {
  readonly path: string;
  /** The file's content, to say where in it a fault is. */
  readonly text: string;
  readonly written: readonly FileFlag[];
  readonly kept: ReadonlyMap<string, Flag>;
  /** What else is kept under a flag's key: what may own its share. */
  readonly others: (key: string) => Pick<FlagFacts, 'rollout' | 'experiment'>;
  readonly force: boolean;
  readonly now: number;
}

export interface Adoption extends Change {
  /** Flags that the edit set off to change further than it says: with a test that it kills goes the split. */
  readonly further: readonly Flag[];
}

/**
 * What the file changes. A flag that it no longer has is archived.
 * @throws SluiceError `invalid` when it uses an archived name again, `refused` when it would drop every flag
 */
export function planAdoption({ path, text, written, kept, others, force, now }: AdoptionInput): Adoption {
  const names = new Set(written.map((flag) => flag.name));
  const dropped = [...kept.values()].filter((flag) => flag.archivedAt === null && !names.has(flag.key));
  const living = [...kept.values()].filter((flag) => flag.archivedAt === null);
  if (dropped.length > 0 && dropped.length === living.length && !force) {
    throw new SluiceError(
      'refused',
      `${path} would drop every flag (${dropped.length}); the last good state stays. If that is meant, open it once with fileStore(path, { force: true })`,
    );
  }
  const reused = written.flatMap((flag, index): Issue[] =>
    kept.get(flag.name)?.archivedAt == null
      ? []
      : [{ path: `/flags/${index}/name`, message: `is "${flag.name}", which was archived; an archived key is not used again` }],
  );
  if (reused.length > 0) throw placedError(path, text, reused);
  const unregistered = written.flatMap((flag, index) => registryIssues(kept.get(flag.name), flag, `/flags/${index}`));
  if (unregistered.length > 0) throw placedError(path, text, unregistered);
  const by = { actor: FILE_ACTOR, reason: `${path} was edited` };
  const edited = written.flatMap((file): Edited[] => {
    const before = kept.get(file.name);
    const flag = mergeFileFlag(before, file, DEFAULT_SCOPE, now);
    return flag === null ? [] : [{ before, flag, type: typeOf(before, flag) }];
  });
  const archived = dropped.map(
    (before): Edited => ({
      before,
      flag: { ...before, archivedAt: now, updatedAt: now, revision: before.revision + 1 },
      type: 'flag.archived',
    }),
  );
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

interface Edited {
  readonly before: Flag | undefined;
  readonly flag: Flag;
  readonly type: EventType;
}

/** A kill by hand ends whoever moved the share, as every kill does. */
function changeOf({ before, flag, type }: Edited, others: AdoptionInput['others'], by: Attribution, now: number): Adoption {
  const owner = before?.shareOwner ?? null;
  if (owner === null || (type !== 'flag.killed' && type !== 'flag.archived'))
    return { records: [flag], events: [eventOf(type, flag, by, now)], further: [] };
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
