/** What `createSluice` and a manager that stands alone take. */
import { type FreezeWindowSettings, isScope, type Scope, SluiceError } from '@sluice/core';
import type { BreakGlassOptions } from './break-glass/break-glass-options.ts';
import type { Clock } from './clock/clock.ts';
import { describeValue } from './failure.ts';
import type { Logger } from './logger.ts';
import { checkOptions } from './mutation.ts';
import type { OverrideSettings } from './overrides.ts';
import type { Store } from './store/store.ts';

export interface SluiceOptions {
  /** Where everything is kept. The default is a file. */
  readonly store?: Store;
  /** Path of the flag file; `config/feature_flags.json` unless given. Not together with `store`. */
  readonly file?: string;
  readonly clock?: Clock;
  /** Silent unless given. */
  readonly logger?: Logger;
  readonly scope?: Scope;
  /**
   * Whether the scope is protected: a reason is required of every change, and shares rise past 1 % only by a rollout. False unless given; a function is
   * asked at every change.
   */
  readonly isProtected?: boolean | (() => boolean);
  /** While one lasts, no rollout opens a stage; the same in all processes over one store. Nothing that goes back is frozen. */
  readonly freezeWindows?: readonly FreezeWindowSettings[];
  /**
   * A process that drives a rollout and is silent for so long loses it to another over the same store; 15000 milliseconds unless given, and at least 100. The same in all
   * processes over one store.
   */
  readonly leaseMs?: number;
  /** How kills work that the store does not take. */
  readonly breakGlass?: BreakGlassOptions;
  /**
   * What this process serves otherwise than it is kept, by flag, or the path of a JSON file that says so; over what `SLUICE_OVERRIDES`
   * names (JSON or a path), which is read unless NODE_ENV is production. For tests and a developer's machine.
   */
  readonly overrides?: OverrideSettings | string;
}

const OPTIONS = [
  'store',
  'file',
  'clock',
  'logger',
  'scope',
  'breakGlass',
  'freezeWindows',
  'overrides',
  'isProtected',
  'leaseMs',
];

/** Shorter ones would be lost between two looks. */
const LEAST_LEASE_MS = 100;

/** A misspelt `file` must not quietly mean the default one. */
export function checkSluiceOptions(options: SluiceOptions): void {
  if (typeof options !== 'object' || options === null)
    throw new SluiceError('invalid', `Sluice takes options such as { file: 'flags.json' }, not ${describeValue(options)}`);
  checkOptions('createSluice', options, OPTIONS);
  const { store, file, clock, logger, scope, isProtected = false, leaseMs = LEAST_LEASE_MS } = options;
  if (store !== undefined && file !== undefined) throw new SluiceError('invalid', 'give either `store` or `file`, not both');
  const wrong = (place: string, what: string, value: unknown): SluiceError =>
    new SluiceError('invalid', `/${place} must be ${what}; it is ${describeValue(value)}`, {
      issues: [{ path: `/${place}`, message: `must be ${what}` }],
    });
  if (file !== undefined && (typeof file !== 'string' || file === '')) throw wrong('file', 'the path of the flag file', file);
  if (store !== undefined && typeof store?.commit !== 'function') throw wrong('store', 'a store such as memoryStore()', store);
  if (clock !== undefined && typeof clock?.schedule !== 'function') throw wrong('clock', 'a clock such as manualClock(0)', clock);
  if (scope !== undefined && !isScope(scope))
    throw wrong('scope', '{ project, environment }, two texts that are not empty', scope);
  if (typeof isProtected !== 'boolean' && typeof isProtected !== 'function')
    throw wrong('isProtected', 'true or false, or a function that says so', isProtected);
  if (!Number.isSafeInteger(leaseMs) || leaseMs < LEAST_LEASE_MS)
    throw wrong('leaseMs', `a whole number of milliseconds from ${LEAST_LEASE_MS} on`, leaseMs);
  if (logger !== undefined && typeof logger?.error !== 'function') throw wrong('logger', 'a logger such as console', logger);
}
