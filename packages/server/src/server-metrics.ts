/** The server's own figures, and those of rollouts and tests, for Prometheus. */
import { routeOf } from '@sluice/protocol';
import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Sluice, Workspace } from 'sluice';
import type { ServedStore } from './break-glass/served-store.ts';
import { addEndedRollouts } from './ended-rollout-metrics.ts';
import { addProgressGauges } from './progress-metrics.ts';
import type { StreamHub } from './stream/stream-hub.ts';

const SCOPED = ['project', 'environment'] as const;

export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<'route' | 'method' | 'status'>;

  constructor(workspace: Workspace, store: ServedStore) {
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: 'sluice_http_request_duration_seconds',
      help: 'How long requests took, by route and status',
      labelNames: ['route', 'method', 'status'],
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
      registers: [this.#registry],
    });
    this.#addGauges(workspace);
    this.#addStoreGauges(workspace, store);
    addProgressGauges(this.#registry, () => environmentsOf(workspace));
    addEndedRollouts(this.#registry, () => environmentsOf(workspace));
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Routes are few and known; paths are not, and would be series without end. */
  watch(app: FastifyInstance): void {
    app.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.config.routeId ?? 'none';
      // How long a stream lasted is no matter of how fast it was answered.
      if (route !== 'none' && routeOf(route).medium === 'events' && reply.raw.statusCode === 200) return;
      this.#requests.observe({ route, method: request.method, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    });
  }

  /** Of this process: they are added up over replicas. */
  addStreams(hub: StreamHub): void {
    const registers = [this.#registry];
    new Gauge({
      name: 'sluice_stream_clients',
      help: 'Connections to streams that are open at this process',
      registers,
      collect() {
        this.set(hub.counts.clients);
      },
    });
    const since = (what: string): string => `${what} by this process since it started`;
    const counter = (name: string, help: string, read: () => number): Counter =>
      new Counter({
        name,
        help: since(help),
        registers,
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    counter('sluice_stream_frames_total', 'Frames given to clients, each for each', () => hub.counts.frames);
    counter('sluice_stream_refused_total', 'Connections to streams refused', () => hub.counts.refused);
    counter('sluice_stream_overflows_total', 'Queues of slow clients dropped', () => hub.counts.overflows);
    counter('sluice_stream_reaped_total', 'Clients that took nothing ended', () => hub.counts.reaped);
    new Counter({
      name: 'sluice_stream_resyncs_total',
      help: since('Snapshots sent in place of deltas, by reason,'),
      labelNames: ['reason'],
      registers,
      collect() {
        this.reset();
        for (const [reason, count] of Object.entries(hub.counts.resyncs)) this.inc({ reason }, count);
      },
    });
  }

  #addStoreGauges(workspace: Workspace, store: ServedStore): void {
    const registers = [this.#registry];
    new Gauge({
      name: 'sluice_store_up',
      help: '1 while the store answers, 0 while what is served is as of earlier',
      registers,
      collect() {
        this.set(store.staleness === null ? 1 : 0);
      },
    });
    new Gauge({
      name: 'sluice_pending_emergencies',
      help: 'Kills and rollbacks that are served here and that the store does not have',
      registers,
      collect() {
        this.set(workspace.pendingEmergencies().length);
      },
    });
  }

  #addGauges(workspace: Workspace): void {
    const registers = [this.#registry];
    const environments = () => environmentsOf(workspace);
    new Gauge({
      name: 'sluice_flags',
      help: 'Live flags by status',
      labelNames: [...SCOPED, 'status'],
      registers,
      collect() {
        this.reset();
        for (const { scope, sluice } of environments())
          for (const { status } of sluice.flags.listFlags()) this.inc({ ...scope, status });
      },
    });
    new Gauge({
      name: 'sluice_rollout_percentage',
      help: 'What rollouts that are under way serve',
      labelNames: [...SCOPED, 'flag', 'phase'],
      registers,
      collect() {
        this.reset();
        for (const { scope, sluice } of environments())
          for (const { flag, phase, currentPercentage, endedAt } of sluice.rollouts.listRollouts())
            if (endedAt === null) this.set({ ...scope, flag, phase }, currentPercentage);
      },
    });
    new Gauge({
      name: 'sluice_experiments',
      help: 'Tests by phase',
      labelNames: [...SCOPED, 'phase'],
      registers,
      collect() {
        this.reset();
        for (const { scope, sluice } of environments())
          for (const { phase } of sluice.abTests.listTests()) this.inc({ ...scope, phase });
      },
    });
  }
}

/** None before the records are loaded: the process has figures of its own to tell. */
function environmentsOf(
  workspace: Workspace,
): { readonly scope: { project: string; environment: string }; readonly sluice: Sluice }[] {
  return workspace.projects.list().flatMap((project) =>
    project.environments.map((environment) => {
      const scope = { project: project.key, environment: environment.key };
      return { scope, sluice: workspace.environment(scope.project, scope.environment) };
    }),
  );
}
