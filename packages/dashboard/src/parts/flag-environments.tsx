/** The flag in every environment of its project, beside each other, and taking the targeting of one over to another. */
import { Anchor, Badge, Button, Group, Menu, Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconCopy, IconLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Flag, Place, Project } from '../api/answers.ts';
import { queries } from '../api/queries.ts';
import { addressIn } from '../app/place.ts';
import { Asked } from './asked.tsx';
import { StatusBadge } from './phase-badge.tsx';
import { Section } from './section.tsx';
import { TargetingSummary } from './targeting-summary.tsx';

export function FlagEnvironments({ flag: { name }, place }: { readonly flag: Flag; readonly place: Place }) {
  const projects = useQuery(queries.projects());
  return (
    <Section title="In each environment">
      <Asked query={projects} rows={2}>
        {(all) => {
          const environments = all.find(({ key }) => key === place.project)?.environments ?? [];
          return (
            <SimpleGrid cols={{ base: 1, sm: 2, lg: Math.min(3, environments.length) }}>
              {environments.map((environment) => (
                <InEnvironment key={environment.key} name={name} place={place} environment={environment} others={environments} />
              ))}
            </SimpleGrid>
          );
        }}
      </Asked>
    </Section>
  );
}

type Environment = Project['environments'][number];

interface InEnvironmentProps {
  readonly name: string;
  /** Where one looks from. */
  readonly place: Place;
  readonly environment: Environment;
  readonly others: readonly Environment[];
}

function InEnvironment({ name, place, environment, others }: InEnvironmentProps) {
  const there = { project: place.project, environment: environment.key };
  const flag = useQuery({ ...queries.flag(there, name), retry: false });
  const kept = useQuery({ ...queries.flagSettings(there, name), retry: false });
  const isHere = environment.key === place.environment;
  return (
    <Paper withBorder radius="md" p="sm" component="article" aria-label={environment.name}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap">
          <Group gap={6} wrap="nowrap" miw={0}>
            {isHere ? (
              <Text fw={650} size="sm">
                {environment.name}
              </Text>
            ) : (
              <Anchor component={Link} to={addressIn(there, 'flags', name)} fw={650} size="sm">
                {environment.name}
              </Anchor>
            )}
            {environment.isProtected && <IconLock size={14} aria-label="protected" role="img" />}
            {isHere && (
              <Badge size="xs" variant="default" tt="none">
                here
              </Badge>
            )}
          </Group>
          {flag.data !== undefined && <StatusBadge flag={flag.data} />}
        </Group>
        <Asked query={kept} rows={2}>
          {({ settings }) => <TargetingSummary settings={settings} />}
        </Asked>
        <CopyTo name={name} from={there} others={others} />
      </Stack>
    </Paper>
  );
}

interface CopyToProps {
  readonly name: string;
  readonly from: Place;
  readonly others: readonly Environment[];
}

/** Opens the editor there: what comes over is read before it is saved. */
function CopyTo({ name, from, others }: CopyToProps) {
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button size="compact-sm" variant="default" leftSection={<IconCopy size={14} />} style={{ alignSelf: 'flex-start' }}>
          Copy targeting to
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {others
          .filter(({ key }) => key !== from.environment)
          .map((environment) => (
            <Menu.Item
              key={environment.key}
              component={Link}
              to={`${addressIn({ ...from, environment: environment.key }, 'flags', name, 'edit')}?from=${encodeURIComponent(from.environment)}`}
            >
              {environment.name}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}
