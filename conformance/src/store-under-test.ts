/** What a suite needs to know of a store. */
import type { Store } from 'sluice';

export interface StoreUnderTest {
  readonly store: Store;
  /** Closes the store and opens what it kept again; absent for a store that keeps nothing. */
  reopen?(): Promise<Store>;
  cleanUp(): Promise<void>;
}
