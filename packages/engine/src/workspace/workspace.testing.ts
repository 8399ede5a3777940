/** A workspace with the project `shop` over a store in memory, for tests. */
import type { Principal } from '@sluice/core';
import { type ManualClock, manualClock } from '../clock/manual-clock.ts';
import { memoryStore } from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export const START = 1_700_000_000_000;
export const WHY = { actor: 'ann', reason: 'because' };
export const SYSTEM: { readonly principal: Principal } = { principal: { kind: 'system' } };

export interface WorkspaceWorld {
  readonly workspace: Workspace;
  readonly clock: ManualClock;
  readonly store: Store;
}

export async function openWorld(store: Store = memoryStore()): Promise<WorkspaceWorld> {
  const clock = manualClock(START);
  const workspace = openWorkspace({ store, clock });
  await workspace.ready;
  return { workspace, clock, store };
}

export async function shopWorld(store: Store = memoryStore()): Promise<WorkspaceWorld> {
  const world = await openWorld(store);
  await world.workspace.projects.create({ key: 'shop' }, WHY);
  return world;
}
