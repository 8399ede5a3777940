/** Events of the log, as a person reads them. */
import { Anchor, Flex, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { HistoryEvent, Place } from '../api/answers.ts';
import { addressIn } from '../app/place.ts';
import { Moment } from './moment.tsx';
import { unbroken } from './numbers.ts';
import { whatHappened } from './what-happened.ts';

export interface HappeningsProps {
  readonly events: readonly HistoryEvent[];
  readonly place: Place;
  /** Beside each event. */
  readonly action?: (event: HistoryEvent) => ReactNode;
  /** Below what is said of each event. */
  readonly more?: (event: HistoryEvent) => ReactNode;
}

export function Happenings({ events, place, action, more }: HappeningsProps) {
  return (
    <Stack gap="xs" component="ol" p={0} m={0} style={{ listStyle: 'none' }}>
      {events.map((event) => (
        <Flex
          key={`${event.seq} ${event.type}`}
          component="li"
          justify="space-between"
          direction={{ base: 'column', sm: 'row' }}
          rowGap={2}
          columnGap="md"
        >
          <Stack gap={0} miw={0}>
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              <KeyLink event={event} place={place} /> {whatHappened(event)}
              <Text span c="dimmed" size="sm">
                {' '}
                by {event.actor}
              </Text>
            </Text>
            {event.reason !== '' && (
              <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {unbroken(event.reason)}
              </Text>
            )}
            {more?.(event)}
          </Stack>
          <Group gap="xs" wrap="nowrap" align="flex-start" justify="space-between">
            {action?.(event)}
            <Moment at={event.at} />
          </Group>
        </Flex>
      ))}
    </Stack>
  );
}

const VIEW_OF: Readonly<Record<string, string>> = {
  flag: 'flags',
  segment: 'segments',
  rollout: 'rollouts',
  experiment: 'tests',
};

function KeyLink({ event: { kind, key }, place }: { readonly event: HistoryEvent; readonly place: Place }) {
  const view = VIEW_OF[kind];
  if (view === undefined)
    return (
      <Text span fw={600} size="sm">
        {key}
      </Text>
    );
  return (
    <Anchor component={Link} to={addressIn(place, view, key)} fw={600} size="sm">
      {key}
    </Anchor>
  );
}
