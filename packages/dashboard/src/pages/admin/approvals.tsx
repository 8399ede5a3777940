/** Every rollout of the project that goes on only when somebody has looked, with the buttons to decide. */
import { Anchor, Badge, Group, Paper, Stack, Text } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Place, Project, RolloutStatus } from '../../api/answers.ts';
import { queries } from '../../api/queries.ts';
import { addressIn } from '../../app/place.ts';
import { Asked } from '../../parts/asked.tsx';
import { needsPerson } from '../../parts/needs-person.ts';
import { Nothing } from '../../parts/nothing.tsx';
import { PhaseBadge } from '../../parts/phase-badge.tsx';
import { RolloutCommands } from '../../parts/rollout-commands.tsx';
import { StageTrack } from '../../parts/stage-track.tsx';
import { waitsFor } from '../../parts/waits-for.ts';
import { useProject } from './use-project.ts';

export function Approvals({ place }: { readonly place: Place }) {
  const project = useProject(place);
  return <Asked query={project}>{(found) => <OfProject project={found} />}</Asked>;
}

function OfProject({ project: { key, environments } }: { readonly project: Project }) {
  const places = environments.map((environment) => ({ project: key, environment: environment.key }));
  const asked = useQueries({ queries: places.map((place) => queries.rollouts(place)) });
  const failed = asked.find(({ data, isError }) => isError && data === undefined);
  const waiting = asked.find(({ data }) => data === undefined);
  const unanswered = failed ?? waiting;
  if (unanswered !== undefined) return <Asked query={unanswered}>{() => null}</Asked>;
  const waits = asked.flatMap(({ data = [] }, index) =>
    data.filter(needsPerson).map((rollout) => ({ rollout, place: places[index] as Place })),
  );
  if (waits.length === 0)
    return <Nothing title="Nothing waits for a person" hint={`In ${environments.map(({ name }) => name).join(', ')}.`} />;
  return (
    <Stack gap="md">
      {waits.map(({ rollout, place }) => (
        <Waiting key={`${place.environment} ${rollout.flag}`} rollout={rollout} place={place} />
      ))}
    </Stack>
  );
}

function Waiting({ rollout, place }: { readonly rollout: RolloutStatus; readonly place: Place }) {
  return (
    <Paper withBorder p="md" component="section" aria-label={`${rollout.flag} in ${place.environment}`}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start">
          <Stack gap={2} miw={0}>
            <Group gap="xs">
              <Anchor
                component={Link}
                to={addressIn(place, 'rollouts', rollout.flag)}
                fw={650}
                style={{ overflowWrap: 'anywhere' }}
              >
                {rollout.flag}
              </Anchor>
              <Badge variant="default" tt="none">
                {place.environment}
              </Badge>
              <PhaseBadge rollout={rollout} />
            </Group>
            <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              Waits for {waitsFor(rollout)}
            </Text>
          </Stack>
          <Group gap="xs">
            <RolloutCommands rollout={rollout} place={place} />
          </Group>
        </Group>
        <StageTrack rollout={rollout} />
      </Stack>
    </Paper>
  );
}
