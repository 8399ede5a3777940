/** When rollouts ended and how, as a gauge. It is of the store: every replica tells the same. */
import { Gauge, type Registry } from 'prom-client';
import type { NamedEnvironment } from './progress-metrics.ts';

/** Most that are told of in one answer: those that ended last. */
const MAX_TOLD = 500;

export function addEndedRollouts(registry: Registry, environments: () => readonly NamedEnvironment[]): void {
  new Gauge({
    name: 'sluice_rollout_ended_timestamp_seconds',
    help: `When the latest rollout of a flag ended, in seconds since 1970, by how it ended; of the ${MAX_TOLD} that ended last; the same at every replica`,
    labelNames: ['project', 'environment', 'flag', 'phase'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, endedAt } of endedLast(environments())) this.set(labels, endedAt / 1000);
    },
  });
}

function endedLast(environments: readonly NamedEnvironment[]) {
  return environments
    .flatMap(({ scope, sluice }) =>
      sluice.rollouts
        .listRollouts()
        .flatMap(({ flag, phase, endedAt }) =>
          endedAt === null ? [] : [{ labels: { ...scope, flag, phase }, endedAt: endedAt.getTime() }],
        ),
    )
    .sort((a, b) => b.endedAt - a.endedAt)
    .slice(0, MAX_TOLD);
}
