/** What a user gets, and why, step by step. Counts as no exposure. */
import { Badge, Button, Collapse, Group, Stack, TagsInput, Text, Textarea, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconUserSearch } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { AnswerTo, Flag, Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { Section } from './section.tsx';
import { attributesOf, type TriedUnits, unitsOf } from './targeting/tried-units.ts';

export function TryUser({ flag, place }: { readonly flag: Flag; readonly place: Place }) {
  const [userId, setUserId] = useState('');
  const [more, setMore] = useState<More>({ groups: [], attributes: '' });
  const [hasMore, { toggle }] = useDisclosure();
  const read = attributesOf(more.attributes);
  const problem = 'problem' in read ? read.problem : null;
  const explain = useMutation({
    mutationFn: () => {
      const [unit] = unitsOf({ userIds: [userId], ...more });
      return api.flags.explain({ ...place, key: flag.name, ...(unit === undefined ? {} : { unit }) });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    explain.mutate();
  };
  return (
    <Section
      title="Try a user"
      aside={
        <Button size="compact-xs" variant="subtle" onClick={toggle} aria-expanded={hasMore}>
          With groups and attributes
        </Button>
      }
    >
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
          <Button
            type="submit"
            variant="default"
            disabled={problem !== null}
            leftSection={<IconUserSearch size={16} />}
            loading={explain.isPending}
          >
            What do they get?
          </Button>
        </Group>
        <Collapse expanded={hasMore}>
          <MoreOfUser {...more} onChange={setMore} problem={problem} />
        </Collapse>
      </form>
      {explain.isError && <Text c="red">{explain.error.message}</Text>}
      {explain.data !== undefined && <Explained explanation={explain.data} />}
    </Section>
  );
}

/** What else is known of them. */
type More = Pick<TriedUnits, 'groups' | 'attributes'>;

interface MoreOfUserProps extends More {
  readonly onChange: (more: More) => void;
  readonly problem: string | null;
}

function MoreOfUser({ groups, attributes, onChange, problem }: MoreOfUserProps) {
  return (
    <Stack gap="xs" mt="xs">
      <TagsInput
        label="Groups they are in"
        placeholder="Type and press Enter"
        value={[...groups]}
        onChange={(changed) => onChange({ groups: changed, attributes })}
        acceptValueOnBlur
      />
      <Textarea
        label="Attributes they have"
        placeholder='{"plan": "pro", "country": "DE"}'
        classNames={{ input: 'monospace' }}
        value={attributes}
        onChange={({ currentTarget }) => onChange({ groups, attributes: currentTarget.value })}
        error={problem}
        autosize
      />
    </Stack>
  );
}

/** In words what programs are told as a code. */
const WHY: Readonly<Record<AnswerTo<'flags', 'explain'>['reason'], string>> = {
  DISABLED: 'as everybody does while it is off',
  TARGETING_MATCH: 'because a name or a rule says so',
  DEFAULT: 'because they may not be in',
  SPLIT: 'by their place in the share',
  STATIC: 'whoever they are',
  ERROR: 'because it could not be decided',
};

function Explained({ explanation: { variant, reason, steps } }: { readonly explanation: AnswerTo<'flags', 'explain'> }) {
  return (
    <Stack gap={4}>
      <Text size="sm">
        They get <b>{variant ?? 'what their program falls back to'}</b>, {WHY[reason]}.{' '}
        <Text span size="xs" c="dimmed" className="monospace">
          {reason}
        </Text>
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
