/** What a view shows of a question to the server: while it waits, when it failed, and the answer. */
import { Alert, Button, Skeleton, Stack } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Nothing } from './nothing.tsx';

export interface AskedProps<Answer> {
  readonly query: UseQueryResult<Answer>;
  readonly children: (answer: Answer) => ReactNode;
  /** Rows that are drawn while it waits; 4 unless given. */
  readonly rows?: number;
  /** Where one goes when there is no such thing. */
  readonly whenGone?: ReactNode;
}

export function Asked<Answer>({ query, children, rows = 4, whenGone }: AskedProps<Answer>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError && whenGone !== undefined && isGone(query.error))
    return (
      <Nothing title="There is no such thing" hint={`${query.error.message}.`}>
        {whenGone}
      </Nothing>
    );
  if (query.isError)
    return (
      <Alert color="red" icon={<IconAlertTriangle />} title="This could not be read">
        <Stack align="flex-start" gap="xs">
          {query.error.message}
          <Button size="xs" variant="default" onClick={() => void query.refetch()}>
            Try again
          </Button>
        </Stack>
      </Alert>
    );
  return <Waiting rows={rows} />;
}

/** Where something will stand that is not there yet. */
export function Waiting({ rows }: { readonly rows: number }) {
  return (
    <Stack gap="xs" aria-busy="true" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <Skeleton key={row} height={42} />
      ))}
    </Stack>
  );
}

/** The server answered, and there is none: a server that is away says nothing of what there is. */
export function isGone(error: Error | null): boolean {
  return error !== null && 'code' in error && error.code === 'notFound';
}
