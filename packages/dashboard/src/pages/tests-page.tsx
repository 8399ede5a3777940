/** All tests of an environment, those that run first. */
import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFlask } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Link } from 'react-router';
import type { Place, Test } from '../api/answers.ts';
import { queries } from '../api/queries.ts';
import { addressIn, usePlace } from '../app/place.ts';
import { Asked } from '../parts/asked.tsx';
import { Moment } from '../parts/moment.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { TestBadge } from '../parts/test-badge.tsx';
import { View } from '../parts/view.tsx';

const TestSetup = lazy(async () => ({ default: (await import('../parts/test-setup.tsx')).TestSetup }));
const ORDER: readonly Test['phase'][] = ['running', 'scheduled', 'draft', 'stopped'];

export function TestsPage() {
  const place = usePlace();
  const tests = useQuery(queries.tests(place));
  const [isOpen, { open, close }] = useDisclosure();
  const button = (
    <Button size="sm" leftSection={<IconFlask size={16} />} onClick={open}>
      New test
    </Button>
  );
  const isEmpty = tests.data?.length === 0;
  return (
    <View title="Tests" hint="What was tried against what is, and what was learnt" actions={isEmpty ? null : button}>
      <Asked query={tests}>
        {(all) =>
          all.length === 0 ? (
            <Nothing
              title="There was no test yet"
              hint="A test holds two or more versions against one another and says which is better, with how sure that is."
            >
              {button}
            </Nothing>
          ) : (
            <Stack gap="sm">
              {[...all].sort(running).map((test) => (
                <TestCard key={test.testId} test={test} place={place} />
              ))}
            </Stack>
          )
        }
      </Asked>
      {isOpen && (
        <Suspense>
          <TestSetup place={place} onClose={close} />
        </Suspense>
      )}
    </View>
  );
}

function running(a: Test, b: Test): number {
  const since = ({ startedAt }: Test): number => (startedAt === null ? 0 : Date.parse(startedAt));
  return ORDER.indexOf(a.phase) - ORDER.indexOf(b.phase) || since(b) - since(a);
}

function TestCard({ test, place }: { readonly test: Test; readonly place: Place }) {
  const { testId, description, arms } = test;
  const dated = datedIn(test);
  return (
    <Paper component={Link} to={addressIn(place, 'tests', testId)} withBorder p="md" radius="md" className="row-link">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Stack gap={4} miw={0}>
          <Group gap="xs">
            <Text fw={650} className="row-name" style={{ overflowWrap: 'anywhere' }}>
              {testId}
            </Text>
            <TestBadge test={test} />
          </Group>
          {description !== '' && (
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {description}
            </Text>
          )}
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {arms.map(({ component, weight }) => `${component} ${Number((weight * 100).toFixed(1))} %`).join(' against ')}
          </Text>
        </Stack>
        {dated !== null && (
          <Group gap={4} wrap="nowrap">
            <Text size="sm" c="dimmed">
              {dated.word}
            </Text>
            <Moment at={dated.at} />
          </Group>
        )}
      </Group>
    </Paper>
  );
}

/** What time says most of it as it stands. */
function datedIn({ phase, startsAt, endsAt, stoppedAt }: Test): { readonly word: string; readonly at: string } | null {
  const [word, at] = phase === 'stopped' ? ['stopped', stoppedAt] : phase === 'running' ? ['ends', endsAt] : ['starts', startsAt];
  return at === null ? null : { word, at };
}
