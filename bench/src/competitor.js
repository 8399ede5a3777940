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

function run(workload, calls) {
  const { units } = competitor;
  const ask = competitor[workload];
  let answered = 0;
  if (workload.startsWith('W4')) {
    for (let call = 0; call < calls; call++) if (ask(units[unitDraws[call % DRAWS]])) answered += 1;
    return answered;
  }
  const flags = flagsOf(workload);
  const flagDraws = makeDraws(DRAWS, flags.length, 11);
  for (let call = 0; call < calls; call++)
    if (ask(flags[flagDraws[call & (DRAWS - 1)]], units[unitDraws[(call * 7) & (DRAWS - 1)]])) answered += 1;
  return answered;
}

/** CPU nanoseconds per call, garbage collection included. */
function measure(workload, calls) {
  const before = process.cpuUsage();
  const answered = run(workload, calls);
  const { user, system } = process.cpuUsage(before);
  return { ns: ((user + system) * 1000) / calls, answered: answered / calls };
}

process.on('message', ({ workload, calls }) => {
  if (workload === 'end') process.exit(0);
  process.send(competitor[workload] === undefined ? null : measure(workload, calls));
});
process.send('ready');
