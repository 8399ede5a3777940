/** An edit that was begun, kept in this tab until it is saved or given up: leaving the view loses nothing. */
import { useSessionStorage } from '@mantine/hooks';
import { useCallback } from 'react';
import type { Place } from '../../api/answers.ts';
import type { Draft } from './draft.ts';

/** What is edited, and what it began from. */
export interface Edit {
  /** Of the flag as the edit began. */
  readonly revision: number;
  readonly base: Draft;
  readonly draft: Draft;
}

/** Null while nothing was begun. */
export function useStoredEdit({ project, environment }: Place, key: string) {
  const [stored, setStored, forget] = useSessionStorage<Edit | null>({
    key: `sluice-edit ${JSON.stringify([project, environment, key])}`,
    defaultValue: null,
    getInitialValueInEffect: false,
  });
  const keep = useCallback((edit: Edit) => setStored(edit), [setStored]);
  return { stored, keep, forget };
}
