/** Every comparison of a test: its interval on one axis with the others, and its figures. */
import { Stack, Table, Text } from '@mantine/core';
import type { MetricResult, TestResults } from '../api/answers.ts';
import { IntervalPlot, type PlottedInterval } from './interval-plot.tsx';
import { Nothing } from './nothing.tsx';
import { chance, counted, figure, signedPercent } from './numbers.ts';
import { Section } from './section.tsx';
import { StackedCell, StackedTable } from './stacked-table.tsx';
import { MetricBadge } from './test-badge.tsx';

const ROLES = [
  { role: 'primary', title: 'What decides', hint: 'Primary metrics, corrected for there being several.' },
  { role: 'guardrail', title: 'Guardrails', hint: 'What must not get worse by more than its margin.' },
  { role: 'secondary', title: 'Besides', hint: 'Secondary metrics: hints for the next test, no findings.' },
] as const;

interface Comparison {
  readonly arm: string;
  readonly metric: MetricResult;
}

export function TestMetrics({ results }: { readonly results: TestResults }) {
  const all: readonly Comparison[] = Object.entries(results.arms).flatMap(([arm, { metrics }]) =>
    Object.values(metrics).map((metric) => ({ arm, metric })),
  );
  if (all.length === 0)
    return (
      <Section title="What decides">
        <Nothing title="Nothing was recorded yet" hint="Values count from a unit's first exposure on." />
      </Section>
    );
  return ROLES.map(({ role, title, hint }) => {
    const own = all.filter(({ metric }) => metric.role === role);
    if (own.length === 0) return null;
    return (
      <Section key={role} title={title}>
        <Text size="sm" c="dimmed">
          {hint}
        </Text>
        <Compared comparisons={own} title={`${title}: change against the control`} />
      </Section>
    );
  });
}

function Compared({ comparisons, title }: { readonly comparisons: readonly Comparison[]; readonly title: string }) {
  const intervals = comparisons.flatMap(plotted);
  return (
    <Stack gap="md">
      {intervals.length > 0 && <IntervalPlot intervals={intervals} title={title} />}
      <StackedTable label={title} columns={COLUMNS}>
        {comparisons.map((comparison) => (
          <Figures key={`${comparison.arm} ${comparison.metric.name}`} comparison={comparison} />
        ))}
      </StackedTable>
    </Stack>
  );
}

const COLUMNS = [
  { name: 'Metric' },
  { name: 'Control', isFigure: true },
  { name: 'Treatment', isFigure: true },
  { name: 'Change', isFigure: true },
  { name: 'p', isFigure: true },
  { name: 'Units', isFigure: true },
  { name: 'Verdict' },
];

function Figures({ comparison: { arm, metric } }: { readonly comparison: Comparison }) {
  const { name, goal, adjustment, controlMean, treatmentMean, lift, adjustedPValue, controlUnits, treatmentUnits } = metric;
  const figures = [
    { of: 'Control', text: figure(controlMean, 4) },
    { of: 'Treatment', text: figure(treatmentMean, 4) },
    { of: 'Change', text: signedPercent(lift) },
    { of: 'p', text: chance(adjustedPValue) },
    { of: 'Units', text: counted(controlUnits + treatmentUnits) },
  ];
  return (
    <Table.Tr>
      <StackedCell of="Metric" isHead>
        <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Text>
        <Text size="xs" c="dimmed">
          {arm}, good is {goal === 'increase' ? 'more' : 'less'}
          {adjustment === null ? '' : '; its change is adjusted'}
        </Text>
      </StackedCell>
      {figures.map(({ of, text }) => (
        <StackedCell key={of} of={of} isFigure>
          {text}
        </StackedCell>
      ))}
      <StackedCell of="Verdict">
        <MetricBadge metric={metric} />
      </StackedCell>
    </Table.Tr>
  );
}

const TONES: Readonly<Record<MetricResult['verdict'], PlottedInterval['tone']>> = {
  better: 'good',
  notWorse: 'good',
  worse: 'bad',
  noDifference: 'open',
  insufficientData: 'open',
  undefined: 'open',
};

function plotted({ arm, metric }: Comparison): PlottedInterval[] {
  const { name, lift, liftInterval, verdict } = metric;
  if (lift === null || liftInterval === null) return [];
  const [lower = lift, upper = lift] = liftInterval;
  return [{ name, note: arm, estimate: lift, lower, upper, tone: TONES[verdict] }];
}
