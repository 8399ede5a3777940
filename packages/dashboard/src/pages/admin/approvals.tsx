/** Every rollout, in whatever project one may approve, that goes on only when somebody has looked, with the buttons to decide. */
import { Anchor, Badge, Group, Paper, Stack, Text } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Place, Project, RolloutStatus } from '../../api/answers.ts';
import { usePermitted } from '../../api/permitted.ts';
import { queries } from '../../api/queries.ts';
import { addressIn } from '../../app/place.ts';
import { Asked } from '../../parts/asked.tsx';
import { needsPerson } from '../../parts/needs-person.ts';
import { Nothing } from '../../parts/nothing.tsx';
import { PhaseBadge } from '../../parts/phase-badge.tsx';
import { RolloutCommands } from '../../parts/rollout-commands.tsx';
import { StageTrack } from '../../parts/stage-track.tsx';
import { waitsFor } from '../../parts/waits-for.ts';

export function Approvals({ place }: { readonly place: Place }) {
  const projects = useQuery(queries.projects());
  const permitted = usePermitted();
  return (
    <Asked query={projects}>
      {(all) => <OfProjects projects={all.filter(({ key }) => permitted('rollouts.approve', key))} here={place} />}
    </Asked>
  );
}

/** The changes of other projects are not told to this page: it asks for them. */
const ELSEWHERE_MS = 30_000;

function OfProjects({ projects, here }: { readonly projects: readonly Project[]; readonly here: Place }) {
  const places = projects.flatMap(({ key, environments }) =>
    environments.map((environment) => ({ project: key, environment: environment.key })),
  );
  const asked = useQueries({
    queries: places.map((place) => ({
      ...queries.rollouts(place),
      ...(place.project === here.project ? {} : { refetchInterval: ELSEWHERE_MS }),
    })),
  });
  const failed = asked.find(({ data, isError }) => isError && data === undefined);
  const waiting = asked.find(({ data }) => data === undefined);
  const unanswered = failed ?? waiting;
  if (unanswered !== undefined) return <Asked query={unanswered}>{() => null}</Asked>;
  const waits = asked.flatMap(({ data = [] }, index) =>
    data.filter(needsPerson).map((rollout) => ({ rollout, place: places[index] as Place })),
  );
  if (waits.length === 0) return <Nothing title="Nothing waits for a person" hint={`In ${said(projects)}.`} />;
  return (
    <Stack gap="md">
      {waits.map(({ rollout, place }) => (
        <Waiting
          key={`${place.project} ${place.environment} ${rollout.flag}`}
          rollout={rollout}
          place={place}
          isElsewhere={place.project !== here.project}
        />
      ))}
    </Stack>
  );
}

function said(projects: readonly Project[]): string {
  const [only] = projects;
  if (projects.length === 1 && only !== undefined) return only.environments.map(({ name }) => name).join(', ');
  return `every environment of ${projects.map(({ name }) => name).join(', ')}`;
}

interface WaitingProps {
  readonly rollout: RolloutStatus;
  readonly place: Place;
  /** Of another project than the one that is looked at. */
  readonly isElsewhere: boolean;
}

function Waiting({ rollout, place, isElsewhere }: WaitingProps) {
  const where = isElsewhere ? `${place.environment} of ${place.project}` : place.environment;
  return (
    <Paper withBorder p="md" component="section" aria-label={`${rollout.flag} in ${where}`}>
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
                {where}
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
