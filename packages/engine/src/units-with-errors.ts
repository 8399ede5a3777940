/** Units that met an error in a stage, whoever let them in: bounds and reports count also those that are not compared. */
import type { Rollout } from '@sluice/core';
import { stageSubject, undrawnSubject } from './exposure-watches.ts';
import type { Store } from './store/store.ts';

/** By arm; an arm in which nobody is known to have met one is left out. */
export async function unitsWithErrors(store: Store, rollout: Rollout, stage: number): Promise<Readonly<Record<string, number>>> {
  const subject = stageSubject(rollout, stage);
  const totals = await Promise.all([subject, undrawnSubject(subject)].map((one) => store.readTotals(rollout.scope, one)));
  const met = new Map<string, number>();
  for (const { arms } of totals)
    for (const [arm, { exposed }] of Object.entries(arms)) met.set(arm, (met.get(arm) ?? 0) + exposed);
  return Object.fromEntries(met);
}
