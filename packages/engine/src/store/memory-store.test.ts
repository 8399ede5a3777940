import { storeSuite } from '@sluice/conformance';
import { memoryStore } from './memory-store.ts';

storeSuite('the memory store', async () => {
  const store = memoryStore({ onProblem: () => {} });
  return { store, cleanUp: () => store.close() };
});
