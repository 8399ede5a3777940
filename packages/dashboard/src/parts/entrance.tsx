/** The form that one comes in by. */
import { Center, Paper, Stack, Text, Title } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { Mark } from '../app/mark.tsx';

interface EntranceProps {
  readonly title: string;
  readonly hint: string;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}

export function Entrance({ title, hint, onSubmit, children }: EntranceProps) {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" w={400} shadow="sm">
        <form onSubmit={submit}>
          <Stack>
            <Mark />
            <div>
              <Title order={1} size="h3">
                {title}
              </Title>
              <Text c="dimmed" size="sm">
                {hint}
              </Text>
            </div>
            {children}
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
