/** A store whose followers hear of what others commit only when they ask, as those of a database may. */
import type { Committed, Store } from '../store/store.ts';
import { faultyStore } from './faulty-store.testing.ts';

export function lateFollowers(kept: Store): Store {
  const told: (() => void)[] = [];
  const tell = (): void => {
    for (const each of told.splice(0)) each();
  };
  return {
    ...faultyStore(kept),
    follow: (listener: (committed: Committed) => void) => kept.follow((committed) => void told.push(() => listener(committed))),
    commit: async (...change) => {
      const committed = await kept.commit(...change);
      tell();
      return committed;
    },
    refresh: async () => {
      await kept.refresh();
      tell();
    },
  };
}
