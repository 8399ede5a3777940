/** Whether what judges the rollouts can be asked, in one line; in more where it cannot. */
import { Alert, Anchor, Group, Text } from '@mantine/core';
import { IconHeartbeat, IconPlugConnectedX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Place } from '../api/answers.ts';
import { queries } from '../api/queries.ts';
import { addressIn } from '../app/place.ts';
import { Asked } from './asked.tsx';

export function SourcesLine({ place }: { readonly place: Place }) {
  const sources = useQuery(queries.sources(place));
  return (
    <Asked query={sources} rows={1}>
      {(all) => {
        const ill = all.filter(({ health }) => health === 'fails' || health === 'missing');
        const answering = all.filter(({ health }) => health === 'answers').map(({ name }) => name);
        if (ill.length > 0)
          return ill.map(({ name, health, asked }) => (
            <Alert
              key={name}
              color="red"
              icon={<IconPlugConnectedX />}
              p="sm"
              title={`The metric source ${name} ${SAID[health]}`}
            >
              {asked.map(({ flag, criterion, message }) => (
                <Text key={`${flag} ${criterion}`} size="sm" style={{ overflowWrap: 'anywhere' }}>
                  <Anchor component={Link} to={addressIn(place, 'rollouts', flag)} size="sm" underline="always">
                    {flag}
                  </Anchor>
                  , {criterion}: {message}
                </Text>
              ))}
            </Alert>
          ));
        return (
          <Group gap={6} wrap="nowrap" c="dimmed">
            <IconHeartbeat size={16} />
            <Text size="sm">
              {answering.length > 0
                ? `Metric sources answer: ${answering.join(', ')}`
                : `No rollout asks a metric source now. There ${all.length === 1 ? 'is' : 'are'}: ${all.map(({ name }) => name).join(', ')}`}
            </Text>
          </Group>
        );
      }}
    </Asked>
  );
}

const SAID: Readonly<Record<string, string>> = { fails: 'does not answer', missing: 'is not there' };
