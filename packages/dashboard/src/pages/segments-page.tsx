/** Named sets of units, for flags to refer to. */
import { Badge, Button, Group, Modal, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { useAct } from '../api/acting.tsx';
import type { Place, SegmentSummary } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { queries } from '../api/queries.ts';
import { addressIn, usePlace } from '../app/place.ts';
import { Asked } from '../parts/asked.tsx';
import { nameProblem } from '../parts/name-problem.ts';
import { Nothing } from '../parts/nothing.tsx';
import { counted } from '../parts/numbers.ts';
import { View } from '../parts/view.tsx';

export function SegmentsPage() {
  const place = usePlace();
  const segments = useQuery(queries.segments(place));
  const [isOpen, { open, close }] = useDisclosure();
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      New segment
    </Button>
  );
  return (
    <View title="Segments" hint={`Sets of units that flags of ${place.environment} refer to by name`} actions={create}>
      <Modal opened={isOpen} onClose={close} title="New segment" centered>
        <CreateSegment place={place} />
      </Modal>
      <Asked query={segments}>
        {(all) =>
          all.length === 0 ? (
            <Nothing
              title="There is no segment yet"
              hint="A segment names units once, by key or by condition, and every flag that refers to it follows."
            />
          ) : (
            <Paper withBorder radius="md" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
              {all.map((segment, index) => (
                <SegmentRow key={segment.name} segment={segment} place={place} isFirst={index === 0} />
              ))}
            </Paper>
          )
        }
      </Asked>
    </View>
  );
}

interface SegmentRowProps {
  readonly segment: SegmentSummary;
  readonly place: Place;
  readonly isFirst: boolean;
}

function SegmentRow({ segment, place, isFirst }: SegmentRowProps) {
  const { name, description, tags } = segment;
  return (
    <li style={isFirst ? {} : { borderTop: '1px solid var(--mantine-color-default-border)' }}>
      <Link to={addressIn(place, 'segments', name)} className="row-link">
        <Group px="md" py="sm" wrap="nowrap" justify="space-between">
          <div style={{ minWidth: 0, flex: 1 }}>
            <Text fw={600} size="sm" truncate className="row-name">
              {name}
            </Text>
            <Text size="xs" c="dimmed" truncate>
              {description === '' ? 'no description' : description}
            </Text>
          </div>
          <Group gap={4} visibleFrom="sm" wrap="nowrap">
            {tags.slice(0, 3).map((tag) => (
              <Badge key={tag} variant="default" size="sm" tt="none">
                {tag}
              </Badge>
            ))}
          </Group>
          <Text size="sm" c="dimmed" className="tabular" style={{ whiteSpace: 'nowrap' }}>
            {whoIsIn(segment)}
          </Text>
        </Group>
      </Link>
    </li>
  );
}

function whoIsIn({ memberCount, hasCondition }: SegmentSummary): string {
  const members = memberCount === 1 ? '1 member' : `${counted(memberCount)} members`;
  if (!hasCondition) return memberCount === 0 ? 'nobody yet' : members;
  return memberCount === 0 ? 'by condition' : `${members}, others by condition`;
}

function CreateSegment({ place }: { readonly place: Place }) {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const navigate = useNavigate();
  const create = useAct({
    send: (_input: undefined, idempotencyKey) =>
      api.segments.set(
        { ...place, key: name, settings: { description }, reason: 'created on the page' },
        { ifRevision: 0, idempotencyKey },
      ),
    onDone: () => void navigate(addressIn(place, 'segments', name)),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void create.run(undefined);
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          data-autofocus
          label="Name"
          description="As conditions and groups refer to it, such as beta-testers"
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          error={nameProblem(name)}
          required
        />
        <TextInput
          label="Who they are"
          value={description}
          onChange={({ currentTarget }) => setDescription(currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button type="submit" disabled={name === '' || nameProblem(name) !== null} loading={create.isRunning}>
            Create it, empty
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
