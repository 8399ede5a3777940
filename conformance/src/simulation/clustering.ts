/** 1000 users who come one after another and report ten times each, both arms alike: what it costs to take each report for a unit. */
import { sequence } from './decision.ts';
import { Random } from './random.ts';
import { Sample } from './sample.ts';

const USERS = 1000;
const REPORTS = 10;
const EVERY = 100;
const MIN_UNITS = 100;

export interface MeasuredClustering {
  /** The part of the variance that lies between users. */
  readonly correlation: number;
  readonly byReport: number;
  readonly byUser: number;
}

export function measureClustering(correlation: number, replicates: number, seed: string): MeasuredClustering {
  const random = new Random(`${seed}/clustering ${correlation}`);
  let [byReport, byUser] = [0, 0];
  for (let replicate = 0; replicate < replicates; replicate++) {
    const found = oneRun(correlation, random);
    byReport += Number(found.byReport);
    byUser += Number(found.byUser);
  }
  return { correlation, byReport: byReport / replicates, byUser: byUser / replicates };
}

function oneRun(correlation: number, random: Random): { byReport: boolean; byUser: boolean } {
  const decide = sequence(5000);
  const [reports, units] = [
    [new Sample(), new Sample()],
    [new Sample(), new Sample()],
  ] as [[Sample, Sample], [Sample, Sample]];
  let [byReport, byUser] = [false, false];
  for (let user = 1; user <= USERS && !(byReport && byUser); user++) {
    const arm = random.uniform() < 0.5 ? 1 : 0;
    const level = Math.sqrt(correlation) * random.normal();
    let sum = 0;
    for (let report = 0; report < REPORTS; report++) {
      const value = level + Math.sqrt(1 - correlation) * random.normal();
      reports[arm].add(value);
      sum += value;
    }
    units[arm].add(sum / REPORTS);
    if ((user * REPORTS) % EVERY !== 0) continue;
    byReport ||= isFound(reports, decide);
    byUser ||= isFound(units, decide);
  }
  return { byReport, byUser };
}

function isFound([control, treatment]: readonly [Sample, Sample], decide: ReturnType<typeof sequence>): boolean {
  return Math.min(control.n, treatment.n) >= MIN_UNITS && decide(control.summary(), treatment.summary());
}
