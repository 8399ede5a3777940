/** `npm run bench:statistics -- [replicates] [seed]`: measures the error rates and the power of the engine, as tables. */
import { CANARY_SHARES, measureCanary } from './canary.ts';
import { measureClustering } from './clustering.ts';
import { COMMON_RULES, COMMON_RULES_CELLS, measureCommonRules } from './common-rules.ts';
import { COVARIATE_CELLS, measureCovariates } from './covariates.ts';
import { FALSE_ALARM_CELLS, falseAlarms } from './false-alarms.ts';
import { LIFT_CELLS, measureLifts } from './lifts.ts';
import { MEAN_CANARY_CELLS, measureMeanCanary } from './mean-canary.ts';
import { measurePower, POWER_CELLS } from './power.ts';
import { measureRamp, RAMP_CELLS } from './ramp.ts';
import { measureRawRequests, REQUESTS_THAT_FAIL_TOGETHER, TOLERATED_RATIOS } from './raw-requests.ts';
import { measureReading } from './reading.ts';
import { measureRatios } from './sample-ratios.ts';

const replicates = Number(process.argv[2] ?? 2000);
const seed = process.argv[3] ?? 'sluice';
/** Rates of a tenth of a percent need more of them: so many for each replicate of the other tables. */
const NULL_ROLLOUTS = 5;

const percent = (part: number): string => `${Number((part * 100).toFixed(2))} %`;
const count = (units: number | null): string => (units === null ? '–' : String(Math.round(units)));
const row = (...cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`);
function table(title: string, ...heads: readonly string[]): void {
  console.log(`\n**${title}**\n`);
  row(...heads);
  row(...heads.map(() => '---'));
}

console.log(`${replicates} replicates a cell, seed "${seed}"`);

table(
  'No difference, looking all the time',
  'cell',
  'naive t',
  'sequence, plain error',
  'sequence, robust error',
  'other tunings',
);
for (const cell of FALSE_ALARM_CELLS) {
  const { naive = 0, plain = 0, robust = 0, ...others } = falseAlarms(cell, replicates, seed);
  const rest = Object.entries(others).map(([name, rate]) => `${name}: ${percent(rate)}`);
  row(cell.name, percent(naive), percent(plain), percent(robust), rest.join('; '));
}

table('A difference', 'times the effect', 'tuned to', 'found by 10,000', 'units until 80 % are found', 'mean units, ended there');
for (const cell of POWER_CELLS) {
  const { by10000, units80, meanStop } = measurePower(cell, replicates, seed);
  row(String(cell.times), String(cell.optimalN), percent(by10000), count(units80), count(meanStop));
}

table('Sample ratio, a look every 100 units up to 100,000', 'test', 'false alarms', 'median units to find 52/48');
for (const { test, falseAlarms: rate, medianUnits } of measureRatios(replicates, seed))
  row(test, percent(rate), count(medianUnits));

table(
  'A canary whose errors go from 2 % to 5 %, a look every 50 requests',
  'share',
  'rule',
  'canary requests p50 / p90 / p99',
  'all requests p50',
  'false alarms',
);
for (const share of CANARY_SHARES)
  for (const { rule, canaryRequests, totalMedian, falseAlarms: rate } of measureCanary(share, replicates, seed))
    row(percent(share), rule, canaryRequests.map(count).join(' / '), count(totalMedian), percent(rate));

table('Users who report ten times', 'correlation within a user', 'each report a unit', 'each user a unit');
for (const correlation of [0.1, 0.5]) {
  const { byReport, byUser } = measureClustering(correlation, replicates, seed);
  row(String(correlation), percent(byReport), percent(byUser));
}

table('No difference, looking all the time, adjusted or divided', 'cell', 'called different');
for (const cell of COVARIATE_CELLS) row(cell.name, percent(measureCovariates(cell, replicates, seed)));

table(
  'The interval of a relative change, looked at every 1,000 units up to 150,000: ever left out the true one',
  'treatment’s part',
  'rate',
  'true change',
  'delta method',
  'delta method, also with no event in the treatment',
  'what the comparison allows (shown)',
);
for (const cell of LIFT_CELLS) {
  const { set, delta, deltaAtNone } = measureLifts(cell, replicates, seed);
  row(percent(cell.share), percent(cell.rate), percent(cell.change), percent(delta), percent(deltaAtNone), percent(set));
}

const nullRollouts = NULL_ROLLOUTS * replicates;
/** Each takes 150 looks of 300 requests. */
const meanRollouts = Math.ceil(replicates / 2);
table(
  `Harmless rollouts, 1 → 50 %, 200 looks, the event test on a grid (${nullRollouts} of each)`,
  'requests / s',
  'errors',
  'ratio',
  '5 %',
  '1 %',
  '0.1 %',
);
for (const cell of RAMP_CELLS) {
  const rates = measureRamp(cell, nullRollouts, seed);
  row(String(cell.requestsPerSecond), percent(cell.errorRate), String(cell.ratio), ...rates.map(percent));
}

table(
  'Harmless rollouts by raw requests, 1 → 50 %, 200 looks of 3000 requests, 1 % errors: called worse',
  'errors that a user meets at once',
  ...TOLERATED_RATIOS.map((ratio) => `${ratio} tolerated`),
);
for (const together of REQUESTS_THAT_FAIL_TOGETHER)
  row(String(together), ...measureRawRequests(together, replicates, seed).map(percent));

table(
  `A canary by means, 2 → 50 %, 150 looks of 300 requests of 20,000 users who come back (${meanRollouts} of each)`,
  'cell',
  'taken back',
  'users of the change, p50',
);
for (const cell of MEAN_CANARY_CELLS) {
  const { takenBack, users } = measureMeanCanary(cell, meanRollouts, seed);
  row(cell.name, percent(takenBack), count(users));
}

table(
  'Against common rules, a look a minute for an hour: stopped, and in which minute half of them',
  'requests / s, share, errors',
  'true ratio',
  ...COMMON_RULES,
);
for (const cell of COMMON_RULES_CELLS) {
  const results = measureCommonRules(cell, replicates, seed).map(({ fired, medianMinute }) =>
    medianMinute === null ? percent(fired) : `${percent(fired)} @ ${medianMinute}`,
  );
  const setting = `${cell.requestsPerSecond}, ${percent(cell.share)}, ${percent(cell.errorRate)}`;
  row(setting, cell.ratio === 1 ? '1 (harmless)' : String(cell.ratio), ...results);
}

table('Reading the results of a test of three metrics', 'units', 'dimensions of 20 values', 'microseconds');
for (const dimensions of [0, 2])
  for (const units of [1_000, 1_000_000])
    row(String(units), String(dimensions), (measureReading(units, seed, dimensions) * 1000).toFixed(1));
