/** What the server says of settings while they are chosen: why it would refuse them, or what speaks against them. */
import { Alert, List } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';

export interface AdviceProps {
  readonly said: Pick<UseQueryResult<readonly string[]>, 'data' | 'error'>;
}

export function Advice({ said: { data, error } }: AdviceProps) {
  if (error !== null) return <Alert color="red">{error.message}</Alert>;
  if (data === undefined || data.length === 0) return null;
  return (
    <Alert color="yellow" title="Before you start">
      <List size="sm" spacing={4}>
        {data.map((sentence) => (
          <List.Item key={sentence}>{sentence}</List.Item>
        ))}
      </List>
    </Alert>
  );
}
