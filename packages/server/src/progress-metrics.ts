/** How rollouts and tests that are under way stand, as gauges. They are of the store: every replica tells the same, so take the maximum and not the sum. */
import { SluiceError, subjectOf } from '@sluice/core';
import { Gauge, type Registry } from 'prom-client';
import type { RolloutStatus, Sluice } from 'sluice';

export interface NamedEnvironment {
  readonly scope: { readonly project: string; readonly environment: string };
  readonly sluice: Sluice;
}

const SCOPED = ['project', 'environment'] as const;
/** Most rollouts, and most tests, that are told of in one answer. */
const MAX_TOLD = 500;

export function addProgressGauges(registry: Registry, environments: () => readonly NamedEnvironment[]): void {
  const underWay = (): readonly RolloutUnderWay[] => rolloutsUnderWay(environments());
  addRolloutGauges(registry, underWay);
  addRolloutVerdicts(registry, underWay);
  addTestGauges(registry, environments);
}

interface RolloutUnderWay {
  readonly labels: { readonly project: string; readonly environment: string; readonly flag: string };
  readonly status: RolloutStatus;
}

function rolloutsUnderWay(environments: readonly NamedEnvironment[]): readonly RolloutUnderWay[] {
  return environments
    .flatMap(({ scope, sluice }) =>
      sluice.rollouts
        .listRollouts()
        .filter(({ endedAt }) => endedAt === null)
        .map((status) => ({ labels: { ...scope, flag: status.flag }, status })),
    )
    .slice(0, MAX_TOLD);
}

function addRolloutGauges(registry: Registry, underWay: () => readonly RolloutUnderWay[]): void {
  const registers = [registry];
  new Gauge({
    name: 'sluice_rollout_percentage',
    help: `What a rollout that is under way serves, of ${MAX_TOLD} at most; the same at every replica`,
    labelNames: [...SCOPED, 'flag', 'phase'],
    registers,
    collect() {
      this.reset();
      for (const { labels, status } of underWay()) this.set({ ...labels, phase: status.phase }, status.currentPercentage);
    },
  });
  new Gauge({
    name: 'sluice_rollout_stage',
    help: 'The stage of a rollout that is under way, from 0; the same at every replica',
    labelNames: [...SCOPED, 'flag'],
    registers,
    collect() {
      this.reset();
      for (const { labels, status } of underWay()) if (status.stage !== null) this.set(labels, status.stage);
    },
  });
  new Gauge({
    name: 'sluice_rollout_bake_remaining_seconds',
    help: 'Observed time that the stage of a rollout still has to last; the same at every replica',
    labelNames: [...SCOPED, 'flag'],
    registers,
    collect() {
      this.reset();
      for (const { labels, status } of underWay())
        if (status.bakeRemainingMs !== null) this.set(labels, status.bakeRemainingMs / 1000);
    },
  });
}

function addRolloutVerdicts(registry: Registry, underWay: () => readonly RolloutUnderWay[]): void {
  const registers = [registry];
  new Gauge({
    name: 'sluice_rollout_held',
    help: '1 for a rollout that is held, by reason; the same at every replica',
    labelNames: [...SCOPED, 'flag', 'reason'],
    registers,
    collect() {
      this.reset();
      for (const { labels, status } of underWay())
        if (status.state.name === 'held') this.set({ ...labels, reason: status.state.reason }, 1);
    },
  });
  new Gauge({
    name: 'sluice_rollout_criteria',
    help: 'Criteria of a rollout that is under way, by their present verdict; the same at every replica',
    labelNames: [...SCOPED, 'flag', 'verdict'],
    registers,
    collect() {
      this.reset();
      for (const { labels, status } of underWay()) for (const { verdict } of status.verdicts) this.inc({ ...labels, verdict });
    },
  });
}

function addTestGauges(registry: Registry, environments: () => readonly NamedEnvironment[]): void {
  const labelNames = [...SCOPED, 'test'] as const;
  const registers = [registry];
  new Gauge({
    name: 'sluice_experiment_exposed_units',
    help: 'Distinct units of a running test that were exposed, by arm; the same at every replica',
    labelNames: [...labelNames, 'arm'],
    registers,
    async collect() {
      this.reset();
      for (const { labels, totals } of await totalsOfAll(environments()))
        for (const [arm, { exposed }] of Object.entries(totals.arms)) this.set({ ...labels, arm }, exposed);
    },
  });
  new Gauge({
    name: 'sluice_experiment_contaminated_units',
    help: 'Units of a running test that were seen in two arms and count in none; the same at every replica',
    labelNames,
    registers,
    async collect() {
      this.reset();
      for (const { labels, totals } of await totalsOfAll(environments())) this.set(labels, totals.contaminatedUnits);
    },
  });
}

async function totalsOfAll(environments: readonly NamedEnvironment[]) {
  const found = await Promise.all(
    runningTests(environments).map(async ({ scope, sluice, testId }) => {
      const totals = await totalsOf(sluice, testId);
      return totals === null ? [] : [{ labels: { ...scope, test: testId }, totals }];
    }),
  );
  return found.flat();
}

function runningTests(environments: readonly NamedEnvironment[]): readonly (NamedEnvironment & { readonly testId: string })[] {
  return environments
    .flatMap(({ scope, sluice }) =>
      [...sluice.flags.runtime.view.experiments.values()]
        .filter(({ phase }) => phase === 'running')
        .map(({ key }) => ({ scope, sluice, testId: key })),
    )
    .slice(0, MAX_TOLD);
}

/** Null where it cannot be known now. Results are not asked for: that is a look, and a look is kept. */
async function totalsOf({ flags: { runtime } }: Sluice, testId: string) {
  const experiment = runtime.view.experiments.get(testId);
  if (experiment === undefined) return null;
  try {
    return await runtime.store.readTotals(runtime.view.scope, subjectOf(experiment));
  } catch (error) {
    // The other figures are needed most while the store is away.
    if (error instanceof SluiceError) return null;
    throw error;
  }
}
