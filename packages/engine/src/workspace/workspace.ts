/** Many projects and environments over one store, behind one door: what a server is built on. */
import type { DefinitionSettings, EnvironmentRecord, FreezeWindowSettings, Scope, SluiceRecord } from '@sluice/core';
import { SluiceError } from '@sluice/core';
import type { BreakGlassOptions } from '../break-glass/break-glass-options.ts';
import type { PendingEmergency } from '../break-glass/pending-emergency.ts';
import type { Clock } from '../clock/clock.ts';
import { systemClock } from '../clock/system-clock.ts';
import { asSluiceError, describeValue } from '../failure.ts';
import type { FlagDetails } from '../flag-details.ts';
import { type Logger, neverThrowing, silentLogger } from '../logger.ts';
import { checkOptions, type MutationOptions } from '../mutation.ts';
import type { Sluice } from '../sluice.ts';
import type { Committed, Store } from '../store/store.ts';
import { AccessManager } from './access-manager.ts';
import { Environments, type Equip } from './environments.ts';
import type { ProcessFigures } from './process-figures.ts';
import { type HistoryPage, type HistoryQuery, readHistory } from './project-history.ts';
import { ProjectManager } from './project-manager.ts';
import { WebhookManager } from './webhook-manager.ts';
import { WorkspaceRuntime } from './workspace-runtime.ts';

export interface WorkspaceOptions {
  /** Where everything of all projects is kept. Closed with the workspace. */
  readonly store: Store;
  readonly clock?: Clock;
  /** Silent unless given. */
  readonly logger?: Logger;
  /** How kills work that the store does not take; one file serves all environments. */
  readonly breakGlass?: BreakGlassOptions;
  /** While one lasts, no rollout of any environment opens a stage. */
  readonly freezeWindows?: readonly FreezeWindowSettings[];
  /** Gives every environment, also those that are made later, its validators and metric sources. */
  readonly equip?: Equip;
  /** A process that drives a rollout and is silent for so long loses it to another; 15000 milliseconds unless given. The same in all processes over one store. */
  readonly leaseMs?: number;
}

/** The records of one environment, with the place in the log at which they were so. */
export interface EnvironmentState {
  readonly seq: number;
  readonly records: readonly EnvironmentRecord[];
}

const OPTIONS = ['store', 'clock', 'logger', 'breakGlass', 'freezeWindows', 'equip', 'leaseMs'];

/**
 * Reads the store once and follows it for all scopes. What is under way in any environment is driven from then on.
 * @throws SluiceError `invalid` for a bad option
 */
export function openWorkspace(options: WorkspaceOptions): Workspace {
  checkOptions('openWorkspace', options, OPTIONS);
  if (typeof options.store?.commit !== 'function')
    throw new SluiceError('invalid', `/store must be a store such as memoryStore(); it is ${describeValue(options.store)}`, {
      issues: [{ path: '/store', message: 'must be a store such as memoryStore()' }],
    });
  return new Workspace(options);
}

export class Workspace {
  readonly projects: ProjectManager;
  readonly access: AccessManager;
  readonly notifications: WebhookManager;
  /**
   * Resolves when the records are loaded; at once for memory and file. Before, everything else is `unavailable`. A store that is `unavailable` is asked again
   * until it answers, with pauses of up to 5 s; anything else that it throws rejects this.
   */
  readonly ready: Promise<void>;
  readonly #runtime: WorkspaceRuntime;
  readonly #environments: Environments;
  #closing: Promise<void> | null = null;

  constructor({ store, clock = systemClock(), logger: given, breakGlass, freezeWindows, equip, leaseMs }: WorkspaceOptions) {
    const logger = neverThrowing(given ?? silentLogger);
    const onProblem = (error: unknown): void => {
      const { message, code, issues } = asSluiceError(error);
      logger.error(message, { code, issues });
    };
    this.#runtime = new WorkspaceRuntime({ store, clock, logger, onProblem });
    this.#environments = new Environments(this.#runtime, { breakGlass, freezeWindows, equip, leaseMs });
    this.projects = new ProjectManager(this.#runtime, this.#environments);
    this.access = new AccessManager(this.#runtime);
    this.notifications = new WebhookManager(this.#runtime);
    this.ready = this.#runtime.ready.then(() => this.#environments.openAll());
    this.ready.catch(() => {});
  }

  /** Why the records are not loaded yet, as far as it is known: what the store said last. */
  get loadProblem(): string | null {
    return this.#runtime.loading.problem;
  }

  /**
   * The managers of one environment, which see and change no other: always the same ones, made when they are first asked for, and
   * closed with the workspace. A flag that is made or redefined here is so in all environments of the project.
   * @throws SluiceError `notFound` when there is no such project or environment, `unavailable` before `ready`
   */
  environment(project: string, environment: string): Sluice {
    return this.#environments.sluice({ project, environment });
  }

  /** Everything that is kept of one environment, as it is now. @throws SluiceError `notFound`, `unavailable` before `ready` */
  records(project: string, environment: string): EnvironmentState {
    this.#runtime.checkOpen();
    this.#runtime.directory.environment({ project, environment });
    const { seq, records } = this.#runtime.shared.state({ project, environment });
    return { seq, records: records.filter(isOfEnvironment) };
  }

  /** Calls `listener` for every commit of this environment, with what of it concerns that, in order of `seq`; of every scope when none is given. Returns how to stop. */
  follow(listener: (committed: Committed) => void, scope?: Scope): () => void {
    const { shared } = this.#runtime;
    return scope === undefined ? shared.followAll(listener) : shared.follow(scope, listener);
  }

  /** Resolves when whoever follows has been told of everything that was committed before it was called. @throws SluiceError `unavailable` */
  refresh(): Promise<void> {
    return this.#runtime.shared.store.refresh();
  }

  /** Calls `listener` for every environment that is in use, and for each that comes to be. Returns how to stop. */
  watchEnvironments(listener: (scope: Scope, sluice: Sluice) => void): () => void {
    return this.#environments.watch(listener);
  }

  /** Kills and rollbacks of every environment that are served although the store does not have them, the longest standing first. */
  pendingEmergencies(): readonly (Scope & PendingEmergency)[] {
    return this.#environments.pendingEmergencies();
  }

  /** What this process has of its own: how far it has heard of the log, what it buffers and what it drives. */
  figures(): ProcessFigures {
    return { seq: this.#runtime.shared.seq, environments: this.#environments.figures() };
  }

  /** Sets a flag's type, variants, owner, tags, description and expiry in all environments, in one commit: see `ProjectManager.define`. */
  define(
    project: string,
    flag: string,
    definition: DefinitionSettings,
    options: MutationOptions = {},
  ): Promise<Readonly<Record<string, FlagDetails>>> {
    return this.projects.define(project, flag, definition, options);
  }

  /** What happened, newest first, page by page. @throws SluiceError `notFound`, `invalid` */
  history(query: HistoryQuery): Promise<HistoryPage> {
    return readHistory(this.#runtime, query);
  }

  /** Closes every environment, and then the store. */
  close(): Promise<void> {
    this.#closing ??= this.#closeOnce();
    return this.#closing;
  }

  async #closeOnce(): Promise<void> {
    this.#runtime.loading.stop();
    await this.#runtime.ready.catch(() => {});
    await this.#environments.close();
    await this.#runtime.close();
    await this.#runtime.shared.store.close();
  }
}

function isOfEnvironment(record: SluiceRecord): record is EnvironmentRecord {
  return !['project', 'person', 'token', 'webhook', 'delivery'].includes(record.kind);
}
