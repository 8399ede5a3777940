/** What happened, over HTTP. */
import type { LoggedEvent } from 'sluice';
import { decodeCursor, encodeCursor } from '../paging.ts';
import type { HandlersOf } from './handler.ts';
import { wire } from './handler.ts';

export const HISTORY_HANDLERS: HandlersOf<'history'> = {
  'history.list': async ({ sluice, scope, query }) => {
    const { limit, cursor, kind, key, type, order } = query;
    const newestFirst = order === 'newestFirst';
    const filter = {
      scope,
      ...(kind === undefined ? {} : { kind }),
      ...(key === undefined ? {} : { key }),
      ...(type === undefined ? {} : { types: [type] }),
    };
    const { store } = sluice.flags.runtime;
    const from = cursor === undefined ? null : placeOf(cursor);
    // One more than asked for tells whether there is a next page.
    const events = newestFirst
      ? await store.log({ ...filter, newestFirst, limit: limit + 1, ...(from === null ? {} : { before: from }) })
      : await store.log({ ...filter, limit: limit + 1, after: from ?? 0 });
    const members = events.slice(0, limit);
    const last = members.at(-1);
    const nextCursor = events.length > limit && last !== undefined ? encodeCursor(String(last.seq)) : null;
    return wire({ members: members.map(shown), nextCursor });
  },
};

function placeOf(cursor: string): number {
  return Number(decodeCursor(cursor));
}

/** The scope stands in the path. */
function shown({ seq, type, kind, key, at, actor, reason, record, detail }: LoggedEvent) {
  return { seq, type, kind, key, at, actor, reason, record, detail };
}
