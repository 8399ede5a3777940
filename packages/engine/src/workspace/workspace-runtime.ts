/** What the managers of a workspace stand on: the shared store, the directory, and the path on which decisions over many scopes are committed. */
import { type Change, type Receipt, type Refusal, type Scope, SluiceError } from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import { commitDecided } from '../commit-decided.ts';
import type { Logger } from '../logger.ts';
import type { Committed, Store } from '../store/store.ts';
import { Directory } from './directory.ts';
import { Loading } from './loading.ts';
import { SharedStore } from './shared-store.ts';

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onProblem: (error: unknown) => void;
}

export interface WorkspaceCommit {
  readonly decide: (now: number) => Change | Refusal | null;
  /** Where the change would stand in the log. */
  readonly scopes: readonly Scope[];
  readonly request?: Receipt | undefined;
}

export class WorkspaceRuntime {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly shared: SharedStore;
  readonly directory = new Directory();
  readonly loading: Loading;
  readonly ready: Promise<void>;
  /** Tells of a failure that no caller was there to be told of. */
  readonly problem: (error: unknown) => void;
  #queue: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor({ store, clock, logger, onProblem }: Parts) {
    this.clock = clock;
    this.logger = logger;
    this.problem = onProblem;
    this.shared = new SharedStore(store, onProblem);
    this.shared.followAll(({ records }) => this.directory.apply(records));
    this.loading = new Loading({ load: () => this.shared.load(), clock, onProblem });
    this.ready = this.loading.done;
    this.ready.catch(onProblem);
  }

  /** @throws SluiceError `unavailable` before everything is loaded, `refused` when closed */
  checkOpen(): void {
    if (this.#isClosed) throw new SluiceError('refused', 'this workspace is closed; open a new one');
    if (!this.shared.isLoaded) throw new SluiceError('unavailable', 'the workspace is not loaded yet; await its `ready`');
  }

  /** Decides and commits, one at a time. Null when there was nothing to change. @throws as a runtime's `commit` */
  commit({ decide, scopes, request }: WorkspaceCommit): Promise<Committed | null> {
    const { clock, shared } = this;
    const work = this.#queue.then(async () => {
      await this.ready;
      this.checkOpen();
      const { store } = shared;
      return commitDecided({ store, scopes, seen: () => shared.seq, decide: () => decide(clock.now()), request });
    });
    this.#queue = work.catch(() => {});
    clock.track(work.catch(() => {}));
    return work;
  }

  /** Finishes what is under way; the store stays open. */
  async close(): Promise<void> {
    await this.#queue;
    this.#isClosed = true;
    this.shared.stop();
  }
}
