/** Somebody else saved while one edited: both versions beside each other, and one decides. */
import { Alert, Button, Group, Modal, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FlagSettings, HistoryEvent, Place } from '../api/answers.ts';
import { queries } from '../api/queries.ts';
import { DifferencesInWords } from './differences/differences.tsx';
import { differencesOf, FIELD_LABELS } from './differences/settings-words.ts';
import { Moment } from './moment.tsx';
import { contestedFields } from './targeting/draft.ts';

export interface EditConflictProps {
  readonly name: string;
  readonly place: Place;
  readonly base: FlagSettings;
  readonly theirs: FlagSettings;
  readonly mine: FlagSettings;
  readonly onTakeTheirs: () => void;
  readonly onKeepMine: () => void;
}

export function EditConflict(props: EditConflictProps) {
  const [isOpen, setIsOpen] = useState(false);
  const { name, place } = props;
  const history = useQuery(queries.history(place, { kind: 'flag', key: name }));
  const latest = history.data?.[0];
  return (
    <Alert color="orange" title={`${latest?.actor ?? 'Somebody'} changed ${name} meanwhile`}>
      <Group justify="space-between">
        <Text size="sm">Your edit is still here. Nothing of either is lost until you decide.</Text>
        <Button size="xs" color="orange" onClick={() => setIsOpen(true)}>
          Compare both
        </Button>
      </Group>
      <Modal opened={isOpen} onClose={() => setIsOpen(false)} title={`Two versions of ${name}`} size="xl">
        <BothVersions {...props} latest={latest} onClose={() => setIsOpen(false)} />
      </Modal>
    </Alert>
  );
}

interface BothVersionsProps extends EditConflictProps {
  readonly latest: HistoryEvent | undefined;
  readonly onClose: () => void;
}

function BothVersions({ base, theirs, mine, latest, onTakeTheirs, onKeepMine, onClose }: BothVersionsProps) {
  const contested = contestedFields(base, theirs, mine).map((field) => FIELD_LABELS[field]);
  const decide = (how: () => void) => () => {
    onClose();
    how();
  };
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
        <Version title="Theirs, as it is now" base={base} version={theirs}>
          {latest !== undefined && (
            <Group gap={6}>
              <Text size="sm" c="dimmed">
                {latest.actor}
                {latest.reason === '' ? '' : `: ${latest.reason}`}
              </Text>
              <Moment at={latest.at} />
            </Group>
          )}
        </Version>
        <Version title="Yours, not saved" base={base} version={mine} />
      </SimpleGrid>
      <Text size="sm">
        {contested.length === 0
          ? 'You changed different things: yours fits on top of theirs.'
          : `Both changed ${contested.join(', ')}: with yours on top, theirs goes there.`}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={decide(onTakeTheirs)}>
          Take theirs
        </Button>
        <Button onClick={decide(onKeepMine)}>Put mine on top</Button>
      </Group>
    </Stack>
  );
}

interface VersionProps {
  readonly title: string;
  readonly base: FlagSettings;
  readonly version: FlagSettings;
  readonly children?: React.ReactNode;
}

function Version({ title, base, version, children }: VersionProps) {
  const differences = differencesOf(base, version);
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Title order={3} size="h6">
        {title}
      </Title>
      {children}
      {differences.length === 0 ? (
        <Text size="sm" c="dimmed">
          As it was when you began.
        </Text>
      ) : (
        <DifferencesInWords differences={differences} />
      )}
    </Stack>
  );
}
