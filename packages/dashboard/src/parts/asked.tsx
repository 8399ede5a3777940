/** What a view shows of a question to the server: while it waits, when it failed, and the answer. */
import { Alert, Button, Skeleton, Stack } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

export interface AskedProps<Answer> {
  readonly query: UseQueryResult<Answer>;
  readonly children: (answer: Answer) => ReactNode;
  /** Rows that are drawn while it waits; 4 unless given. */
  readonly rows?: number;
}

export function Asked<Answer>({ query, children, rows = 4 }: AskedProps<Answer>) {
  if (query.data !== undefined) return children(query.data);
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
  return (
    <Stack gap="xs" aria-busy="true" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <Skeleton key={row} height={42} />
      ))}
    </Stack>
  );
}
