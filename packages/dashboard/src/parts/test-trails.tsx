/** How the interval of one comparison narrowed over time: the confidence sequence, which holds at every look together. */
import { Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Test, TestResults } from '../api/answers.ts';
import { ChartKey } from './chart-key.tsx';
import { LazyChart } from './lazy-chart.tsx';
import { counted, signed } from './numbers.ts';
import { Section } from './section.tsx';

type Trail = TestResults['arms'][string]['trails'][string];

export function TestTrails({ test, results }: { readonly test: Test; readonly results: TestResults }) {
  const all = Object.entries(results.arms).flatMap(([arm, { trails }]) =>
    Object.entries(trails)
      .filter(([, trail]) => trail.length > 1)
      .map(([metric, trail]) => ({ name: `${metric} in ${arm}`, metric, trail })),
  );
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = all.find(({ name }) => name === chosen) ?? all.find(({ metric }) => isPrimary(results, metric)) ?? all[0];
  if (test.method !== 'sequence' || shown === undefined) return null;
  return (
    <Section
      title="Over time"
      aside={
        all.length > 1 && (
          <Select
            aria-label="Comparison"
            size="xs"
            w={220}
            data={all.map(({ name }) => name)}
            value={shown.name}
            onChange={setChosen}
            allowDeselect={false}
          />
        )
      }
    >
      <TrailChart name={shown.name} trail={shown.trail} />
    </Section>
  );
}

function isPrimary({ metrics }: TestResults, name: string): boolean {
  return metrics[name]?.role === 'primary';
}

function TrailChart({ name, trail }: { readonly name: string; readonly trail: Trail }) {
  const now = trail.at(-1);
  if (now === undefined) return null;
  const said = `Difference of ${name}: now ${signed(now.difference)}, with 95 % confidence between ${signed(now.lower)} and ${signed(now.upper)}, after ${counted(now.units)} units`;
  return (
    <Stack gap="xs">
      <LazyChart
        label={said}
        times={trail.map(({ at }) => at)}
        band={[1, 2]}
        format={(value) => signed(value)}
        range={[0, 0]}
        height={220}
        lines={[
          { label: 'Difference', values: trail.map(({ difference }) => difference), color: '--sluice-water' },
          { label: 'Upper', values: trail.map(({ upper }) => upper), color: '--sluice-water', kind: 'edge' },
          { label: 'Lower', values: trail.map(({ lower }) => lower), color: '--sluice-water', kind: 'edge' },
          { label: 'None', values: trail.map(() => 0), color: '--mantine-color-dimmed', kind: 'threshold' },
        ]}
      />
      <ChartKey
        entries={[
          { label: 'difference, within its 95 % band', color: '--sluice-water' },
          { label: 'no difference', color: '--mantine-color-dimmed', isDashed: true },
        ]}
      />
      <Text size="sm" c="dimmed">
        {said}. {trail.length < 3 ? 'The line grows as the test is looked at.' : ''}
      </Text>
    </Stack>
  );
}
