/** What a user gets, and why, step by step. Counts as no exposure. */
import { Badge, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconUserSearch } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { AnswerTo, Flag, Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { Section } from './section.tsx';

export function TryUser({ flag, place }: { readonly flag: Flag; readonly place: Place }) {
  const [userId, setUserId] = useState('');
  const explain = useMutation({ mutationFn: () => api.flags.explain({ ...place, key: flag.name, unit: { userId } }) });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    explain.mutate();
  };
  return (
    <Section title="Try a user">
      <form onSubmit={submit}>
        <Group align="flex-end">
          <TextInput
            flex={1}
            aria-label="User"
            placeholder="user-1"
            value={userId}
            onChange={({ currentTarget }) => setUserId(currentTarget.value)}
            required
          />
          <Button type="submit" variant="default" leftSection={<IconUserSearch size={16} />} loading={explain.isPending}>
            What do they get?
          </Button>
        </Group>
      </form>
      {explain.isError && <Text c="red">{explain.error.message}</Text>}
      {explain.data !== undefined && <Explained explanation={explain.data} />}
    </Section>
  );
}

function Explained({ explanation: { variant, reason, steps, value } }: { readonly explanation: AnswerTo<'flags', 'explain'> }) {
  return (
    <Stack gap={4}>
      <Text size="sm">
        They get <b>{variant ?? JSON.stringify(value)}</b>, {reason}.
      </Text>
      {steps.map(({ step, outcome, message }) => (
        <Group key={`${step} ${message}`} gap="xs" wrap="nowrap" align="flex-start">
          <Badge variant={outcome === 'decided' ? 'filled' : 'default'} size="sm" tt="none" miw={128}>
            {step}
          </Badge>
          <Text size="sm" {...(outcome === 'decided' ? {} : { c: 'dimmed' })}>
            {message}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
