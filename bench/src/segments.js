/** Prints how long segments take to load, to ask and to save, in this process alone. */
import { FeatureFlagManager, fileStore } from '../../packages/engine/dist/index.js';
import { MEMBERS, member } from './segment-world.js';

const file = process.argv[2];
const CALLS = 200_000;

globalThis.gc();
const before = process.memoryUsage().heapUsed;
const cpu = process.cpuUsage();
const startedAt = performance.now();
const flags = new FeatureFlagManager({ store: fileStore(file, { watch: false }) });
flags.isEnabled('flag-0', { userId: member(5) });
const readyMs = performance.now() - startedAt;
const spent = process.cpuUsage(cpu);
const readyCpuMs = (spent.user + spent.system) / 1000;
await new Promise((resolve) => setTimeout(resolve, 1_000));
globalThis.gc();
const heapMb = (process.memoryUsage().heapUsed - before) / 1e6;

const units = Array.from({ length: 2_048 }, (_, index) => ({
  userId: index % 2 === 0 ? member((index * 7_919) % MEMBERS) : `user-${index}-0`,
  attributes: { plan: index % 3 === 0 ? 'pro' : 'free' },
}));

/** Nanoseconds of processor time per call, the best of five rounds. */
function nanosecondsOf(ask) {
  for (let index = 0; index < CALLS; index++) ask(units[index % units.length], index);
  const rounds = Array.from({ length: 5 }, () => {
    const from = process.cpuUsage();
    for (let index = 0; index < CALLS; index++) ask(units[index % units.length], index);
    const { user, system } = process.cpuUsage(from);
    return (1000 * (user + system)) / CALLS;
  });
  return Math.min(...rounds);
}

const evaluate = {
  largeByConditionNs: nanosecondsOf((unit) => flags.isEnabled('flag-0', unit)),
  largeByGroupNs: nanosecondsOf((unit) => flags.isEnabled('flag-1', unit)),
  nestedNs: nanosecondsOf((unit) => flags.isEnabled('flag-3009', unit)),
  withoutSegmentNs: nanosecondsOf((unit) => flags.isEnabled('flag-2', unit)),
};

/** Milliseconds on the wall of one call, the median of five. */
async function millisecondsOf(work) {
  const times = [];
  for (let round = 0; round < 5; round++) {
    const from = performance.now();
    await work(round);
    times.push(performance.now() - from);
  }
  return times.sort((a, b) => a - b)[2];
}

const evaluateAllMs = await millisecondsOf((round) => flags.evaluateAll(units[round]).get('flag-9999'));
const save = {
  flagMs: await millisecondsOf((round) => flags.setFlag('flag-2', { description: `d${round}` })),
  smallSegmentMs: await millisecondsOf((round) => flags.addSegmentMembers('segment-5', [`new-${round}`])),
  largeSegmentMs: await millisecondsOf((round) => flags.addSegmentMembers('segment-0', [`new-${round}`])),
  refusedDeleteMs: await millisecondsOf(() => flags.deleteSegment('segment-0').catch(() => {})),
};
await flags.close();
process.stdout.write(JSON.stringify({ readyMs, readyCpuMs, heapMb, evaluate, evaluateAllMs, save }));
process.exit(0);
