/** How this process stands to its store, for Prometheus: figures of the process, so that they add up over replicas. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ProcessFigures, Workspace } from 'sluice';
import type { ServedStore } from './break-glass/served-store.ts';

export interface StoreMetricsParts {
  readonly workspace: Pick<Workspace, 'figures' | 'pendingEmergencies'>;
  readonly store: ServedStore;
  /** Null where this process tells no webhooks. */
  readonly notifier: () => { readonly isSender: boolean } | null;
  /** The store's clock, milliseconds since 1970. */
  readonly now: () => number;
}

const SCOPED = ['project', 'environment'] as const;
/** Most rollouts whose lease is told of in one answer. */
const MAX_TOLD = 500;

export function addStoreMetrics(registry: Registry, parts: StoreMetricsParts): void {
  addCommits(registry, parts.store);
  addPlaces(registry, parts);
  addFacts(registry, () => parts.workspace.figures());
  addLeases(registry, parts);
}

function addCommits(registry: Registry, { commits }: ServedStore): void {
  const registers = [registry];
  const total = new Counter({
    name: 'sluice_commits_total',
    help: 'Commits that this process asked the store for, by outcome: kept, conflict (another was first, and it is decided anew), or why not',
    labelNames: ['outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'sluice_commit_duration_seconds',
    help: 'How long commits that were kept took, from being asked for until they were durable',
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers,
  });
  // A series that is there from the start has a rate at its first conflict.
  for (const outcome of ['kept', 'conflict', 'unavailable']) total.inc({ outcome }, 0);
  commits.listen(({ outcome, durationMs }) => {
    total.inc({ outcome });
    if (outcome === 'kept') duration.observe(durationMs / 1000);
  });
}

function addPlaces(registry: Registry, { workspace, store, now }: StoreMetricsParts): void {
  const gauge = (name: string, help: string, read: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('sluice_store_up', '1 while the store answers, 0 while what is served is as of earlier', () =>
    store.staleness === null ? 1 : 0,
  );
  gauge(
    'sluice_log_seq',
    'The last place in the log that this process has heard of; a replica that stays below the maximum of all is behind',
    () => workspace.figures().seq,
  );
  gauge(
    'sluice_follower_lag_seconds',
    'Time since this process was last known to have heard of every commit; the store is asked each 5 s, so up to that while all is well',
    () => Math.max(0, now() - store.heardAllAt) / 1000,
  );
  gauge(
    'sluice_pending_emergencies',
    'Kills and rollbacks that are served here and that the store does not have',
    () => workspace.pendingEmergencies().length,
  );
}

function addFacts(registry: Registry, figures: () => ProcessFigures): void {
  const registers = [registry];
  new Gauge({
    name: 'sluice_facts_buffered',
    help: 'Units, arms and tallies that wait in this process to be kept; more than a second of traffic when the store takes none',
    labelNames: SCOPED,
    registers,
    collect() {
      this.reset();
      for (const { scope, buffered } of figures().environments) this.set({ ...scope }, buffered);
    },
  });
  new Counter({
    name: 'sluice_facts_dropped_total',
    help: 'Exposures, values and tallies that this process let go for want of room since it started',
    labelNames: SCOPED,
    registers,
    collect() {
      this.reset();
      for (const { scope, dropped } of figures().environments) this.inc({ ...scope }, dropped);
    },
  });
}

function addLeases(registry: Registry, { workspace, notifier }: StoreMetricsParts): void {
  const registers = [registry];
  new Gauge({
    name: 'sluice_sender_lease_held',
    help: '1 at the replica that tells webhooks, 0 at the others',
    registers,
    collect() {
      this.set(notifier()?.isSender === true ? 1 : 0);
    },
  });
  new Gauge({
    name: 'sluice_rollout_lease_held',
    help: `1 at the replica that drives a rollout that is under way, 0 at the others; of ${MAX_TOLD} at most`,
    labelNames: [...SCOPED, 'flag'],
    registers,
    collect() {
      this.reset();
      const rollouts = workspace
        .figures()
        .environments.flatMap(({ scope, rollouts: own }) => own.map(({ flag, isDriven }) => ({ ...scope, flag, isDriven })));
      for (const { isDriven, ...labels } of rollouts.slice(0, MAX_TOLD)) this.set(labels, isDriven ? 1 : 0);
    },
  });
}
