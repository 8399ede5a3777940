/** What simulated rollouts came to: when harm is found, how many users saw it until then, how often a good change is stopped. */
import { Alert, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import type { Percentiles } from '@sluice/core';
import { duration } from '../durations.ts';
import { Figure } from '../figure.tsx';
import { counted, figure } from '../numbers.ts';
import type { SimulationState } from './use-simulation.ts';

export interface ForecastProps {
  readonly state: Extract<SimulationState, { kind: 'forecast' }>;
  /** The dialog says something else by now. */
  readonly isOld: boolean;
}

export function Forecast({ state: { forecast, simulated }, isOld }: ForecastProps) {
  const { assumed, harmless, falseRollback, takenAsGood } = forecast;
  const of = `of ${simulated.replicates} simulated`;
  return (
    <Stack gap="xs" role="status" aria-label="Forecast" style={{ opacity: isOld ? 0.6 : 1 }}>
      {isOld && (
        <Text size="xs" fw={600}>
          This is of the plan before you changed it. Simulate again.
        </Text>
      )}
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm" style={{ alignItems: 'end' }}>
        <Figure label="Good change taken back" value={percent(falseRollback)} hint={of} />
        <Figure label="Good change completes" value={percent(harmless.completed)} hint={of} />
        <Figure label="Bad change taken back" value={percent(assumed.rolledBack)} hint={of} />
        <Figure label="Bad change completes" value={percent(assumed.completed)} hint={of} />
      </SimpleGrid>
      <Table withRowBorders={false} verticalSpacing={2} horizontalSpacing="xs" fz="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>With the bad change</Table.Th>
            <Table.Th ta="right">half, at most</Table.Th>
            <Table.Th ta="right">90 %</Table.Th>
            <Table.Th ta="right">99 %</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Row label="Found after" of={assumed.detectionMs} say={duration} none="not found" />
          <Row label="Users who got it" of={assumed.exposedUnits} say={count} />
          <Row label="Users who met an error" of={assumed.errorUnits} say={count} />
        </Table.Tbody>
      </Table>
      {takenAsGood.length > 0 && (
        <Alert color="yellow" p="xs">
          <Text size="xs">Not simulated, taken as good: {takenAsGood.join(', ')}.</Text>
        </Alert>
      )}
    </Stack>
  );
}

interface RowProps {
  readonly label: string;
  readonly of: Percentiles;
  readonly say: (value: number) => string;
  readonly none?: string;
}

function Row({ label, of, say, none = '–' }: RowProps) {
  return (
    <Table.Tr>
      <Table.Th fw={400}>{label}</Table.Th>
      {(['p50', 'p90', 'p99'] as const).map((name) => {
        const value = of[name];
        return (
          <Table.Td key={name} ta="right" className="tabular">
            {value === null ? none : say(value)}
          </Table.Td>
        );
      })}
    </Table.Tr>
  );
}

function percent(part: number): string {
  return `${figure(part * 100)} %`;
}

function count(units: number): string {
  return counted(units);
}
