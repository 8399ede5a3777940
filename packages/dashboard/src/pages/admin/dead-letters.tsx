/** Events that a webhook did not take at the last attempt. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Webhook } from '../../api/admin-queries.ts';
import type { Place } from '../../api/answers.ts';
import { api } from '../../api/api.ts';
import { Moment } from '../../parts/moment.tsx';

const SHOWN = 10;

export function DeadLetters({
  webhook: { key, isDisabled, deadCount, deadLetters },
  place: { project },
}: {
  readonly webhook: Webhook;
  readonly place: Place;
}) {
  const queries = useQueryClient();
  const resend = useMutation({
    mutationFn: (seq: number) => api.webhooks.resend({ project, key, seq: String(seq) }),
    onSuccess: ({ isTaken, problem }) => {
      notifications.show(
        isTaken ? { color: 'teal', message: 'It was taken' } : { color: 'orange', title: 'It was not taken', message: problem },
      );
      return queries.invalidateQueries({ queryKey: ['webhook'] });
    },
    onError: ({ message }) => notifications.show({ color: 'red', title: 'It could not be sent', message }),
  });
  const newest = [...deadLetters].reverse().slice(0, SHOWN);
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {deadCount} given up{deadCount > newest.length ? `, the newest ${newest.length} are shown` : ''}
      </Text>
      {newest.map(({ seq, type, at, attempts, problem }) => (
        <Group key={seq} justify="space-between" wrap="nowrap" align="flex-start">
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {type}, event {seq}, after {attempts === 1 ? 'one attempt' : `${attempts} attempts`}, <Moment at={at} />
            <Text span size="sm" c="dimmed">
              {' '}
              {problem}
            </Text>
          </Text>
          <Button
            size="compact-xs"
            variant="default"
            flex="none"
            loading={resend.isPending && resend.variables === seq}
            // Where it is off there is nobody to tell.
            disabled={isDisabled}
            onClick={() => resend.mutate(seq)}
          >
            Send again
          </Button>
        </Group>
      ))}
    </Stack>
  );
}
