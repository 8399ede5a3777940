/** From a decision to a commit: made again when somebody else was first, and for one request once. */
import { type Change, isRefusal, type Receipt, type Refusal, type Scope, SluiceError } from '@sluice/core';
import { repeatedRequest } from './store/receipt-book.ts';
import type { Committed, Fence, Store } from './store/store.ts';

/** How often a decision is made again because somebody else committed first. */
const MAX_ATTEMPTS = 16;

interface Decided {
  readonly store: Pick<Store, 'commit' | 'refresh' | 'log'>;
  /** Where a change of this request would stand in the log. */
  readonly scopes: readonly Scope[];
  /** The last place in the log that decisions are made on. */
  readonly seen: () => number;
  /** Over the records as they are now. Null: nothing to do. */
  readonly decide: () => Change | Refusal | null;
  readonly request: Receipt | undefined;
  /** The lease that it is made under, if any. */
  readonly fence?: Fence | undefined;
}

/** @throws SluiceError of the refusal's code, `conflict` after 16 lost attempts, `repeated`, and what the store throws */
export async function commitDecided({ store, scopes, seen, decide, request, fence }: Decided): Promise<Committed | null> {
  for (let attempt = 1; ; attempt++) {
    const seenSeq = seen();
    const change = decide();
    if (change === null || isRefusal(change)) {
      // That nothing is to be done, or may be, is not to be decided on a state that another process has changed.
      await store.refresh();
      if (seen() !== seenSeq && attempt < MAX_ATTEMPTS) continue;
      // What is refused now may be so because the same request was done before.
      if (request !== undefined) await refuseRepeated(store, scopes, request);
      if (change === null) return null;
      throw new SluiceError(change.code, change.refused, { issues: change.issues ?? [] });
    }
    try {
      return await store.commit(request === undefined ? change : { ...change, receipt: request }, seenSeq, fence);
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'conflict' || attempt >= MAX_ATTEMPTS) throw error;
      // What the others committed may not have been told yet: without it the same would be decided again.
      await store.refresh();
    }
  }
}

async function refuseRepeated(store: Pick<Store, 'log'>, scopes: readonly Scope[], { id }: Receipt): Promise<void> {
  for (const scope of scopes) {
    const [event] = await store.log({ scope, request: id, limit: 1 });
    if (event?.receipt !== undefined) throw repeatedRequest(event.receipt);
  }
}
