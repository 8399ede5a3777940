/** The metrics of a new test: what decides, what must not get worse, and what is looked at besides. */
import { ActionIcon, Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { NumberField } from './number-field.tsx';
import type { MetricChoice } from './test-choices.ts';

interface TestMetricFieldsProps {
  readonly metrics: readonly MetricChoice[];
  readonly onChange: (metrics: readonly MetricChoice[]) => void;
}

const ROLES = [
  { value: 'primary', label: 'decides' },
  { value: 'guardrail', label: 'guardrail' },
  { value: 'secondary', label: 'besides' },
];
const GOALS = [
  { value: 'increase', label: 'more is good' },
  { value: 'decrease', label: 'less is good' },
];

export function TestMetricFields({ metrics, onChange }: TestMetricFieldsProps) {
  const set = (id: number, changed: Partial<MetricChoice>): void =>
    onChange(metrics.map((metric) => (metric.id === id ? { ...metric, ...changed } : metric)));
  const add = (): void => {
    const id = Math.max(0, ...metrics.map((metric) => metric.id)) + 1;
    onChange([...metrics, { id, name: '', role: 'guardrail', goal: 'decrease', marginPercent: 0 }]);
  };
  return (
    <Stack gap="xs">
      {metrics.map((metric, index) => (
        <MetricRow
          key={metric.id}
          metric={metric}
          index={index}
          onChange={(changed) => set(metric.id, changed)}
          {...(metrics.length > 1 ? { onTakeOut: () => onChange(metrics.filter(({ id }) => id !== metric.id)) } : {})}
        />
      ))}
      <Group justify="flex-end">
        <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} />} onClick={add}>
          One more metric
        </Button>
      </Group>
    </Stack>
  );
}

interface MetricRowProps {
  readonly metric: MetricChoice;
  readonly index: number;
  readonly onChange: (changed: Partial<MetricChoice>) => void;
  /** Where it may go. */
  readonly onTakeOut?: () => void;
}

function MetricRow({ metric, index, onChange, onTakeOut }: MetricRowProps) {
  return (
    <Group gap="xs" align="flex-end">
      <TextInput
        flex="1 1 140px"
        label="Metric"
        aria-label={`Metric ${index + 1}`}
        placeholder="orders"
        value={metric.name}
        onChange={({ currentTarget }) => onChange({ name: currentTarget.value })}
      />
      <Select
        w={120}
        aria-label={`Role of metric ${index + 1}`}
        data={ROLES}
        value={metric.role}
        onChange={(role) => onChange({ role: role as MetricChoice['role'] })}
        allowDeselect={false}
      />
      <Select
        w={140}
        aria-label={`Good direction of metric ${index + 1}`}
        data={GOALS}
        value={metric.goal}
        onChange={(goal) => onChange({ goal: goal as MetricChoice['goal'] })}
        allowDeselect={false}
      />
      {metric.role === 'guardrail' && (
        <NumberField
          w={120}
          label="May be worse by"
          aria-label={`Margin of metric ${index + 1}`}
          value={metric.marginPercent}
          onChange={(value) => onChange({ marginPercent: value })}
          suffix=" %"
          min={0}
          max={100}
          hideControls
        />
      )}
      {onTakeOut !== undefined && (
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={`Take metric ${index + 1} out`} onClick={onTakeOut}>
          <IconTrash size={16} />
        </ActionIcon>
      )}
    </Group>
  );
}
