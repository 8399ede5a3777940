/** An edit of the flag file by hand, as a change like any other. */
import {
  adoptedComponent,
  type Change,
  DEFAULT_SCOPE,
  type EventType,
  eventOf,
  type FileFlag,
  type Flag,
  type Issue,
  mergeFileFlag,
  registryIssues,
  SluiceError,
} from '@sluice/core';
import { fileError } from './flag-file-text.ts';

/** The actor of edits that somebody made to the flag file. */
export const FILE_ACTOR = 'file';

interface AdoptionInput {
  readonly path: string;
  readonly written: readonly FileFlag[];
  readonly kept: ReadonlyMap<string, Flag>;
  readonly force: boolean;
  readonly now: number;
}

/**
 * What the file changes. A flag that it no longer has is archived.
 * @throws SluiceError `invalid` when it uses an archived name again, `refused` when it would drop every flag
 */
export function planAdoption({ path, written, kept, force, now }: AdoptionInput): Change {
  const names = new Set(written.map((flag) => flag.name));
  const dropped = [...kept.values()].filter((flag) => flag.archivedAt === null && !names.has(flag.key));
  const living = [...kept.values()].filter((flag) => flag.archivedAt === null);
  if (dropped.length > 0 && dropped.length === living.length && !force) {
    throw new SluiceError(
      'refused',
      `${path} would drop every flag (${dropped.length}); the last good state stays. Open it with force: true if that is meant`,
    );
  }
  const reused = written.flatMap((flag, index): Issue[] =>
    kept.get(flag.name)?.archivedAt == null
      ? []
      : [{ path: `/flags/${index}/name`, message: `is "${flag.name}", which was archived; an archived key is not used again` }],
  );
  if (reused.length > 0) throw fileError(path, reused);
  const unregistered = written.flatMap((flag, index) => registryIssues(kept.get(flag.name), flag, `/flags/${index}`));
  if (unregistered.length > 0) throw fileError(path, unregistered);
  const by = { actor: FILE_ACTOR, reason: `${path} was edited` };
  const edited = written.flatMap((file): { flag: Flag; type: EventType }[] => {
    const before = kept.get(file.name);
    const flag = mergeFileFlag(before, file, DEFAULT_SCOPE, now);
    return flag === null ? [] : [{ flag, type: typeOf(before, flag) }];
  });
  const archived = dropped.map((flag) => ({
    flag: { ...flag, archivedAt: now, updatedAt: now, revision: flag.revision + 1 },
    type: 'flag.archived' as const,
  }));
  const changes = [...edited, ...archived];
  const components = edited.flatMap(({ flag }) =>
    flag.isComponent && !kept.has(flag.key) ? [adoptedComponent(flag, by, now)] : [],
  );
  return {
    records: [...changes.map(({ flag }) => flag), ...components.map(({ record }) => record)],
    events: [...changes.map(({ flag, type }) => eventOf(type, flag, by, now)), ...components.map(({ event }) => event)],
  };
}

function typeOf(before: Flag | undefined, after: Flag): EventType {
  if (before === undefined) return 'flag.created';
  if (before.status !== 'disabled' && after.status === 'disabled') return 'flag.killed';
  return before.status === 'disabled' && after.status !== 'disabled' ? 'flag.restored' : 'flag.updated';
}
