/** The server's own figures, and those of rollouts and tests, for Prometheus. */
import { routeOf } from '@sluice/protocol';
import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Sluice, Workspace } from 'sluice';
import { addEndedRollouts } from './ended-rollout-metrics.ts';
import { addProgressGauges } from './progress-metrics.ts';
import { RequestDurations } from './request-durations.ts';
import type { StalledReaders } from './stalled-readers.ts';
import { addStoreMetrics, type StoreMetricsParts } from './store-metrics.ts';
import type { StreamHub } from './stream/stream-hub.ts';

const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];
const SCOPED = ['project', 'environment'] as const;

export class ServerMetrics {
  readonly #registry = new Registry();
  readonly durations: RequestDurations;

  constructor(workspace: Workspace, parts: Omit<StoreMetricsParts, 'workspace'>) {
    collectDefaultMetrics({ register: this.#registry });
    // Gauges under the name of a counter: the same with a label, `nodejs_active_resources` and the like, say more.
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
    this.durations = new RequestDurations(this.#registry);
    this.#addGauges(workspace);
    addStoreMetrics(this.#registry, { ...parts, workspace });
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
    app.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.config.routeId ?? 'none';
      // How long a stream lasted is no matter of how fast it was answered.
      if (route !== 'none' && routeOf(route).medium === 'events' && reply.raw.statusCode === 200) return done();
      this.durations.of(route, request.method, reply.statusCode).observe(reply.elapsedTime / 1000);
      done();
    });
  }

  addReaders(readers: StalledReaders): void {
    new Counter({
      name: 'sluice_http_stalled_readers_total',
      help: 'Clients cut off by this process since it started because they did not read their answer',
      registers: [this.#registry],
      collect() {
        this.reset();
        this.inc(readers.cut);
      },
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

  #addGauges(workspace: Workspace): void {
    const registers = [this.#registry];
    const environments = () => environmentsOf(workspace);
    new Gauge({
      name: 'sluice_flags',
      help: 'Live flags by status; the same at every replica',
      labelNames: [...SCOPED, 'status'],
      registers,
      collect() {
        this.reset();
        for (const { scope, sluice } of environments())
          for (const { status } of sluice.flags.listFlags()) this.inc({ ...scope, status });
      },
    });
    new Gauge({
      name: 'sluice_experiments',
      help: 'Tests by phase; the same at every replica',
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
