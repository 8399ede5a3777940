/** Suites that every implementation of a part must pass. */
export { changeOf, flagAt, storeSuite } from './store-suite.ts';
export type { StoreUnderTest } from './store-under-test.ts';
