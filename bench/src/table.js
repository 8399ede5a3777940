/** The report as a person reads it. */
const TARGETS = { W1: [5, 2], W2: [4, 2], W3: [4, 2], W4: [20, 0.4] };
const PEERS = ['flagd-core', 'featurevisor', 'growthbook', 'unleash-client'];

const say = (line) => process.stdout.write(`${line}\n`);
const mark = (isMet) => (isMet ? 'met' : 'MISSED');

function workloadRows(workloads) {
  for (const [workload, results] of Object.entries(workloads)) {
    const raw = results['raw limit'] ?? workloads.W4['raw limit'];
    const fastest = Math.min(...PEERS.map((peer) => results[peer] ?? workloads.W4[peer]));
    say(`\n${workload}`);
    for (const [name, ns] of Object.entries(results))
      say(`  ${name.padEnd(16)} ${ns.toFixed(0).padStart(9)} ns   ${(ns / raw).toFixed(2).padStart(7)} × raw`);
    const [timesPeer, timesRaw] = TARGETS[workload] ?? [];
    const [peer, limit] = [fastest / results.sluice, results.sluice / raw];
    if (timesPeer === undefined) say(`  sluice: ${peer.toFixed(1)} × the fastest peer`);
    else
      say(
        `  sluice: ${peer.toFixed(1)} × the fastest peer (target ${timesPeer}: ${mark(peer >= timesPeer)}), ${limit.toFixed(2)} × raw (target ${timesRaw}: ${mark(limit <= timesRaw)})`,
      );
  }
}

/** What each way to ten thousand flags takes, against what reading the file as JSON takes alone. */
function loadRows(load) {
  say('\n10,000 flags from a file');
  const names = { parse: 'JSON.parse alone', first: 'first adoption', restart: 'restart' };
  for (const [mode, name] of Object.entries(names)) {
    const { readyMs, readyCpuMs, heapMb } = load[mode];
    const targets = mode === 'parse' ? '' : ` (targets 20 ms, 4 MB: ${mark(readyMs <= 20)}, ${mark(heapMb <= 4)})`;
    say(
      `  ${name.padEnd(16)} ready in ${readyMs.toFixed(0)} ms (${readyCpuMs.toFixed(0)} ms of processor time), heap ${heapMb.toFixed(1)} MB${targets}`,
    );
  }
}

function segmentRows({ readyMs, readyCpuMs, heapMb, evaluate, evaluateAllMs, save }) {
  say('\n10,000 flags and 1,000 segments, one of 100,000 members, from a file store');
  say(`  ready in ${readyMs.toFixed(0)} ms (${readyCpuMs.toFixed(0)} ms of processor time), heap ${heapMb.toFixed(1)} MB`);
  for (const [what, ns] of Object.entries(evaluate))
    say(`  isEnabled ${what.replace(/Ns$/, '').padEnd(18)} ${ns.toFixed(0).padStart(6)} ns`);
  say(`  evaluateAll of 10,000 flags ${evaluateAllMs.toFixed(2)} ms`);
  for (const [what, ms] of Object.entries(save))
    say(`  save ${what.replace(/Ms$/, '').padEnd(23)} ${ms.toFixed(1).padStart(6)} ms`);
}

export function printTable({ environment, workloads, allocation, load, segments, bucketing }) {
  say(
    `node ${environment.node}, ${environment.cores} cores, median of ${environment.rounds} interleaved rounds, CPU time per call`,
  );
  workloadRows(workloads);
  say('\nallocation, bytes per call');
  say(
    `  isEnabled ${allocation.isEnabled.toFixed(1)}, with conditions ${allocation.isEnabledWithConditions.toFixed(1)} (target 0: ${mark(allocation.isEnabled < 1 && allocation.isEnabledWithConditions < 1)})`,
  );
  say(`  evaluate ${allocation.evaluate.toFixed(1)} (target 100: ${mark(allocation.evaluate <= 100)})`);
  loadRows(load);
  segmentRows(segments);
  say('\nbucketing, 1e6 ids, 51 salts, 50 pairs');
  for (const kind of ['sequential', 'uuid']) {
    const { largestUniformityZ, largestDependenceZ, lost, passes } = bucketing[kind];
    say(
      `  ${kind.padEnd(11)} largest z: uniformity ${largestUniformityZ.toFixed(2)}, dependence ${largestDependenceZ.toFixed(2)}; lost from 10 to 25 %: ${lost} (${mark(passes)})`,
    );
  }
  say(`  both lanes collide for ${bucketing.jointCollisions} of 4e6 ids (target 0: ${mark(bucketing.jointCollisions === 0)})`);
}
