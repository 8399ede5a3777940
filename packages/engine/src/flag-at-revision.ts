/** A flag as it was, from the history. */
import { type Flag, SluiceError } from '@sluice/core';
import type { Runtime } from './runtime.ts';

const LOG_PAGE = 1000;

/** @throws SluiceError `notFound` when no event tells of this revision: a rollout's steps are told with the rollout, not with the flag */
export async function flagAtRevision({ ready, store, view }: Runtime, key: string, revision: number): Promise<Flag> {
  await ready;
  let before = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const page = await store.log({ scope: view.scope, kind: 'flag', key, newestFirst: true, before, limit: LOG_PAGE });
    for (const { record } of page) if (record.kind === 'flag' && record.revision === revision) return record;
    const last = page.at(-1);
    if (page.length < LOG_PAGE || last === undefined) break;
    before = last.seq;
  }
  throw new SluiceError(
    'notFound',
    `flag "${key}": the history does not tell of a revision ${String(revision)}; it tells of those that people made`,
  );
}
