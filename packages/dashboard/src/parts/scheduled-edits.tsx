/** Edits of a flag that wait for their instant, and taking one back before it comes. */
import { Group, Stack, Text } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useAct } from '../api/acting.tsx';
import type { Flag, Place, ScheduledEdit } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { queries } from '../api/queries.ts';
import { Asked } from './asked.tsx';
import { DifferencesInWords } from './differences/differences.tsx';
import { differencesOf } from './differences/settings-words.ts';
import { Moment } from './moment.tsx';
import { Reasoned } from './reasoned.tsx';
import { Section } from './section.tsx';

/** Not there while nothing waits. */
export function ScheduledEdits({ flag, place }: { readonly flag: Flag; readonly place: Place }) {
  const edits = useQuery(queries.scheduledEdits(place, flag.name));
  if (edits.data?.length === 0) return null;
  return (
    <Section title="Scheduled">
      <Asked query={edits} rows={1}>
        {(waiting) => (
          <Stack gap="md">
            {waiting.map((edit) => (
              <Waiting key={edit.id} edit={edit} place={place} />
            ))}
          </Stack>
        )}
      </Asked>
    </Section>
  );
}

function Waiting({ edit, place }: { readonly edit: ScheduledEdit; readonly place: Place }) {
  const kept = useQuery(queries.flagSettings(place, edit.flag));
  const { data: isProtected = true } = useQuery(queries.isProtected(place));
  const cancel = useAct<string>({
    send: (reason, idempotencyKey) =>
      api.flags.cancelScheduled({ ...place, id: edit.id, ...(reason === '' ? {} : { reason }) }, { idempotencyKey }),
    done: () => `The edit of ${edit.flag} will not be made`,
  });
  const now = kept.data?.settings;
  return (
    <Stack gap={4} component="article" aria-label={`Edit ${edit.id}`}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap={6}>
          <IconClock size={16} aria-hidden />
          <Text size="sm" fw={600}>
            {new Date(edit.at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}
          </Text>
          <Moment at={edit.at} />
        </Group>
        <Reasoned
          label="Cancel"
          consequence={`What was scheduled for ${new Date(edit.at).toLocaleString()} will not be made.`}
          isReasonNeeded={isProtected}
          isRunning={cancel.isRunning}
          onConfirm={cancel.run}
          button={{ variant: 'default', size: 'compact-sm' }}
        />
      </Group>
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        by {edit.actor}
        {edit.reason === '' ? '' : `: ${edit.reason}`}
      </Text>
      {now !== undefined && <DifferencesInWords differences={differencesOf(now, { ...now, ...edit.settings })} />}
    </Stack>
  );
}
