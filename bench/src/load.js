/** Prints how long a flag file takes to its first answer, and what its flags keep on the heap; with `parse`, what reading it as JSON takes alone. */
import { readFileSync } from 'node:fs';
import { FeatureFlagManager, fileStore } from '../../packages/engine/dist/index.js';

const [file, mode] = process.argv.slice(2);

function ready() {
  if (mode === 'parse') return JSON.parse(readFileSync(file, 'utf8'));
  const flags = new FeatureFlagManager({ store: fileStore(file, { watch: false }) });
  flags.isEnabled('more-9999', { userId: 'u' });
  return flags;
}

globalThis.gc();
const before = process.memoryUsage().heapUsed;
const cpu = process.cpuUsage();
const startedAt = performance.now();
const held = ready();
const readyMs = performance.now() - startedAt;
const spent = process.cpuUsage(cpu);
const readyCpuMs = (spent.user + spent.system) / 1000;
await new Promise((resolve) => setTimeout(resolve, 1500));
globalThis.gc();
const heapMb = (process.memoryUsage().heapUsed - before) / 1e6;
if (mode !== 'parse') await held.close();
process.stdout.write(JSON.stringify({ readyMs, readyCpuMs, heapMb }));
process.exit(held === null ? 1 : 0);
