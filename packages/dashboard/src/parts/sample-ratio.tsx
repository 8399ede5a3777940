/** Whether units fell into the arms as the weights say; where they did not, nothing else on the page is to be believed. */
import { Badge, Group, Progress, Stack, Text } from '@mantine/core';
import type { TestResults } from '../api/answers.ts';
import { chance, counted } from './numbers.ts';
import { Section } from './section.tsx';

export function SampleRatio({ results: { sampleRatio } }: { readonly results: TestResults }) {
  if (sampleRatio === null) return null;
  const { observed, expected, isMismatch, pValue } = sampleRatio;
  const total = Object.values(observed).reduce((sum, count) => sum + count, 0);
  return (
    <Section
      title="Sample ratio"
      aside={
        <Badge color={isMismatch ? 'red' : 'teal'} variant="light" tt="none">
          {isMismatch ? 'not as configured' : 'as configured'}
        </Badge>
      }
    >
      <Stack gap="xs">
        {Object.entries(observed).map(([arm, count]) => (
          <Stack key={arm} gap={2}>
            <Group justify="space-between" wrap="nowrap">
              <Text size="sm" fw={600} truncate>
                {arm}
              </Text>
              <Text size="sm" c="dimmed" className="tabular" style={{ whiteSpace: 'nowrap' }}>
                {counted(count)} units, {counted(Math.round(expected[arm] ?? 0))} expected
              </Text>
            </Group>
            <Progress
              value={(100 * count) / Math.max(1, total)}
              color={isMismatch ? 'red' : 'water'}
              aria-label={`Part of ${arm}`}
            />
          </Stack>
        ))}
        <Text size="sm" c="dimmed">
          p {chance(pValue)} over all looks; below 0.001 nothing is called significant.
        </Text>
      </Stack>
    </Section>
  );
}
