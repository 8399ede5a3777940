/** Members of a segment: found by typing, added and taken out by lists of any length. */
import { Badge, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../api/acting.tsx';
import type { Place, Segment } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { queries } from '../api/queries.ts';
import { counted } from './numbers.ts';
import { Reasoned } from './reasoned.tsx';
import { Section } from './section.tsx';

const SHOWN = 60;

export function SegmentMembers({ segment, place }: { readonly segment: Segment; readonly place: Place }) {
  const [text, setText] = useState('');
  const found = text === '' ? segment.members : segment.members.filter((member) => member.includes(text));
  return (
    <Section title="Members" aside={<Counted found={found.length} of={segment.memberCount} />}>
      {segment.members.length > 0 && (
        <TextInput
          aria-label="Find members"
          placeholder="Part of a key"
          leftSection={<IconSearch size={16} />}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
      )}
      <Group gap={4}>
        {found.slice(0, SHOWN).map((member) => (
          <Badge key={member} variant="light" color="gray" tt="none" fw={500} maw={240}>
            {member}
          </Badge>
        ))}
        {found.length > SHOWN && (
          <Text size="sm" c="dimmed">
            and {counted(found.length - SHOWN)} more
          </Text>
        )}
        {segment.members.length === 0 && (
          <Text size="sm" c="dimmed">
            Nobody is in by key.
          </Text>
        )}
      </Group>
      <MoveMembers segment={segment} place={place} />
    </Section>
  );
}

function Counted({ found, of }: { readonly found: number; readonly of: number }) {
  return (
    <Text size="sm" c="dimmed" className="tabular">
      {found === of ? counted(of) : `${counted(found)} of ${counted(of)}`}
    </Text>
  );
}

function MoveMembers({ segment: { name }, place }: { readonly segment: Segment; readonly place: Place }) {
  const [lines, setLines] = useState('');
  const { data: isProtected = true } = useQuery(queries.isProtected(place));
  // What a list of another program leaves at the ends of its lines is no part of a key.
  const userIds = [...new Set(lines.split('\n').map((line) => line.trim()))].filter((key) => key !== '');
  const input = (reason: string) => ({ ...place, key: name, userIds, ...(reason === '' ? {} : { reason }) });
  const onDone = (): void => setLines('');
  const add = useAct<string>({
    send: (reason, idempotencyKey) => api.segments.addMembers(input(reason), { idempotencyKey }),
    done: () => `${name} has them`,
    onDone,
  });
  const remove = useAct<string>({
    send: (reason, idempotencyKey) => api.segments.removeMembers(input(reason), { idempotencyKey }),
    done: () => `${name} has them no more`,
    onDone,
  });
  const many = userIds.length === 1 ? '1 key' : `${counted(userIds.length)} keys`;
  const common = { isReasonNeeded: isProtected, isUnready: userIds.length === 0 };
  return (
    <Stack gap="xs">
      <Textarea
        label="Keys to add or take out"
        description="One a line, as many as a list has"
        value={lines}
        onChange={({ currentTarget }) => setLines(currentTarget.value)}
        minRows={2}
        maxRows={10}
        autosize
      />
      <Group justify="flex-end" gap="xs">
        <Reasoned
          {...common}
          label="Take out"
          consequence={`${many} will be members no more; those that are none stay none.`}
          isRunning={remove.isRunning}
          onConfirm={remove.run}
          button={{ variant: 'default' }}
        />
        <Reasoned
          {...common}
          label="Add"
          consequence={`${many} will be members; those that are already stay.`}
          isRunning={add.isRunning}
          onConfirm={add.run}
        />
      </Group>
    </Stack>
  );
}
