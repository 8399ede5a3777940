/** Where streams get definitions from: a store, or a workspace, which has them in memory already. */
import type { Scope, SluiceRecord } from '@sluice/core';
import type { Workspace } from 'sluice';

/** What is known at a place in the log. */
export interface DefinitionState {
  readonly seq: number;
  /** Others than flags and segments, and those of other scopes, are passed over. */
  readonly records: readonly SluiceRecord[];
}

export interface DefinitionSource {
  /** Holds every commit of which followers were told before this was called. */
  read(scope: Scope): DefinitionState | Promise<DefinitionState>;
  /** Calls `listener` for every commit of every scope, in order of `seq`. Returns how to stop. */
  follow(listener: (committed: DefinitionState) => void): () => void;
  /** Resolves when followers have been told of everything that was committed before it was called. */
  refresh(): Promise<void>;
}

export function workspaceDefinitions(workspace: Pick<Workspace, 'records' | 'follow' | 'refresh'>): DefinitionSource {
  return {
    read: ({ project, environment }) => workspace.records(project, environment),
    follow: (listener) => workspace.follow(listener),
    refresh: () => workspace.refresh(),
  };
}
