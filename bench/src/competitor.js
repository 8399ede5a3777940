/** One competitor in a process of its own: measures a workload whenever the parent asks. */
import { FLAGS, flagsOf, makeDraws, makeUnits, UNITS } from './workload.js';

const MAKERS = {
  'raw limit': async () => (await import('./raw-limit.js')).makeRawLimit,
  sluice: async () => (await import('./sluice-flags.js')).makeSluice,
  'flagd-core': async () => (await import('./peers/flagd.js')).makeFlagd,
  featurevisor: async () => (await import('./peers/featurevisor.js')).makeFeaturevisor,
  growthbook: async () => (await import('./peers/growthbook.js')).makeGrowthBook,
  'unleash-client': async () => (await import('./peers/unleash.js')).makeUnleash,
};
/** Lengths without a common divisor, so that pairs of a flag and a unit do not come round again. */
const [UNIT_DRAWS, FLAG_DRAWS] = [1 << 18, (1 << 16) - 1];
const SHARES = { W1: 0.1, W2: (0.25 * 2) / 3 };
/** Flags that are on for one unit, or serve it `a`. */
const ON_OF_ALL = SHARES.W1 * flagsOf('W1').length + SHARES.W2 * flagsOf('W2').length + flagsOf('W3').length / 3;

const make = await MAKERS[process.argv[2]]();
const competitor = await make(makeUnits());
const unitDraws = makeDraws(UNIT_DRAWS, UNITS, 7);
const workloads = Object.fromEntries(
  ['W1', 'W2', 'W3'].map((workload) => {
    const flags = flagsOf(workload);
    return [workload, { flags, draws: makeDraws(FLAG_DRAWS, flags.length, 11) }];
  }),
);
let unitAt = 0;
let flagAt = 0;

function nextUnit() {
  unitAt = (unitAt + 1) & (UNIT_DRAWS - 1);
  return competitor.units[unitDraws[unitAt]];
}

/** A random flag and a random unit per call. */
function askOne(ask, { flags, draws }, calls) {
  let answered = 0;
  for (let call = 0; call < calls; call++) {
    flagAt = flagAt + 1 === FLAG_DRAWS ? 0 : flagAt + 1;
    if (ask(flags[draws[flagAt]], nextUnit())) answered += 1;
  }
  return answered;
}

/** All flags for a random unit. */
function askAll(ask, calls) {
  let answered = 0;
  for (let call = 0; call < calls; call++) answered += ask(nextUnit());
  return answered;
}

/** CPU nanoseconds per call over about `ms`, garbage collection included. */
function measure(workload, ms) {
  const ask = competitor[workload];
  const one = workloads[workload];
  const chunk = one === undefined ? 8 : 4_096;
  const before = process.cpuUsage();
  const endAt = performance.now() + ms;
  let calls = 0;
  for (; performance.now() < endAt; calls += chunk) {
    if (one === undefined) askAll(ask, chunk);
    else askOne(ask, one, chunk);
  }
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / calls;
}

/** That the competitor answers what the workload says: a wrong set-up would be measured as speed. */
function checkAnswers() {
  const calls = 20_000;
  for (const [workload, share] of Object.entries(SHARES)) {
    const found = askOne(competitor[workload], workloads[workload], calls) / calls;
    if (Math.abs(found - share) > 0.02) throw new Error(`${process.argv[2]} has ${found} on in ${workload}, not ${share}`);
  }
  for (const variant of ['a', 'b', 'c']) {
    const found = askOne((name, unit) => competitor.W3(name, unit) === variant, workloads.W3, calls) / calls;
    if (Math.abs(found - 1 / 3) > 0.02) throw new Error(`${process.argv[2]} serves ${variant} to ${found} in W3`);
  }
  for (const workload of ['W4', 'W4 loop'].filter((name) => competitor[name] !== undefined)) {
    const found = askAll(competitor[workload], 200) / 200;
    if (Math.abs(found - ON_OF_ALL) > 0.02 * FLAGS) throw new Error(`${process.argv[2]} has ${found} on in ${workload}`);
  }
}

process.on('message', async ({ workload, ms }) => {
  if (workload !== 'end') return process.send(competitor[workload] === undefined ? null : measure(workload, ms));
  await competitor.close?.();
  process.exit(0);
});
checkAnswers();
process.send('ready');
