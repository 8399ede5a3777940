/** One competitor in a process of its own: measures a workload whenever the parent asks. */
import { makeFeaturevisor, makeFlagd, makeGrowthBook, makeUnleash } from './peers.js';
import { makeRawLimit } from './raw-limit.js';
import { makeSluice } from './sluice-flags.js';
import { flagsOf, makeDraws, makeUnits, UNITS } from './workload.js';

const MAKERS = {
  'raw limit': makeRawLimit,
  sluice: makeSluice,
  'flagd-core': makeFlagd,
  featurevisor: makeFeaturevisor,
  growthbook: makeGrowthBook,
  'unleash-client': makeUnleash,
};
const DRAWS = 1 << 16;

const name = process.argv[2];
const competitor = await MAKERS[name](makeUnits());
const unitDraws = makeDraws(DRAWS, UNITS, 7);

const flagLists = Object.fromEntries(['W1', 'W2', 'W3', 'W4'].map((workload) => [workload, flagsOf(workload)]));
const flagDraws = Object.fromEntries(
  Object.entries(flagLists).map(([workload, flags]) => [workload, makeDraws(DRAWS, flags.length, 11)]),
);

/** A random flag and a random unit per call. */
function askOne(ask, workload, calls, from) {
  const { units } = competitor;
  const [flags, draws] = [flagLists[workload], flagDraws[workload]];
  let answered = 0;
  for (let call = from; call < from + calls; call++)
    if (ask(flags[draws[call & (DRAWS - 1)]], units[unitDraws[(call * 7) & (DRAWS - 1)]])) answered += 1;
  return answered;
}

/** All flags for a random unit. */
function askAll(ask, calls, from) {
  const { units } = competitor;
  let answered = 0;
  for (let call = from; call < from + calls; call++) if (ask(units[unitDraws[call & (DRAWS - 1)]])) answered += 1;
  return answered;
}

/** CPU nanoseconds per call over about `ms`, garbage collection included. */
function measure(workload, ms) {
  const ask = competitor[workload];
  const isAll = workload.startsWith('W4');
  const chunk = isAll ? 16 : 8_192;
  const before = process.cpuUsage();
  const endAt = performance.now() + ms;
  let calls = 0;
  for (; performance.now() < endAt; calls += chunk) {
    if (isAll) askAll(ask, chunk, calls);
    else askOne(ask, workload, chunk, calls);
  }
  const { user, system } = process.cpuUsage(before);
  return { ns: ((user + system) * 1000) / calls };
}

process.on('message', ({ workload, ms }) => {
  if (workload === 'end') process.exit(0);
  process.send(competitor[workload] === undefined ? null : measure(workload, ms));
});
process.send('ready');
