/** How a stage was judged when it was left, a line for each criterion. */
import { Badge, Group, Stack, Text } from '@mantine/core';
import type { HistoryEvent } from '../api/answers.ts';
import { judgedThen } from './judged-then.ts';
import { unbroken } from './numbers.ts';
import { VERDICTS } from './verdict-words.ts';

export function JudgedLines({ event }: { readonly event: HistoryEvent }) {
  const { verdicts, validator } = judgedThen(event);
  if (verdicts.length === 0 && validator === null) return null;
  return (
    <Stack gap={4} mt={4} component="ul" p={0} style={{ listStyle: 'none' }} aria-label="As it was judged">
      {verdicts.map(({ criterion, verdict, message, dryRun }) => (
        <Group key={criterion} component="li" gap={6} align="baseline">
          <Badge size="sm" color={VERDICTS[verdict].color} variant="light" tt="none">
            {VERDICTS[verdict].label}
          </Badge>
          <Text size="xs" style={{ overflowWrap: 'anywhere' }}>
            <Text span inherit fw={600}>
              {criterion}
            </Text>
            : {unbroken(message)}
            {dryRun && ' (shown, not obeyed)'}
          </Text>
        </Group>
      ))}
      {validator !== null && (
        <Text size="xs" component="li" style={{ overflowWrap: 'anywhere' }}>
          {validator}
        </Text>
      )}
    </Stack>
  );
}
