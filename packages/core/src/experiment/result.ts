import type { Experiment } from './experiment.ts';
import type { SubjectTotals } from './ledger.ts';
export interface MetricResult {
  readonly role: string;
}
export interface TestResults {
  readonly testId: string;
}
export function testResult(experiment: Experiment, _totals: SubjectTotals, _now: number): TestResults {
  return { testId: experiment.key };
}
