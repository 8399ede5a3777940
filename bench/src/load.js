/** Prints how long a flag file takes to its first answer, and what its flags keep on the heap. */
import { FeatureFlagManager, fileStore } from '../../packages/engine/dist/index.js';

const file = process.argv[2];
globalThis.gc();
const before = process.memoryUsage().heapUsed;
const startedAt = performance.now();
const flags = new FeatureFlagManager({ store: fileStore(file, { watch: false }) });
flags.isEnabled('more-9999', { userId: 'u' });
const readyMs = performance.now() - startedAt;
await new Promise((resolve) => setTimeout(resolve, 1500));
globalThis.gc();
const heapMb = (process.memoryUsage().heapUsed - before) / 1e6;
process.stdout.write(JSON.stringify({ readyMs, heapMb }));
process.exit(0);
