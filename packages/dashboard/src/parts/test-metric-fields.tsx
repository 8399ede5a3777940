/** The metrics of a new test: what decides, what must not get worse, and what is looked at besides. */
import { ActionIcon, Button, Checkbox, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { NumberField } from './number-field.tsx';
import { type MetricChoice, PLAIN_METRIC } from './test-choices.ts';
import { AGGREGATION_WORDS } from './test-words.ts';

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

const AGGREGATIONS = Object.entries(AGGREGATION_WORDS).map(([value, label]) => ({ value, label }));

export function TestMetricFields({ metrics, onChange }: TestMetricFieldsProps) {
  const set = (id: number, changed: Partial<MetricChoice>): void =>
    onChange(metrics.map((metric) => (metric.id === id ? { ...metric, ...changed } : metric)));
  const add = (): void => {
    const id = Math.max(0, ...metrics.map((metric) => metric.id)) + 1;
    onChange([...metrics, { id, ...PLAIN_METRIC }]);
  };
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        A user without a value counts as 0 by the sum, the largest and how many, and not at all by the mean: a rate is the largest
        of what is 1 for whoever converts.
      </Text>
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
    <Stack gap={6}>
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
      <PerUser metric={metric} index={index} onChange={onChange} />
    </Stack>
  );
}

/** How what a user did becomes one value, and what of it was there before. */
function PerUser({ metric, index, onChange }: Omit<MetricRowProps, 'onTakeOut'>) {
  return (
    <Group gap="xs">
      <Select
        w={160}
        aria-label={`What counts of a user in metric ${index + 1}`}
        data={AGGREGATIONS}
        value={metric.aggregation}
        onChange={(aggregation) => onChange({ aggregation: aggregation as MetricChoice['aggregation'] })}
        allowDeselect={false}
      />
      <Checkbox
        label="Covariate"
        aria-label={`Covariate of metric ${index + 1}`}
        title="What is recorded of a user before their exposure is taken out of the difference (CUPED)"
        checked={metric.hasCovariate}
        onChange={({ currentTarget }) => onChange({ hasCovariate: currentTarget.checked })}
      />
    </Group>
  );
}
