/** A store that fails as the world fails, for tests: a port like any other around one that works. */
import { type Change, SluiceError } from '@sluice/core';
import type { Committed, Fence, Store } from '../store/store.ts';

export type Fault =
  /** It answers that it cannot keep anything. */
  | 'unavailable'
  /** It never answers. */
  | 'silent'
  /** It does not begin before `letGo` is called. */
  | 'held'
  /** It keeps the change and its answer is lost. */
  | 'answerLost';

export interface FaultyStore extends Store {
  fault: Fault | null;
  letGo(): void;
}

export function faultyStore(store: Store): FaultyStore {
  const never = new Promise<never>(() => {});
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const faulty: FaultyStore = {
    fault: null,
    letGo: () => letGo(),
    read: () => store.read(),
    log: (query) => (faulty.fault === 'silent' ? never : store.log(query)),
    follow: (listener) => store.follow(listener),
    addFacts: (batch) => store.addFacts(batch),
    readTally: (scope, subject) => store.readTally(scope, subject),
    readTotals: (scope, subject) => store.readTotals(scope, subject),
    readUnitValues: (scope, subject, metric) => store.readUnitValues(scope, subject, metric),
    due: (now, limit) => store.due(now, limit),
    lease: (request) => store.lease(request),
    release: (name, holder) => store.release(name, holder),
    reload: () => store.reload(),
    close: () => store.close(),
    refresh: () => store.refresh(),
    commit: (change: Change, seenSeq?: number, fence?: Fence): Promise<Committed> => {
      if (faulty.fault === 'unavailable') return Promise.reject(new SluiceError('unavailable', 'the disk is full'));
      if (faulty.fault === 'silent') return never;
      if (faulty.fault === 'held') return held.then(() => store.commit(change, seenSeq, fence));
      const committed = store.commit(change, seenSeq, fence);
      return faulty.fault === 'answerLost' ? committed.then(() => never) : committed;
    },
  };
  return faulty;
}
