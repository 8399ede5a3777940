/** Who is in or out by name, and the conditions. */
import { Badge, Code, Group, Stack, TagsInput, Text } from '@mantine/core';
import { useAct } from '../api/acting.tsx';
import type { Flag, Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { Section } from './section.tsx';

export function FlagAudience({ flag, place }: { readonly flag: Flag; readonly place: Place }) {
  const of = { ...place, key: flag.name };
  const reason = 'changed on the page';
  const user = useAct<Membership>({
    send: ({ member, isAdded }, idempotencyKey) =>
      (isAdded ? api.flags.addUser : api.flags.removeUser)({ ...of, user: member, reason }, { idempotencyKey }),
  });
  const group = useAct<Membership>({
    send: ({ member, isAdded }, idempotencyKey) =>
      (isAdded ? api.flags.addGroup : api.flags.removeGroup)({ ...of, group: member, reason }, { idempotencyKey }),
  });
  const isPlain = Object.keys(flag.conditions).length === 0;
  return (
    <Section title="Who is in by name">
      <Stack gap="sm">
        <Members label="Users" members={flag.enabledUsers} onChange={user.run} />
        <Members label="Groups and segments" members={flag.enabledGroups} onChange={group.run} />
        {[...flag.disabledUsers, ...flag.disabledGroups].length > 0 && (
          <div>
            <Text size="sm" fw={500}>
              Taken out by name
            </Text>
            <Group gap={4}>
              {[...flag.disabledUsers, ...flag.disabledGroups].map((name) => (
                <Badge key={name} color="red" variant="light" tt="none">
                  {name}
                </Badge>
              ))}
            </Group>
          </div>
        )}
        {!isPlain && (
          <div>
            <Text size="sm" fw={500}>
              Only units for which this holds
            </Text>
            <Code block>{JSON.stringify(flag.conditions, null, 2)}</Code>
          </div>
        )}
        <Prerequisites flag={flag} />
      </Stack>
    </Section>
  );
}

interface Membership {
  readonly member: string;
  readonly isAdded: boolean;
}

interface MembersProps {
  readonly label: string;
  readonly members: readonly string[];
  readonly onChange: (membership: Membership) => void;
}

/** Each one that comes or goes is a change of its own. */
function Members({ label, members, onChange }: MembersProps) {
  const changed = (now: readonly string[]): void => {
    for (const member of now) if (!members.includes(member)) onChange({ member, isAdded: true });
    for (const member of members) if (!now.includes(member)) onChange({ member, isAdded: false });
  };
  return <TagsInput label={label} placeholder="Type and press Enter" value={[...members]} onChange={changed} />;
}

function Prerequisites({ flag: { prerequisites } }: { readonly flag: Flag }) {
  if (prerequisites.length === 0) return null;
  return (
    <div>
      <Text size="sm" fw={500}>
        Only where other flags serve
      </Text>
      <Code block>{JSON.stringify(prerequisites, null, 2)}</Code>
    </div>
  );
}
