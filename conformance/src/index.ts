/** Suites that every implementation of a part must pass. */
export { type StoreUnderTest, storeSuite } from './store-suite.ts';
