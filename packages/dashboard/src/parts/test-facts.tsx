/** How a test was set up. */
import { Code, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Test } from '../api/answers.ts';
import { Moment } from './moment.tsx';
import { counted } from './numbers.ts';
import { Section } from './section.tsx';
import { daysInWords, metricInWords, percent } from './test-words.ts';

export function TestFacts({ test }: { readonly test: Test }) {
  const {
    arms,
    trafficShare,
    trackedMetrics,
    durationDays,
    plannedUnits,
    layer,
    eligibility,
    startsAt,
    startedAt,
    endsAt,
    stoppedAt,
  } = test;
  return (
    <Section title="Setup">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" verticalSpacing="sm">
        <Fact label="Arms">
          {arms.map(({ variant, component, weight }) => (
            <Text key={variant} size="sm" style={{ overflowWrap: 'anywhere' }}>
              {variant}: {component}, {percent(weight)}
            </Text>
          ))}
        </Fact>
        <Fact label="Metrics">
          {trackedMetrics.length === 0 && <Text size="sm">as they are recorded</Text>}
          {trackedMetrics.map((metric) => (
            <Text key={metric.name} size="sm" style={{ overflowWrap: 'anywhere' }}>
              {metricInWords(metric)}
            </Text>
          ))}
        </Fact>
        <Fact label="Who is in">
          <Text size="sm">
            {percent(trafficShare)} of {Object.keys(eligibility).length === 0 ? 'everybody' : 'those for whom this holds:'}
          </Text>
          {Object.keys(eligibility).length > 0 && <Code block>{JSON.stringify(eligibility, null, 2)}</Code>}
          {layer !== null && <Text size="sm">in the layer {layer}, in which tests share no unit</Text>}
        </Fact>
        <Fact label="Time">
          <Text size="sm">
            planned for {daysInWords(durationDays)}
            {plannedUnits === null ? '' : `, ${counted(plannedUnits)} units`}
          </Text>
          {startedAt === null && startsAt !== null && <Dated word="starts" at={startsAt} />}
          {startedAt !== null && <Dated word="started" at={startedAt} />}
          {stoppedAt === null && endsAt !== null && <Dated word="ends" at={endsAt} />}
          {stoppedAt !== null && <Dated word="stopped" at={stoppedAt} />}
          {test.stopReason !== null && (
            <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {test.stopReason}
            </Text>
          )}
        </Fact>
      </SimpleGrid>
    </Section>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <Stack gap={2} miw={0}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      {children}
    </Stack>
  );
}

function Dated({ word, at }: { readonly word: string; readonly at: string }) {
  return (
    <Group gap={6}>
      <Text size="sm">{word}</Text>
      <Moment at={at} />
    </Group>
  );
}
