/** Cuts lists into pages. */
import type { Page, PageQuery } from '@sluice/protocol';
import { SluiceError } from 'sluice';

/** A cursor is opaque to callers: the key after which the next page begins, which stays right when members come and go. */
export function encodeCursor(after: string): string {
  return Buffer.from(JSON.stringify({ after })).toString('base64url');
}

/** @throws SluiceError `invalid` for what this server did not give out */
export function decodeCursor(cursor: string): string {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (typeof read === 'object' && read !== null && 'after' in read && typeof read.after === 'string') return read.after;
  } catch {
    // Told below, as what is JSON and no cursor.
  }
  throw new SluiceError('invalid', 'the cursor is none that was given out; begin without one', {
    issues: [{ path: 'query cursor', message: 'must be the nextCursor of a page' }],
  });
}

/** One page of a list in order of `keyOf`, which must be different for each member. */
export function pageFrom<Member>(list: readonly Member[], keyOf: (member: Member) => string, query: PageQuery): Page<Member> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor);
  const rest = after === null ? list : list.filter((member) => keyOf(member) > after);
  const members = rest.slice(0, query.limit);
  const last = members.at(-1);
  return { members, nextCursor: rest.length > members.length && last !== undefined ? encodeCursor(keyOf(last)) : null };
}
