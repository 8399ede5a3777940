/** Where there is nothing to show: why, and what can be done about it. */
import { Center, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

export function Nothing({
  title,
  hint,
  children,
}: {
  readonly title: string;
  readonly hint: string;
  readonly children?: ReactNode;
}) {
  return (
    <Center mih={120} px="md">
      <Stack align="center" gap="xs" maw={460}>
        <Title order={2} size="h4" ta="center">
          {title}
        </Title>
        <Text c="dimmed" ta="center" size="sm">
          {hint}
        </Text>
        {children}
      </Stack>
    </Center>
  );
}
