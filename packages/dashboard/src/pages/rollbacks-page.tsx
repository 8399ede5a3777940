/** What was taken back, by whom and why, with the report to copy. */
import { Anchor, Button, CopyButton, Group, Modal, ScrollArea, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from 'react-router';
import type { AnswerTo, Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { queries } from '../api/queries.ts';
import { addressIn, usePlace } from '../app/place.ts';
import { Asked } from '../parts/asked.tsx';
import { Moment } from '../parts/moment.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { View } from '../parts/view.tsx';

export function RollbacksPage() {
  const place = usePlace();
  const rollbacks = useQuery(queries.rollbacks(place));
  const { id: shown } = useParams();
  const navigate = useNavigate();
  const close = (): void => void navigate(addressIn(place, 'rollbacks'));
  return (
    <View title="Rollbacks" hint="What was taken back, by hand or by the evidence">
      <Modal opened={shown !== undefined} onClose={close} title="Post-mortem" size="xl">
        {shown !== undefined && <Report place={place} id={shown} />}
      </Modal>
      <Asked query={rollbacks}>
        {(all) =>
          all.length === 0 ? (
            <Nothing title="Nothing was taken back" hint="Kills, rollbacks and rollouts that harmed will stand here." />
          ) : (
            <ScrollArea type="auto">
              <Table verticalSpacing="sm" miw={640}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Flag</Table.Th>
                    <Table.Th>How</Table.Th>
                    <Table.Th>From → to</Table.Th>
                    <Table.Th>Why</Table.Th>
                    <Table.Th>When</Table.Th>
                    <Table.Th>Report</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {all.map(({ id, flag, strategy, fromPercentage, toPercentage, stopped, actor, reason, at }) => (
                    <Table.Tr key={id}>
                      <Table.Td>
                        <Anchor component={Link} to={addressIn(place, 'flags', flag)} fw={600} size="sm">
                          {flag}
                        </Anchor>
                      </Table.Td>
                      <Table.Td>
                        {HOW[strategy]}
                        {stopped !== null && (
                          <Text size="xs" c="dimmed">
                            stopped at {stopped.percentage} %
                          </Text>
                        )}
                      </Table.Td>
                      <Table.Td className="tabular">{`${fromPercentage ?? '?'} → ${toPercentage ?? '?'} %`}</Table.Td>
                      <Table.Td style={{ overflowWrap: 'anywhere' }}>
                        {reason}
                        <Text size="xs" c="dimmed">
                          {actor}
                        </Text>
                      </Table.Td>
                      <Table.Td>
                        <Moment at={at} />
                      </Table.Td>
                      <Table.Td>
                        <Button
                          component={Link}
                          to={addressIn(place, 'rollbacks', String(id))}
                          size="compact-sm"
                          variant="default"
                        >
                          Report
                        </Button>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </ScrollArea>
          )
        }
      </Asked>
    </View>
  );
}

const HOW: Readonly<Record<AnswerTo<'rollbacks', 'history'>['rollbacks'][number]['strategy'], string>> = {
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
          <Text component="pre" size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {markdown}
          </Text>
        </Stack>
      )}
    </Asked>
  );
}
