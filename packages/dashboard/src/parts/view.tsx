/** The head of a view, and what stands below it. */
import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

export interface ViewProps {
  readonly title: string;
  readonly hint?: string;
  /** Beside the title. */
  readonly sign?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function View({ title, hint, sign, actions, children }: ViewProps) {
  useDocumentTitle(`${title} · Sluice`);
  return (
    <Stack gap="md" maw={1180} mx="auto">
      <Group justify="space-between" align="flex-start">
        <Stack gap={2} miw={0}>
          <Group gap="sm">
            <Title order={1} size="h3" style={{ overflowWrap: 'anywhere' }}>
              {title}
            </Title>
            {sign}
          </Group>
          {hint !== undefined && hint !== '' && (
            <Text c="dimmed" size="sm" style={{ overflowWrap: 'anywhere' }}>
              {hint}
            </Text>
          )}
        </Stack>
        <Group gap="xs">{actions}</Group>
      </Group>
      {children}
    </Stack>
  );
}
