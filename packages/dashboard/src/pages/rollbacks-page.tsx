/** What was taken back, by whom and why, with the report to copy. */
import { Anchor, Button, CopyButton, Group, Modal, Skeleton, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { AnswerTo, Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { queries } from '../api/queries.ts';
import { addressIn, usePlace } from '../app/place.ts';
import { Asked } from '../parts/asked.tsx';
import { Moment } from '../parts/moment.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { StackedCell, StackedTable } from '../parts/stacked-table.tsx';
import { View } from '../parts/view.tsx';

const MarkdownText = lazy(async () => ({ default: (await import('../parts/markdown-text.tsx')).MarkdownText }));

export function RollbacksPage() {
  const place = usePlace();
  const rollbacks = useQuery(queries.rollbacks(place));
  const { id: shown } = useParams();
  const navigate = useNavigate();
  const close = (): void => void navigate(addressIn(place, 'rollbacks'));
  return (
    <View title="Rollbacks" hint="What was taken back, by hand or by the evidence">
      <Modal opened={shown !== undefined} onClose={close} title="Post-mortem" size="xl" closeOnClickOutside>
        {shown !== undefined && <Report place={place} id={shown} />}
      </Modal>
      <Asked query={rollbacks}>
        {(all) =>
          all.length === 0 ? (
            <Nothing title="Nothing was taken back" hint="Kills, rollbacks and rollouts that harmed will stand here." />
          ) : (
            <StackedTable label="Rollbacks" columns={COLUMNS}>
              {all.map((rollback) => (
                <RollbackRow key={rollback.id} rollback={rollback} place={place} />
              ))}
            </StackedTable>
          )
        }
      </Asked>
    </View>
  );
}

type Rollback = AnswerTo<'rollbacks', 'history'>['rollbacks'][number];

const COLUMNS = ['Flag', 'How', 'From → to', 'Why', 'When', 'Report'].map((name) => ({ name }));

function RollbackRow({ rollback, place }: { readonly rollback: Rollback; readonly place: Place }) {
  const { id, flag, strategy, fromPercentage, toPercentage, stopped, actor, reason, at } = rollback;
  return (
    <Table.Tr>
      <StackedCell of="Flag" isHead>
        <Anchor component={Link} to={addressIn(place, 'flags', flag)} fw={600} size="sm" style={{ overflowWrap: 'anywhere' }}>
          {flag}
        </Anchor>
      </StackedCell>
      <StackedCell of="How">
        {HOW[strategy]}
        {stopped !== null && (
          <Text size="xs" c="dimmed">
            stopped at {stopped.percentage} %
          </Text>
        )}
      </StackedCell>
      <StackedCell of="From → to">
        <Text
          size="sm"
          className="tabular"
          style={{ whiteSpace: 'nowrap' }}
        >{`${fromPercentage ?? '?'} → ${toPercentage ?? '?'} %`}</Text>
      </StackedCell>
      <StackedCell of="Why">
        {reason === '' ? (
          <Text size="sm" c="dimmed">
            no reason was given
          </Text>
        ) : (
          <span style={{ overflowWrap: 'anywhere' }}>{reason}</span>
        )}
        <Text size="xs" c="dimmed">
          {actor}
        </Text>
      </StackedCell>
      <StackedCell of="When">
        <Moment at={at} />
      </StackedCell>
      <StackedCell of="Report">
        <Button component={Link} to={addressIn(place, 'rollbacks', String(id))} size="compact-sm" variant="default">
          Report
        </Button>
      </StackedCell>
    </Table.Tr>
  );
}

const HOW: Readonly<Record<Rollback['strategy'], string>> = {
  immediate: 'at once',
  gradual: 'step by step',
  targeted: 'from some users',
  automatic: 'by itself, by the evidence',
};

function Report({ place, id }: { readonly place: Place; readonly id: string }) {
  const report = useQuery({
    queryKey: ['history', place, 'report', id],
    queryFn: () => api.rollbacks.report({ ...place, id }),
  });
  return (
    <Asked query={report}>
      {({ markdown }) => (
        <Stack>
          <Group justify="flex-end">
            <CopyButton value={markdown}>
              {({ copied, copy }) => <Button onClick={copy}>{copied ? 'Copied' : 'Copy as Markdown'}</Button>}
            </CopyButton>
          </Group>
          <Suspense fallback={<Skeleton height={400} />}>
            <MarkdownText text={markdown} />
          </Suspense>
        </Stack>
      )}
    </Asked>
  );
}
