/** Which line of a chart is which. */
import { Group, Text } from '@mantine/core';

export interface KeyEntry {
  readonly label: string;
  readonly color: string;
  readonly isDashed?: boolean;
}

export function ChartKey({ entries }: { readonly entries: readonly KeyEntry[] }) {
  return (
    <Group gap="md" aria-hidden="true">
      {entries.map(({ label, color, isDashed = false }) => (
        <Group key={label} gap={6} wrap="nowrap">
          <svg width="18" height="8">
            <title>{label}</title>
            <line
              x1="0"
              x2="18"
              y1="4"
              y2="4"
              strokeWidth="2.5"
              style={{ stroke: `var(${color})` }}
              {...(isDashed ? { strokeDasharray: '5 3' } : {})}
            />
          </svg>
          <Text size="xs" c="dimmed">
            {label}
          </Text>
        </Group>
      ))}
    </Group>
  );
}
