/** What becomes of a test when its time comes: it starts, it is looked at each hour by one process of all, it ends. */
import { type Experiment, startScheduled, stopExperiment, subjectOf } from '@sluice/core';
import { keptLook } from './kept-look.ts';
import type { Runtime } from './runtime.ts';

/** Who starts and ends tests, and moves rollouts, when nobody does. */
export const CONTROLLER = 'sluice';

/** So that p, its minimum and the course of a test exist without readers, as finely as a day is told apart. */
const LOOK_EVERY_MS = 3_600_000;

export class TestSteps {
  readonly #runtime: Runtime;
  /** By subject: the hour of the test that this process has seen to. */
  readonly #hours = new Map<string, number>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** When there is next something to do, milliseconds since 1970: the same in every process, for hours are counted from the test's start. */
  dueOf(experiment: Experiment): number {
    const dueAt = experiment.dueAt ?? Number.POSITIVE_INFINITY;
    return isLookedAt(experiment) ? Math.min(dueAt, this.#endOfHour(experiment)) : dueAt;
  }

  async step(experiment: Experiment): Promise<void> {
    const now = this.#runtime.clock.now();
    const isDue = experiment.dueAt !== null && experiment.dueAt <= now;
    if (isDue && experiment.phase === 'scheduled') await this.#start(experiment.key);
    else if (isDue) await this.#end(experiment);
    else if (isLookedAt(experiment)) await this.#look(experiment);
  }

  #hourOf({ startedAt }: Experiment): number {
    const now = this.#runtime.clock.now();
    return Math.floor((now - (startedAt ?? now)) / LOOK_EVERY_MS);
  }

  #endOfHour(experiment: Experiment): number {
    return (experiment.startedAt ?? 0) + (this.#hourOf(experiment) + 1) * LOOK_EVERY_MS;
  }

  /** Whoever has the lease has it for the hour: processes that come to it a little later do not look again. */
  async #look(experiment: Experiment): Promise<void> {
    const { clock, store, instanceId } = this.#runtime;
    const [subject, hour] = [subjectOf(experiment), this.#hourOf(experiment)];
    if (hour <= (this.#hours.get(subject) ?? 0)) return;
    const lease = { name: leaseName(experiment), holder: instanceId, now: clock.now(), until: this.#endOfHour(experiment) };
    if ((await store.lease(lease)) !== null) await keptLook(this.#runtime, experiment, async () => []);
    this.#hours.set(subject, hour);
  }

  async #start(key: string): Promise<void> {
    await this.#runtime.commit((view, now) => {
      const experiment = view.experiments.get(key);
      if (experiment?.phase !== 'scheduled') return null;
      const by = { actor: CONTROLLER, reason: 'its time has come' };
      return startScheduled(experiment, view.flag(key), by, now, view.startFacts(experiment.layer));
    });
  }

  async #end({ key, ...due }: Experiment): Promise<void> {
    await this.#runtime.facts.flush();
    await this.#runtime.commit((view, now) => {
      const experiment = view.experiments.get(key);
      if (experiment?.phase !== 'running') return null;
      return stopExperiment(experiment, view.flag(key), { actor: CONTROLLER, reason: 'the planned duration is over' }, now);
    });
    this.#hours.delete(subjectOf({ key, ...due }));
    // A lease that cannot be given back ends by itself.
    await this.#runtime.store.release(leaseName({ key, ...due }), this.#runtime.instanceId).catch(() => {});
  }
}

/** One look at the planned end is all that a fixed horizon has. */
function isLookedAt({ phase, method }: Experiment): boolean {
  return phase === 'running' && method === 'sequence';
}

function leaseName({ scope, key, number }: Pick<Experiment, 'scope' | 'key' | 'number'>): string {
  return `experiment/${scope.project}/${scope.environment}/${key}/${number}`;
}
