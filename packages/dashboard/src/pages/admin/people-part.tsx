/** Everybody who may log in, and what they may do where. */
import { Badge, Button, Group, Menu, Paper, Stack, Text } from '@mantine/core';
import { EVERY } from '@sluice/core';
import { useQuery } from '@tanstack/react-query';
import { useAct } from '../../api/acting.tsx';
import { adminQueries, type Person } from '../../api/admin-queries.ts';
import { api } from '../../api/api.ts';
import { queries } from '../../api/queries.ts';
import { Asked } from '../../parts/asked.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Reasoned } from '../../parts/reasoned.tsx';
import { Section } from '../../parts/section.tsx';
import { InvitePerson } from './invite-person.tsx';
import { NewPassword } from './new-password.tsx';
import { type RoleIn, RoleSelect } from './role-select.tsx';

export function PeoplePart() {
  const people = useQuery(adminQueries.people());
  return (
    <Section title="People" aside={<InvitePerson />}>
      <Text size="sm" c="dimmed">
        Each role may do what the one before it may: a viewer looks, an editor changes and takes back, an approver lets rollouts
        go on, an admin lets others in. A role in every project holds beside the one in a project; the higher counts.
      </Text>
      <Asked query={people}>
        {(all) => (
          <Stack gap="sm">
            {all.map((person) => (
              <PersonCard key={person.email} person={person} />
            ))}
          </Stack>
        )}
      </Asked>
    </Section>
  );
}

function PersonCard({ person }: { readonly person: Person }) {
  const { email, name, roles, hasPassword, isDisabled, createdAt } = person;
  const isNamed = name !== '' && name !== email;
  return (
    <Paper withBorder p="sm" component="section" aria-label={email}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={2} miw={0}>
          <Group gap="xs">
            <Text fw={600} size="sm" style={{ overflowWrap: 'anywhere' }}>
              {isNamed ? name : email}
            </Text>
            {isDisabled && (
              <Badge color="red" variant="light" tt="none">
                shut out
              </Badge>
            )}
            {!hasPassword && (
              <Badge color="yellow" variant="light" tt="none">
                no password
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {isNamed ? `${email} · ` : ''}came <Moment at={createdAt} />
          </Text>
        </Stack>
        <Group gap="xs">
          <NewPassword email={email} />
          {isDisabled ? <LetIn email={email} /> : <ShutOut email={email} />}
        </Group>
      </Group>
      <RolesOf email={email} roles={roles} />
    </Paper>
  );
}

function RolesOf({ email, roles }: Pick<Person, 'email' | 'roles'>) {
  const { data: projects = [] } = useQuery(queries.projects());
  const set = useAct<RoleIn>({
    send: ({ project, role }, idempotencyKey) =>
      api.people.setRole({ email, in: project, role, reason: 'changed on the page' }, { idempotencyKey }),
    done: ({ project, role }) => `${email} is ${role ?? 'nothing'} in ${project === EVERY ? 'every project' : project}`,
    undo: ({ project }, idempotencyKey) =>
      api.people.setRole({ email, in: project, role: roles[project] ?? null, reason: 'undone on the page' }, { idempotencyKey }),
  });
  const given = Object.keys(roles).sort();
  const others = [EVERY, ...projects.map(({ key }) => key)].filter((project) => !given.includes(project));
  return (
    <Group gap="sm" mt="xs" align="flex-end">
      {given.map((project) => (
        <RoleSelect key={project} email={email} project={project} role={roles[project] ?? null} onChange={set.run} />
      ))}
      {others.length > 0 && (
        <Menu>
          <Menu.Target>
            <Button size="xs" variant="default">
              Give a role …
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={300} style={{ overflowY: 'auto' }}>
            {others.map((project) => (
              <Menu.Item key={project} onClick={() => set.run({ project, role: 'viewer' })}>
                {project === EVERY ? 'In every project' : `In ${project}`}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  );
}

function ShutOut({ email }: Pick<Person, 'email'>) {
  const disable = useAct<string>({
    send: (reason, idempotencyKey) => api.people.disable({ email, reason }, { idempotencyKey }),
    done: () => `${email} is shut out`,
    undo: (_reason, idempotencyKey) => api.people.enable({ email, reason: 'undone on the page' }, { idempotencyKey }),
  });
  return (
    <Reasoned
      label="Shut out"
      consequence={`Every session of ${email} ends, and their tokens are refused. Their roles are kept, so that they can be let in again.`}
      isReasonNeeded
      isRunning={disable.isRunning}
      onConfirm={disable.run}
      button={{ size: 'compact-sm', variant: 'light', color: 'red' }}
    />
  );
}

function LetIn({ email }: Pick<Person, 'email'>) {
  const enable = useAct<string>({
    send: (reason, idempotencyKey) => api.people.enable({ email, reason }, { idempotencyKey }),
    done: () => `${email} may log in again`,
  });
  return (
    <Reasoned
      label="Let in again"
      consequence={`${email} may log in again, with the roles that are shown.`}
      isReasonNeeded
      isRunning={enable.isRunning}
      onConfirm={enable.run}
      button={{ size: 'compact-sm', variant: 'light' }}
    />
  );
}
