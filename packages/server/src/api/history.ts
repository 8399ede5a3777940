/** What happened, over HTTP. */
import { type PublicEvent, publicEvent } from '@sluice/core';
import { decodeCursor, encodeCursor } from '../paging.ts';
import type { HandlersOf } from './handler.ts';
import { wire } from './handler.ts';

export const HISTORY_HANDLERS: HandlersOf<'history'> = {
  'history.ofProject': async ({ workspace, params, query }) => {
    const { limit, cursor, kind, key, type } = query;
    const page = await workspace.history({
      project: params.project,
      limit,
      ...(cursor === undefined ? {} : { cursor: placeOf(cursor) }),
      ...(kind === undefined ? {} : { kind }),
      ...(key === undefined ? {} : { key }),
      ...(type === undefined ? {} : { types: [type] }),
    });
    const members = page.events.map((event) => ({ ...shown(event), scope: event.scope }));
    return wire({ members, nextCursor: page.cursor === null ? null : encodeCursor(String(page.cursor)) });
  },
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
    return wire({ members: members.map((event) => shown(publicEvent(event))), nextCursor });
  },
};

function placeOf(cursor: string): number {
  return Number(decodeCursor(cursor));
}

/** The scope stands in the path. */
function shown({ seq, type, kind, key, at, actor, reason, record, detail }: PublicEvent) {
  return { seq, type, kind, key, at, actor, reason, record, detail };
}
