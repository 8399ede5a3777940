/** What the server says is wrong with what is being typed, beside the field that it is about. */
import { Text } from '@mantine/core';
import { createContext, type ReactNode, use } from 'react';
import type { EditPreview } from '../../api/answers.ts';

export type Issues = NonNullable<EditPreview['refusal']>['issues'];

/** The same list at every drawing, so that no field is drawn anew for it. */
export const NO_ISSUES: Issues = [];

const Found = createContext<Issues>(NO_ISSUES);

export function IssuesProvider({ issues, children }: { readonly issues: Issues; readonly children: ReactNode }) {
  return <Found value={issues}>{children}</Found>;
}

/** What is wrong at this JSON pointer or below it; null when nothing is. */
export function useIssue(pointer: string, isBelowToo = true): string | null {
  const found = use(Found).filter(({ path }) => path === pointer || (isBelowToo && path.startsWith(`${pointer}/`)));
  return found.length === 0
    ? null
    : found.map(({ path, message }) => `${path.slice(pointer.length + 1)} ${message}`.trim()).join('; ');
}

/** What is wrong at or below `pointer` and at none of `told`, where it is said already. */
export function IssuesBelow({ pointer, told }: { readonly pointer: string; readonly told: readonly string[] }) {
  const isTold = (path: string): boolean => told.some((known) => path === known || path.startsWith(`${known}/`));
  const left = use(Found).filter(({ path }) => (path === pointer || path.startsWith(`${pointer}/`)) && !isTold(path));
  if (left.length === 0) return null;
  return (
    <Text size="sm" c="var(--mantine-color-error)" role="alert">
      {left.map(({ path, message }) => `${path} ${message}`).join('; ')}
    </Text>
  );
}
