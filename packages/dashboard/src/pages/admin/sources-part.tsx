/** Metric sources: what each was last asked for, and what it said. */
import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { AnswerTo, Place } from '../../api/answers.ts';
import { queries } from '../../api/queries.ts';
import { addressIn } from '../../app/place.ts';
import { Asked } from '../../parts/asked.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Section } from '../../parts/section.tsx';

type Source = AnswerTo<'rollouts', 'sources'>['sources'][number];

export function SourcesPart({ place }: { readonly place: Place }) {
  const sources = useQuery(queries.sources(place));
  return (
    <Section title={`What rollouts in ${place.environment} are judged by`}>
      <Asked query={sources}>
        {(all) => (
          <Stack gap="md">
            {all.map((source) => (
              <SourceRow key={source.name} source={source} place={place} />
            ))}
          </Stack>
        )}
      </Asked>
    </Section>
  );
}

const SAID: Readonly<Record<Source['health'], { readonly color: string; readonly words: string }>> = {
  answers: { color: 'teal', words: 'answers' },
  fails: { color: 'red', words: 'does not answer' },
  unasked: { color: 'gray', words: 'not asked now' },
  missing: { color: 'red', words: 'is not there' },
};

function SourceRow({ source: { name, health, asked }, place }: { readonly source: Source; readonly place: Place }) {
  const { color, words } = SAID[health];
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <Text fw={600} size="sm">
          {name === 'collector' ? 'collector (what programs report to this server)' : name}
        </Text>
        <Badge variant="light" color={color} tt="none">
          {words}
        </Badge>
      </Group>
      {asked.map(({ flag, criterion, message, at }) => (
        <Text key={`${flag} ${criterion}`} size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          <Anchor component={Link} to={addressIn(place, 'rollouts', flag)} size="sm" underline="always">
            {flag}
          </Anchor>
          , {criterion}: {message} · <Moment at={at} />
        </Text>
      ))}
    </Stack>
  );
}
