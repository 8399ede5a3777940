/** The values that a look at a test needs beside its totals. */
import { type Experiment, rankedMetrics, subjectOf, type UnitValues } from '@sluice/core';
import type { Runtime } from './runtime.ts';

/** Of the metrics that are judged by ranks; null where there are too many. */
export async function rankedValues(
  { store, view }: Pick<Runtime, 'store' | 'view'>,
  experiment: Experiment,
): Promise<Readonly<Record<string, UnitValues | null>>> {
  const [scope, subject] = [view.scope, subjectOf(experiment)];
  const read = async (name: string) => [name, await store.readUnitValues(scope, subject, name)] as const;
  return Object.fromEntries(await Promise.all(rankedMetrics(experiment).map(read)));
}
