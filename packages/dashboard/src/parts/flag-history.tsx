/** What was changed of a flag: who, when, why, what exactly, and back to how it was. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../api/acting.tsx';
import type { Flag, HistoryEvent, Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { queries } from '../api/queries.ts';
import { Asked } from './asked.tsx';
import { Differences } from './differences/differences.tsx';
import { Happenings } from './happenings.tsx';
import { Reasoned } from './reasoned.tsx';
import { Section } from './section.tsx';

interface OfFlag {
  readonly flag: Flag;
  readonly place: Place;
}

/** Two revisions that are looked at. */
interface Compared {
  readonly from: number | null;
  readonly to: number;
}

/** Of what happened to it: the rest is asked for. */
const FIRST = 10;

export function FlagHistory({ flag, place }: OfFlag) {
  const history = useQuery(queries.history(place, { kind: 'flag', key: flag.name }));
  const [compared, setCompared] = useState<Compared | null>(null);
  const [isWhole, { open: showWhole }] = useDisclosure();
  const action = (event: HistoryEvent) => {
    const to = revisionOf(event);
    const earlier = (history.data ?? []).map(revisionOf).filter((revision) => revision < to);
    const from = earlier.length === 0 ? null : Math.max(...earlier);
    return (
      <Group gap={6} justify="flex-end" wrap="nowrap">
        <Button size="compact-xs" variant="subtle" onClick={() => setCompared({ from, to })}>
          What changed
        </Button>
        {to < flag.revision && <Restore flag={flag} place={place} revision={to} />}
      </Group>
    );
  };
  return (
    <Section title="History">
      <Asked query={history}>
        {(events) => (
          <>
            <Happenings events={isWhole ? events : events.slice(0, FIRST)} place={place} action={action} />
            {!isWhole && events.length > FIRST && (
              <Button size="compact-sm" variant="subtle" onClick={showWhole} style={{ alignSelf: 'flex-start' }}>
                Show all {events.length}
              </Button>
            )}
          </>
        )}
      </Asked>
      <Modal opened={compared !== null} onClose={() => setCompared(null)} title={titleOf(compared)} size="lg" closeOnClickOutside>
        {compared !== null && <Between flag={flag} place={place} {...compared} />}
      </Modal>
    </Section>
  );
}

function revisionOf({ record }: HistoryEvent): number {
  return (record as { readonly revision: number }).revision;
}

function titleOf(compared: Compared | null): string {
  if (compared === null) return '';
  return compared.from === null ? `Revision ${compared.to}, the first` : `From revision ${compared.from} to ${compared.to}`;
}

function Between({ flag, place, from, to }: OfFlag & Compared) {
  const after = useQuery(queries.flagSettings(place, flag.name, to));
  const before = useQuery({ ...queries.flagSettings(place, flag.name, from ?? to), enabled: from !== null });
  return (
    <Asked query={after}>
      {({ settings }) =>
        from === null ? (
          <Differences before={{}} after={settings} />
        ) : (
          <Asked query={before}>{(earlier) => <Differences before={earlier.settings} after={settings} />}</Asked>
        )
      }
    </Asked>
  );
}

/** What will be different is read before it is done. */
function Restore({ flag, place, revision }: OfFlag & { readonly revision: number }) {
  const { data: isProtected = true } = useQuery(queries.isProtected(place));
  const restore = useAct<string>({
    send: (reason, idempotencyKey) =>
      api.flags.restoreRevision(
        { ...place, key: flag.name, revision, reason: reason === '' ? `back to revision ${revision}` : reason },
        { ifRevision: flag.revision, idempotencyKey },
      ),
    done: () => `${flag.name} is as it was in revision ${revision}`,
  });
  return (
    <Reasoned
      label="Restore"
      consequence={`${flag.name} becomes again what it was in revision ${revision}, as a new revision.`}
      isReasonNeeded={isProtected}
      isRunning={restore.isRunning}
      onConfirm={restore.run}
      button={{ variant: 'default', size: 'compact-xs' }}
    >
      <RestoredDifferences flag={flag} place={place} revision={revision} />
    </Reasoned>
  );
}

function RestoredDifferences({ flag, place, revision }: OfFlag & { readonly revision: number }) {
  const now = useQuery(queries.flagSettings(place, flag.name));
  const then = useQuery(queries.flagSettings(place, flag.name, revision));
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500}>
        What becomes different from now
      </Text>
      <Asked query={now} rows={1}>
        {(kept) => (
          <Asked query={then} rows={1}>
            {({ settings }) => <Differences before={kept.settings} after={settings} />}
          </Asked>
        )}
      </Asked>
    </Stack>
  );
}
