/** All managers over one store. */

import { type AnyFlags, EVENT_TYPES, nearest, type SluiceDocument, SluiceError } from '@sluice/core';
import { ABTestManager } from './ab-test-manager.ts';
import { describeValue } from './failure.ts';
import { FeatureFlagManager } from './feature-flag-manager.ts';
import { HotSwapManager } from './hot-swap-manager.ts';
import type { Listener } from './listeners.ts';
import { MetricsCollector } from './metrics/metrics-collector.ts';
import { RollbackManager } from './rollback-manager.ts';
import { RolloutManager } from './rollout-manager.ts';
import { Runtime } from './runtime.ts';
import type { SluiceEvents } from './sluice-events.ts';
import type { SluiceOptions } from './sluice-options.ts';
import { exportAll, type ImportOptions, type ImportResult, importAll } from './transfer.ts';

export interface Sluice<Flags extends object = AnyFlags> {
  readonly flags: FeatureFlagManager<Flags>;
  readonly rollouts: RolloutManager<Flags>;
  readonly abTests: ABTestManager;
  readonly rollbacks: RollbackManager;
  readonly hotSwap: HotSwapManager;
  readonly metrics: MetricsCollector;
  /** Resolves when the records are loaded; at once for memory and file. Evaluation before answers with fallbacks. */
  readonly ready: Promise<void>;
  /** Calls `listener` for every such event from now on. Returns how to stop. */
  on<Type extends keyof SluiceEvents>(type: Type, listener: Listener<SluiceEvents[Type]>): () => void;
  /** Everything of the scope as one JSON document. What tests measured is not in it. */
  export(): Promise<SluiceDocument>;
  /**
   * Takes a document in, whole or not at all, and starts nothing: rollouts that were under way are aborted, running tests are drafts.
   * @throws SluiceError `invalid` with every issue of the document, `refused` naming every record that is refused
   */
  import(document: unknown, options: ImportOptions): Promise<ImportResult>;
  /** Flushes what is buffered, keeps the clocks of rollouts and lets go of files and timers. */
  close(): Promise<void>;
}

/**
 * Flags, rollouts, tests, rollback and metrics over `config/feature_flags.json`, another `file`, or a `store`. With a type of the program's flags, as in
 * `createSluice<{ new_model: boolean }>()`, asking a flag that is not among them does not compile.
 * @throws SluiceError `invalid` with file, line and column when the flag file is bad and there is no last good state
 */
export function createSluice<Flags extends object = AnyFlags>(options: SluiceOptions = {}): Sluice<Flags> {
  return sluiceOn<Flags>(new Runtime(options));
}

/** All managers over one runtime. */
export function sluiceOn<Flags extends object = AnyFlags>(runtime: Runtime): Sluice<Flags> {
  const metrics = new MetricsCollector({ clock: runtime.clock, logger: runtime.logger });
  const flags = new FeatureFlagManager<Flags>(runtime);
  const rollouts = new RolloutManager<Flags>(flags, { metrics });
  const hotSwap = new HotSwapManager(flags);
  return {
    flags,
    rollouts,
    abTests: new ABTestManager(flags, metrics),
    rollbacks: new RollbackManager(flags, hotSwap),
    hotSwap,
    metrics,
    ready: runtime.ready,
    on: (type, listener) => {
      checkListening(type, listener);
      return runtime.listeners.on(type, listener);
    },
    export: () => exportAll(runtime),
    import: (document, importOptions) => importAll(runtime, document, importOptions),
    close: () => runtime.close(),
  };
}

/** A misspelt event would never be heard of, and never missed. */
function checkListening(type: string, listener: unknown): void {
  const known = [...EVENT_TYPES, 'exposure', 'problem', 'emergencies'];
  if (!known.includes(type))
    throw new SluiceError('invalid', `on(${describeValue(type)}): there is no such event${nearest(String(type), known)}`);
  if (typeof listener !== 'function')
    throw new SluiceError('invalid', `on("${type}") takes a function; it is ${describeValue(listener)}`);
}
