/** Pages of long lists: so many members, and a cursor that says where the next begins. */
import { z } from 'zod';

export const MAX_PAGE = 500;
const DEFAULT_PAGE = 100;

/** What every list of pages takes. */
export const pageQuery = {
  limit: z.coerce.number<string | number>().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE).describe('Members of one page'),
  cursor: z.string().max(2048).optional().describe('`nextCursor` of the page before'),
};

/** `nextCursor` is null on the last page. */
export function pageOf<Member extends z.ZodType>(member: Member) {
  return z.object({ members: z.array(member), nextCursor: z.string().nullable() });
}

export interface Page<Member> {
  readonly members: readonly Member[];
  readonly nextCursor: string | null;
}

export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}
