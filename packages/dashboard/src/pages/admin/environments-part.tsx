/** Projects that the person looks after, their environments, and which of those are protected. */
import { Anchor, Badge, Group, Paper, Stack, Text } from '@mantine/core';
import { EVERY } from '@sluice/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useAct } from '../../api/acting.tsx';
import type { Project } from '../../api/answers.ts';
import { api } from '../../api/api.ts';
import { usePermitted } from '../../api/permitted.ts';
import { queries } from '../../api/queries.ts';
import { addressIn } from '../../app/place.ts';
import { Asked } from '../../parts/asked.tsx';
import { Reasoned } from '../../parts/reasoned.tsx';
import { Row, Rows } from '../../parts/rows.tsx';
import { Section } from '../../parts/section.tsx';
import { NewEnvironment } from './new-environment.tsx';
import { NewProject } from './new-project.tsx';

export function EnvironmentsPart() {
  const permitted = usePermitted();
  const projects = useQuery(queries.projects());
  return (
    <Section title="Projects" aside={permitted('project.manage', EVERY) && <NewProject />}>
      <Text size="sm" c="dimmed">
        In a protected environment every change needs a reason, and shares rise past 1 % only by a rollout.
      </Text>
      <Asked query={projects}>
        {(all) => (
          <Stack gap="md">
            {all
              .filter(({ key }) => permitted('project.manage', key))
              .map((project) => (
                <ProjectCard key={project.key} project={project} />
              ))}
          </Stack>
        )}
      </Asked>
    </Section>
  );
}

type Environment = Project['environments'][number];

function ProjectCard({ project: { key, name, environments } }: { readonly project: Project }) {
  return (
    <Paper withBorder p="sm" component="section" aria-label={`Project ${key}`}>
      <Group justify="space-between" mb="xs">
        <Group gap="xs">
          <Text fw={650}>{name}</Text>
          {name.toLowerCase() !== key && (
            <Text size="sm" c="dimmed">
              {key}
            </Text>
          )}
        </Group>
        <NewEnvironment project={key} />
      </Group>
      <Rows label={`Environments of ${key}`}>
        {environments.map((environment) => (
          <EnvironmentRow key={environment.key} project={key} environment={environment} />
        ))}
      </Rows>
    </Paper>
  );
}

function EnvironmentRow({ project, environment }: { readonly project: string; readonly environment: Environment }) {
  const { key, name, isProtected } = environment;
  return (
    <Row actions={<Protection project={project} environment={environment} />}>
      <Group gap="xs">
        <Anchor component={Link} to={addressIn({ project, environment: key })} fw={600} size="sm">
          {name}
        </Anchor>
        {name.toLowerCase() !== key && (
          <Text size="sm" c="dimmed">
            {key}
          </Text>
        )}
        <Badge variant="light" color={isProtected ? 'teal' : 'gray'} tt="none">
          {isProtected ? 'protected' : 'free'}
        </Badge>
      </Group>
    </Row>
  );
}

function Protection({
  project,
  environment: { key, isProtected },
}: {
  readonly project: string;
  readonly environment: Environment;
}) {
  const set = useAct<string>({
    send: (reason, idempotencyKey) =>
      api.projects.setProtected({ project, name: key, isProtected: !isProtected, reason }, { idempotencyKey }),
    done: () => `${key} is ${isProtected ? 'free' : 'protected'}`,
  });
  return (
    <Reasoned
      label={isProtected ? 'Unprotect' : 'Protect'}
      consequence={
        isProtected
          ? `Whoever may edit can then let everybody in ${key} have anything, at once and without a reason.`
          : `From then on every change in ${key} needs a reason, and shares rise past 1 % only by a rollout.`
      }
      isReasonNeeded
      isRunning={set.isRunning}
      onConfirm={set.run}
      button={{ size: 'compact-sm', variant: isProtected ? 'light' : 'default', ...(isProtected ? { color: 'red' } : {}) }}
      {...(isProtected ? { mustType: key } : {})}
    />
  );
}
