/** Runs every competitor in interleaved rounds and prints the table. `--json` prints JSON. */
import { fork } from 'node:child_process';
import { cpus } from 'node:os';
import { allocationOf, loadOf, segmentsOf } from './footprint.js';
import { bucketingQuality } from './quality.js';
import { printTable } from './table.js';

const COMPETITORS = ['raw limit', 'sluice', 'flagd-core', 'featurevisor', 'growthbook', 'unleash-client'];
const WORKLOADS = ['W1', 'W2', 'W3', 'W4', 'W4 loop'];
/** Milliseconds of a warm-up, in which compilers finish, and of a round. */
const WARM_UP_MS = 1_200;
const ROUND_MS = 250;
const ROUNDS = 5;

const receive = (child) =>
  new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`a competitor ended with ${code}`)));
  });

async function start(name) {
  const child = fork(new URL('./competitor.js', import.meta.url), [name], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await receive(child);
  child.removeAllListeners('exit');
  return child;
}

async function ask(child, workload, ms) {
  const answer = receive(child);
  child.send({ workload, ms });
  const result = await answer;
  child.removeAllListeners('exit');
  return result;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function measureAll() {
  const children = new Map();
  for (const name of COMPETITORS) children.set(name, await start(name));
  const results = {};
  for (const workload of WORKLOADS) {
    const rounds = new Map(COMPETITORS.map((name) => [name, []]));
    for (let round = -1; round < ROUNDS; round++) {
      for (const [name, child] of children) {
        const result = await ask(child, workload, round < 0 ? WARM_UP_MS : ROUND_MS);
        if (round >= 0 && result !== null) rounds.get(name).push(result);
      }
    }
    results[workload] = Object.fromEntries(
      [...rounds].filter(([, values]) => values.length > 0).map(([name, values]) => [name, median(values)]),
    );
  }
  for (const child of children.values()) child.send({ workload: 'end' });
  return results;
}

const environment = { node: process.version, cores: cpus().length, rounds: ROUNDS };
const workloads = await measureAll();
const [allocation, load, segments] = [allocationOf(), loadOf(), await segmentsOf()];
const report = { environment, workloads, allocation, load, segments, bucketing: bucketingQuality() };
if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
else printTable(report);
process.exit(0);
