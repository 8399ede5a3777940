/** The mark and the name. */
import { Group, Text } from '@mantine/core';

export function Mark() {
  return (
    <Group gap={8} wrap="nowrap">
      <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
        <title>Sluice</title>
        <rect width="32" height="32" rx="8" fill="var(--mantine-color-water-8)" />
        <path d="M7 8v16M25 8v16" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
        <path d="M7 20c3-3 6 3 9 0s6 3 9 0" stroke="#99e9f2" strokeWidth="3" fill="none" />
      </svg>
      <Text fw={700} size="lg" visibleFrom="xs">
        Sluice
      </Text>
    </Group>
  );
}
