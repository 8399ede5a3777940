/** A look at a test, kept before anybody sees it: whoever looks next, in whatever process, sees no p that rose. */
import { type Experiment, lookAtTest, type SubjectTotals, subjectOf, type TestResults } from '@sluice/core';
import { rankedValues } from './ranked-values.ts';
import type { Runtime } from './runtime.ts';

/** With everything that was recorded before the call; `adviceOf` what the ledger has goes among the warnings. */
export async function keptLook(
  runtime: Runtime,
  experiment: Experiment,
  adviceOf: (totals: SubjectTotals) => Promise<readonly string[]>,
): Promise<TestResults> {
  const { facts, store, view, clock } = runtime;
  await facts.flush();
  const totals = await store.readTotals(view.scope, subjectOf(experiment));
  const advice = await adviceOf(totals);
  const flag = view.flag(experiment.key) ?? null;
  const ranked = await rankedValues(runtime, experiment);
  const { results, looks } = lookAtTest(experiment, totals, clock.now(), flag, advice, ranked);
  if (looks === null) return results;
  facts.addLooks(subjectOf(experiment), looks);
  await facts.flush();
  return results;
}
