/** What one process of a workspace has of its own, for its metrics: how far it has heard of the log, what it buffers and what it drives. */
import { isEnded, type Scope } from '@sluice/core';
import { controllerOf } from '../controllers.ts';
import type { Runtime } from '../runtime.ts';

export interface EnvironmentFigures {
  readonly scope: Scope;
  /** Units, arms and tallies that wait to be kept. */
  readonly buffered: number;
  /** Those that were let go for want of room, since the process started. */
  readonly dropped: number;
  /** The rollouts that are under way, by flag, and whether it is this process that drives them. */
  readonly rollouts: readonly { readonly flag: string; readonly isDriven: boolean }[];
}

export interface ProcessFigures {
  /** The last place in the log that this process has heard of. */
  readonly seq: number;
  /** Of environments that are in use. */
  readonly environments: readonly EnvironmentFigures[];
}

export function environmentFigures(runtime: Runtime): EnvironmentFigures {
  const { view, facts } = runtime;
  const { leases } = controllerOf(runtime).controller;
  const underWay = [...view.rollouts.values()].filter(({ phase }) => !isEnded(phase));
  return {
    scope: view.scope,
    buffered: facts.size,
    dropped: facts.dropped,
    rollouts: underWay.map((rollout) => ({ flag: rollout.key, isDriven: leases.holds(rollout) })),
  };
}
