/** How a test was set up. */
import { Code, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Test } from '../api/answers.ts';
import { duration } from './durations.ts';
import { Moment } from './moment.tsx';
import { counted } from './numbers.ts';
import { Section } from './section.tsx';

export function TestFacts({ test }: { readonly test: Test }) {
  const { arms, trafficShare, trackedMetrics, durationDays, plannedUnits, layer, eligibility, startedAt, endsAt, stoppedAt } =
    test;
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
          {trackedMetrics.map(({ name, role, goal }) => (
            <Text key={name} size="sm" style={{ overflowWrap: 'anywhere' }}>
              {name}: {role}, good is {goal === 'increase' ? 'more' : 'less'}
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
            planned for {durationDays >= 1 ? `${durationDays} days` : duration(durationDays * 86_400_000)}
            {plannedUnits === null ? '' : `, ${counted(plannedUnits)} units`}
          </Text>
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

function percent(part: number): string {
  return `${Number((part * 100).toFixed(3))} %`;
}
