/** Brings one emergency to a store that may have gone on without it. */
import {
  type Change,
  type Emergency,
  type LoggedEvent,
  planReconciliation,
  type Receipt,
  type Reconciliation,
  SluiceError,
} from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import type { Store } from '../store/store.ts';
import type { View } from '../view.ts';

interface Ground {
  readonly view: View;
  readonly store: Store;
  readonly clock: Clock;
}

const MAX_ATTEMPTS = 16;
const LOG_PAGE = 1000;

/**
 * Past the queue of commits, which a store that does not answer holds up. Resolves when the store has what came of it and the view has that too: a flag that
 * was killed elsewhere would else open for a moment. Null when somebody else settled it meanwhile.
 * @throws SluiceError `unavailable` when the store does not take it, `conflict` after 16 lost attempts
 */
export async function reconcile(emergency: Emergency, ground: Ground, isPending: () => boolean): Promise<Reconciliation | null> {
  const { view, store, clock } = ground;
  let { receipt } = emergency;
  for (let attempt = 1; isPending(); attempt++) {
    const later = await laterEvents(store, emergency);
    const decision = planReconciliation(emergency, view.componentFacts(emergency.key), later, clock.now());
    try {
      if (decision.outcome === 'commit') await store.commit(withReceipt(decision.change, receipt));
      else await store.refresh();
      return decision;
    } catch (error) {
      if (error instanceof SluiceError && error.code === 'repeated') {
        if (error.repeats?.fingerprint === receipt?.fingerprint) {
          await store.refresh();
          return { outcome: 'recorded' };
        }
        // Something else was done under the same id: that is no reason to lose a kill.
        receipt = undefined;
        continue;
      }
      if (!(error instanceof SluiceError) || error.code !== 'conflict' || attempt >= MAX_ATTEMPTS) throw error;
    }
  }
  return null;
}

function withReceipt(change: Change, receipt: Receipt | undefined): Change {
  return receipt === undefined ? change : { ...change, receipt };
}

/** What the log tells of the flag after the place in it that the killing process knew. */
async function laterEvents(store: Store, { scope, key, seq }: Emergency): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  for (;;) {
    const after = events.at(-1)?.seq ?? seq;
    const page = await store.log({ scope, kind: 'flag', key, after, limit: LOG_PAGE });
    events.push(...page);
    if (page.length < LOG_PAGE) return events;
  }
}
