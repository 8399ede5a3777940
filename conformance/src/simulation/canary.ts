/** A canary whose errors go from 2 % to 5 %: after how many of its requests is it found, and how often is a harmless one called worse? */
import { eventTest, isAnswer, type SampleSummary } from '@sluice/core/statistics';
import { ALPHA, type Decision, naiveZ, sequence } from './decision.ts';
import { quantileOf, rateOf } from './peeking.ts';
import { Random } from './random.ts';

const BASE = 0.02;
const HARMFUL = 0.05;
const LAST = 20_000;
const EVERY = 50;

interface CanaryRule {
  readonly name: string;
  readonly minUnits: number;
  readonly isWorse: (control: SampleSummary, canary: SampleSummary, share: number) => boolean;
}

function exact(concentration: number): CanaryRule['isWorse'] {
  return (control, canary, canaryShare) => {
    const counts = { canaryEvents: Math.round(canary.n * canary.mean), baselineEvents: Math.round(control.n * control.mean) };
    const test = eventTest({ ...counts, canaryShare }, { concentration });
    return isAnswer(test) && test.logE >= Math.log(1 / ALPHA);
  };
}

const upwards =
  (decision: Decision): CanaryRule['isWorse'] =>
  (control, canary) =>
    canary.mean > control.mean && decision(control, canary);

export const CANARY_RULES: readonly CanaryRule[] = [
  { name: 'exact event test', minUnits: 0, isWorse: exact(20) },
  { name: 'exact event test, concentration 2', minUnits: 0, isWorse: exact(2) },
  { name: 'exact event test, concentration 100', minUnits: 0, isWorse: exact(100) },
  { name: 'confidence sequence at 2α, plain', minUnits: 100, isWorse: upwards(sequence(5000, 'plain', 2 * ALPHA)) },
  { name: 'naive z, looking', minUnits: 100, isWorse: upwards(naiveZ) },
];
export const CANARY_SHARES = [0.5, 0.1, 0.05] as const;

interface Stop {
  readonly canary: number;
  readonly total: number;
}

/** By rule, where each replicate was stopped. */
function simulateCanary(share: number, rate: number, replicates: number, seed: string): Map<string, (Stop | null)[]> {
  const random = new Random(`${seed}/canary ${share} ${rate}`);
  const stops = new Map(CANARY_RULES.map((rule) => [rule.name, [] as (Stop | null)[]]));
  for (let replicate = 0; replicate < replicates; replicate++) {
    let open = [...CANARY_RULES];
    const [control, canary] = [
      { n: 0, errors: 0 },
      { n: 0, errors: 0 },
    ];
    for (let total = 1; total <= LAST && open.length > 0; total++) {
      const isCanary = random.uniform() < share;
      const side = isCanary ? canary : control;
      side.n += 1;
      side.errors += Number(random.uniform() < (isCanary ? rate : BASE));
      if (total % EVERY !== 0) continue;
      const [c, t] = [summaryOf(control), summaryOf(canary)];
      open = open.filter(({ name, minUnits, isWorse }) => {
        if (Math.min(c.n, t.n) < Math.max(2, minUnits) || !isWorse(c, t, share)) return true;
        stops.get(name)?.push({ canary: t.n, total });
        return false;
      });
    }
    for (const { name } of open) stops.get(name)?.push(null);
  }
  return stops;
}

function summaryOf({ n, errors }: { n: number; errors: number }): SampleSummary {
  const mean = n === 0 ? 0 : errors / n;
  return { n, mean, variance: n < 2 ? 0 : (mean * (1 - mean) * n) / (n - 1) };
}

export interface MeasuredCanary {
  readonly share: number;
  readonly rule: string;
  /** Requests of the canary by which 50, 90 and 99 % of the harmful ones were found. */
  readonly canaryRequests: readonly (number | null)[];
  readonly totalMedian: number | null;
  readonly falseAlarms: number;
}

export function measureCanary(share: number, replicates: number, seed: string): MeasuredCanary[] {
  const [harmful, harmless] = [HARMFUL, BASE].map((rate) => simulateCanary(share, rate, replicates, seed)) as [
    Map<string, (Stop | null)[]>,
    Map<string, (Stop | null)[]>,
  ];
  return CANARY_RULES.map(({ name }) => {
    const [found, alarms] = [harmful.get(name) ?? [], harmless.get(name) ?? []];
    const canary = found.map((stop) => stop?.canary ?? null);
    return {
      share,
      rule: name,
      canaryRequests: [0.5, 0.9, 0.99].map((q) => quantileOf(canary, q)),
      totalMedian: quantileOf(
        found.map((stop) => stop?.total ?? null),
        0.5,
      ),
      falseAlarms: rateOf(alarms.map((stop) => stop?.total ?? null)),
    };
  });
}
