/** Everything that happened in the project: flags of every environment, tokens, webhooks, environments. */
import { Badge, Group, Stack, Text } from '@mantine/core';
import { EVERY } from '@sluice/core';
import { useQuery } from '@tanstack/react-query';
import { adminQueries } from '../../api/admin-queries.ts';
import type { Place } from '../../api/answers.ts';
import { Asked } from '../../parts/asked.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Section } from '../../parts/section.tsx';
import { whatHappened } from '../../parts/what-happened.ts';

export function LogOfProject({ place: { project } }: { readonly place: Place }) {
  const log = useQuery(adminQueries.projectHistory(project));
  return (
    <Section title="The latest 100 events of the project">
      <Asked query={log} rows={8}>
        {(events) => (
          <Stack gap="sm" component="ol" p={0} m={0} style={{ listStyle: 'none' }}>
            {events.map((event) => (
              <Group
                key={`${event.seq} ${event.type} ${event.key}`}
                component="li"
                justify="space-between"
                align="flex-start"
                wrap="nowrap"
              >
                <Stack gap={2} miw={0}>
                  <Group gap="xs">
                    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                      <b>{nameIn(event)}</b> {whatHappened(event)}
                      <Text span size="sm" c="dimmed">
                        {' '}
                        by {event.actor}
                      </Text>
                    </Text>
                    <Badge variant="default" size="sm" tt="none">
                      {event.scope.environment === EVERY ? 'whole project' : event.scope.environment}
                    </Badge>
                  </Group>
                  {event.reason !== '' && (
                    <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                      {event.reason}
                    </Text>
                  )}
                </Stack>
                <Moment at={event.at} />
              </Group>
            ))}
          </Stack>
        )}
      </Asked>
    </Section>
  );
}

/** A token's key is nothing that somebody gave it. */
function nameIn({ key, record }: { readonly key: string; readonly record: object }): string {
  return 'label' in record && typeof record.label === 'string' ? record.label : key;
}
