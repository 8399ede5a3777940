/** One number that matters, with what it is of. */
import { Stack, Text } from '@mantine/core';

export interface FigureProps {
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
}

export function Figure({ label, value, hint }: FigureProps) {
  return (
    <Stack gap={0}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text fw={650} size="lg" className="tabular">
        {value}
      </Text>
      {hint !== undefined && (
        <Text size="xs" c="dimmed" className="tabular">
          {hint}
        </Text>
      )}
    </Stack>
  );
}
