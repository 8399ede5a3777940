/** One test: what may be concluded, by what, how sure that is, and what to do now. */
import { Alert, Anchor, Badge, Button, Group, List, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconBulb } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { Place, Test, TestResults } from '../api/answers.ts';
import { queries } from '../api/queries.ts';
import { addressIn, usePlace } from '../app/place.ts';
import { Asked, isGone } from '../parts/asked.tsx';
import { Happenings } from '../parts/happenings.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { unbroken } from '../parts/numbers.ts';
import { SampleRatio } from '../parts/sample-ratio.tsx';
import { Section } from '../parts/section.tsx';
import { TestBadge } from '../parts/test-badge.tsx';
import { TestCommands } from '../parts/test-commands.tsx';
import { TestFacts } from '../parts/test-facts.tsx';
import { TestMetrics } from '../parts/test-metrics.tsx';
import { TestTrails } from '../parts/test-trails.tsx';
import { View } from '../parts/view.tsx';

export function TestPage() {
  const place = usePlace();
  const { test: key = '' } = useParams();
  const test = useQuery(queries.test(place, key));
  if (test.data === undefined && isGone(test.error))
    return (
      <Nothing title={`There is no test ${key}`} hint={`Nothing of this name was tried in ${place.environment}.`}>
        <Button component={Link} to={addressIn(place, 'tests')} variant="light">
          All tests
        </Button>
      </Nothing>
    );
  return <Asked query={test}>{(shown) => <TestView test={shown} place={place} />}</Asked>;
}

function TestView({ test, place }: { readonly test: Test; readonly place: Place }) {
  const { testId, description, phase } = test;
  const results = useQuery(queries.testResults(place, testId));
  const history = useQuery(queries.history(place, { kind: 'experiment', key: testId }));
  const hasBegun = phase === 'running' || phase === 'stopped';
  return (
    <View
      title={testId}
      hint={description === '' ? 'no description' : description}
      sign={
        <>
          <TestBadge test={test} />
          {test.archivedAt !== null && <Badge color="gray">archived</Badge>}
        </>
      }
      actions={<TestCommands test={test} winner={results.data?.winner ?? null} place={place} />}
    >
      {hasBegun && (
        <Asked query={results} rows={6}>
          {(found) => <Results test={test} results={found} />}
        </Asked>
      )}
      <TestFacts test={test} />
      <Section title="What happened" aside={<FlagLink testId={testId} place={place} />}>
        <Asked query={history}>{(events) => <Happenings events={events} place={place} />}</Asked>
      </Section>
    </View>
  );
}

function FlagLink({ testId, place }: { readonly testId: string; readonly place: Place }) {
  return (
    <Anchor component={Link} to={addressIn(place, 'flags', testId)} size="sm">
      The flag
    </Anchor>
  );
}

function Results({ test, results }: { readonly test: Test; readonly results: TestResults }) {
  return (
    <>
      <Conclusion results={results} />
      {results.warnings.length > 0 && (
        <Alert color="yellow" title={results.warnings.length === 1 ? 'One thing to know' : 'Things to know'} p="sm">
          <List size="sm" spacing={4}>
            {results.warnings.map((warning) => (
              <List.Item key={warning}>{warning}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      <TestMetrics results={results} />
      <TestTrails test={test} results={results} />
      <SampleRatio results={results} />
    </>
  );
}

function Conclusion({ results: { conclusion, winner, method } }: { readonly results: TestResults }) {
  const [headline, ...reasons] = conclusion;
  return (
    <Section
      title="Conclusion"
      aside={
        <Badge variant="default" tt="none">
          {method === 'sequence' ? 'valid at every look' : 'judged once, at its end'}
        </Badge>
      }
    >
      <Group align="flex-start" wrap="nowrap" gap="md">
        <ThemeIcon size={38} radius="xl" variant="light" color={winner === null ? 'gray' : 'teal'} visibleFrom="xs">
          <IconBulb size={22} />
        </ThemeIcon>
        <Stack gap={4} miw={0}>
          <Text fw={650} size="lg" style={{ overflowWrap: 'anywhere' }}>
            {headline}
          </Text>
          {reasons.map((reason) => (
            <Text key={reason} size="sm" style={{ overflowWrap: 'anywhere' }}>
              {unbroken(reason)}
            </Text>
          ))}
        </Stack>
      </Group>
    </Section>
  );
}
