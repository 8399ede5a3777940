/** The environments of a workspace that are in use: one set of managers each, over the shared store. */
import {
  type Change,
  type EnvironmentFacts,
  type FreezeWindowSettings,
  isEnded,
  type Refusal,
  type Scope,
  type SluiceRecord,
  spreadDefinitions,
} from '@sluice/core';
import { BreakGlassJournal } from '../break-glass/break-glass-journal.ts';
import type { BreakGlassOptions } from '../break-glass/break-glass-options.ts';
import type { PendingEmergency } from '../break-glass/pending-emergency.ts';
import { ingestedMetricsOf } from '../metrics/ingested-metrics.ts';
import { Runtime } from '../runtime.ts';
import { type Sluice, sluiceOn } from '../sluice.ts';
import type { Committed } from '../store/store.ts';
import { type EnvironmentFigures, environmentFigures } from './process-figures.ts';
import { scopedStore, scopeId } from './shared-store.ts';
import type { WorkspaceRuntime } from './workspace-runtime.ts';

export interface EnvironmentOptions {
  readonly breakGlass?: BreakGlassOptions | undefined;
  readonly freezeWindows?: readonly FreezeWindowSettings[] | undefined;
  readonly equip?: Equip | undefined;
  readonly leaseMs?: number | undefined;
}

/** Given each environment once, when it is opened and before anything of it is driven. */
export type Equip = (sluice: Sluice, scope: Scope) => void;

interface Opened {
  readonly runtime: Runtime;
  readonly sluice: Sluice;
}

export class Environments {
  readonly #workspace: WorkspaceRuntime;
  readonly #options: EnvironmentOptions;
  readonly #opened = new Map<string, Opened>();
  readonly #watchers = new Set<(scope: Scope, sluice: Sluice) => void>();

  constructor(workspace: WorkspaceRuntime, options: EnvironmentOptions) {
    this.#workspace = workspace;
    this.#options = options;
    workspace.shared.followAll((committed) => this.#openBusy(committed));
  }

  /** @throws SluiceError `notFound` when the project has no such environment */
  sluice(scope: Scope): Sluice {
    return this.#open(scope).sluice;
  }

  /** Those that are opened already first. Returns how to stop. */
  watch(watcher: (scope: Scope, sluice: Sluice) => void): () => void {
    this.#watchers.add(watcher);
    for (const { runtime, sluice } of this.#opened.values()) watcher(runtime.view.scope, sluice);
    return () => this.#watchers.delete(watcher);
  }

  /** What is served in any environment although the store does not have it, the longest standing first. */
  pendingEmergencies(): (Scope & PendingEmergency)[] {
    const pending = [...this.#opened.values()].flatMap(({ runtime: { view, breakGlass } }) =>
      breakGlass.pending().map((emergency) => ({ ...view.scope, ...emergency })),
    );
    return pending.sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  /** Of those that are in use. */
  figures(): EnvironmentFigures[] {
    return Array.from(this.#opened.values(), ({ runtime }) => environmentFigures(runtime));
  }

  /** @throws SluiceError `notFound` when the project has no such environment */
  runtime(scope: Scope): Runtime {
    return this.#open(scope).runtime;
  }

  /** Of every environment of the project, what an edit of this flag needs to know. @throws SluiceError `notFound` */
  facts(project: string, key: string): EnvironmentFacts[] {
    const { directory } = this.#workspace;
    return directory.project(project).environments.map(({ key: environment, isProtected }) => ({
      ...this.runtime({ project, environment }).view.facts(key),
      isProtected,
    }));
  }

  #open({ project, environment }: Scope): Opened {
    const { directory, shared, clock, logger } = this.#workspace;
    this.#workspace.checkOpen();
    directory.environment({ project, environment });
    const scope: Scope = { project, environment };
    const found = this.#opened.get(scopeId(scope));
    if (found !== undefined) return found;
    const { breakGlass, freezeWindows, leaseMs } = this.#options;
    const options = {
      store: scopedStore(shared, scope, (change) => this.#completed(scope, change)),
      clock,
      logger,
      scope,
      isProtected: () => directory.isProtected(scope),
      ...(breakGlass === undefined ? {} : { breakGlass }),
      ...(freezeWindows === undefined ? {} : { freezeWindows }),
      ...(leaseMs === undefined ? {} : { leaseMs }),
    };
    // What the process's variables override is one program's; here many are served.
    const runtime = new Runtime(options, {});
    const opened = { runtime, sluice: sluiceOn(runtime) };
    // Whichever process drives a rollout, it measures what all of them were told.
    const ingested = ingestedMetricsOf(opened.sluice.flags);
    ingested.follow(opened.sluice.metrics);
    opened.sluice.rollouts.addMetricSource('collector', ingested);
    this.#opened.set(scopeId(scope), opened);
    this.#equip(opened.sluice, scope);
    for (const watcher of this.#watchers) watcher(scope, opened.sluice);
    return opened;
  }

  /** What fails there leaves rollouts that name it on hold, and the environment served. */
  #equip(sluice: Sluice, scope: Scope): void {
    try {
      this.#options.equip?.(sluice, scope);
    } catch (error) {
      this.#workspace.problem(error);
    }
  }

  #completed(scope: Scope, change: Change): Change | Refusal {
    const { clock } = this.#workspace;
    const own = this.runtime(scope).view;
    const siblings = (key: string): EnvironmentFacts[] =>
      this.facts(scope.project, key).filter((facts) => facts.scope.environment !== scope.environment);
    return spreadDefinitions(change, (key) => own.flag(key), siblings, clock.now());
  }

  /** What is under way must be driven, whether or not anybody asks for its environment. */
  #openBusy({ records }: Pick<Committed, 'records'>): void {
    if (!this.#workspace.shared.isLoaded) return;
    for (const { scope } of records.filter(isBusy)) this.#openIfThere(scope);
  }

  /** Opens what is to be driven, kills that the store does not have yet included. */
  openAll(): void {
    for (const scope of this.#workspace.shared.scopes()) this.#openBusy(this.#workspace.shared.state(scope));
    const { breakGlass } = this.#options;
    if (breakGlass?.file === undefined) return;
    try {
      for (const { scope } of new BreakGlassJournal(breakGlass.file).read().emergencies) this.#openIfThere(scope);
    } catch (error) {
      // Whoever opens an environment tells of it too, and goes on without.
      this.#workspace.problem(error);
    }
  }

  #openIfThere(scope: Scope): void {
    const { directory } = this.#workspace;
    const isThere = directory.projects.get(scope.project)?.environments.some(({ key }) => key === scope.environment);
    if (isThere === true) this.#open(scope);
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#opened.values(), ({ runtime }) => runtime.close()));
  }
}

function isBusy(record: SluiceRecord): boolean {
  if (record.kind === 'rollout') return !isEnded(record.phase);
  return (record.kind === 'experiment' || record.kind === 'schedule') && record.dueAt !== null;
}
