/** What takes a rollout back: metrics, each with the bound that it must respect, and with its source where there are several. */
import { ActionIcon, Autocomplete, Button, Fieldset, Group, NumberInput, Select, Stack, Text } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Place } from '../api/answers.ts';
import { queries } from '../api/queries.ts';
import { NumberField } from './number-field.tsx';
import { type BoundKind, type CriterionChoice, OWN_COLLECTOR, slowMetric } from './rollout-choices.ts';

export interface CriteriaFieldsProps {
  readonly place: Place;
  readonly criteria: readonly CriterionChoice[];
  readonly onChange: (criteria: readonly CriterionChoice[]) => void;
}

const USUAL_METRICS = ['errorRate', 'p50', 'p95', 'p99', 'mean(seconds)'];

const BOUNDS: readonly { readonly value: BoundKind; readonly label: string }[] = [
  { value: 'versusControl', label: 'at most × control' },
  { value: 'max', label: 'at most' },
  { value: 'min', label: 'at least' },
];

export function CriteriaFields({ place, criteria, onChange }: CriteriaFieldsProps) {
  const sources = useSources(place);
  const change = (of: number, changed: Partial<CriterionChoice>): void =>
    onChange(criteria.map((criterion) => (criterion.id === of ? { ...criterion, ...changed } : criterion)));
  const nextId = 1 + Math.max(0, ...criteria.map(({ id }) => id));
  return (
    <Fieldset legend="Taken back unless it stays" p="sm">
      <Stack gap="xs">
        {criteria.length === 0 && (
          <Text size="sm" c="dimmed">
            Nothing judges it.
          </Text>
        )}
        {criteria.map((criterion, index) => (
          <CriterionRow
            key={criterion.id}
            criterion={criterion}
            number={index + 1}
            sources={sources}
            onChange={(changed) => change(criterion.id, changed)}
            onRemove={() => onChange(criteria.filter(({ id }) => id !== criterion.id))}
          />
        ))}
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconPlus size={14} />}
          style={{ alignSelf: 'flex-start' }}
          onClick={() => onChange([...criteria, { id: nextId, metric: '', kind: 'max', bound: 0 }])}
        >
          Add a criterion
        </Button>
      </Stack>
    </Fieldset>
  );
}

/** The names of what this server can ask, the own collector first. */
function useSources(place: Place): readonly string[] {
  const { data = [] } = useQuery(queries.sources(place));
  const others = data.filter(({ name, health }) => name !== OWN_COLLECTOR && health !== 'missing');
  return [OWN_COLLECTOR, ...others.map(({ name }) => name)];
}

interface CriterionRowProps {
  readonly criterion: CriterionChoice;
  readonly number: number;
  readonly sources: readonly string[];
  readonly onChange: (changed: Partial<CriterionChoice>) => void;
  readonly onRemove: () => void;
}

function CriterionRow({ criterion, number, sources, onChange, onRemove }: CriterionRowProps) {
  const { metric, source = OWN_COLLECTOR, kind, bound } = criterion;
  const slow = slowMetric(criterion);
  return (
    <Stack gap={6} role="group" aria-label={`Criterion ${number}`}>
      <Group gap="xs" align="flex-start">
        <SourceField source={source} number={number} sources={sources} onChange={onChange} />
        <Autocomplete
          flex="1 1 180px"
          aria-label={`Metric of criterion ${number}`}
          placeholder="errorRate"
          data={USUAL_METRICS}
          value={metric}
          onChange={(value) => onChange({ metric: value })}
          maxLength={200}
        />
        <Select
          flex="1 1 160px"
          aria-label={`Bound of criterion ${number}`}
          data={BOUNDS}
          value={kind}
          allowDeselect={false}
          onChange={(value) => onChange({ kind: value as BoundKind })}
        />
        <NumberField
          flex="1 1 70px"
          aria-label={`Value of criterion ${number}`}
          value={bound}
          onChange={(value) => onChange({ bound: value })}
          min={0}
          step={kind === 'versusControl' ? 0.1 : 1}
        />
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Leave out criterion ${number}`} onClick={onRemove}>
          <IconX size={16} />
        </ActionIcon>
      </Group>
      {slow !== null && <SlowerThan criterion={criterion} metric={slow} onChange={onChange} />}
    </Stack>
  );
}

interface SlowerThanProps extends Pick<CriterionRowProps, 'criterion' | 'onChange'> {
  readonly metric: string;
}

/** Of a quantile, users are counted that meet a value above this one. */
function SlowerThan({ criterion: { bound, slowerThan = null }, metric, onChange }: SlowerThanProps) {
  return (
    <NumberInput
      label={`A user is slow who meets a ${metric} above`}
      description={
        slowerThan === null
          ? 'Against the control, slow users are counted, on both sides.'
          : `Of the change, at most ${bound} times as many users may meet a ${metric} above ${slowerThan} as of the control.`
      }
      placeholder="300"
      value={slowerThan ?? ''}
      onChange={(value) => onChange({ slowerThan: typeof value === 'number' ? value : null })}
      error={slowerThan === null ? `Say which ${metric} is slow, in the unit that it is reported in` : null}
    />
  );
}

interface SourceFieldProps extends Pick<CriterionRowProps, 'number' | 'sources' | 'onChange'> {
  readonly source: string;
}

/** Nothing where there is nothing to choose. */
function SourceField({ source, number, sources, onChange }: SourceFieldProps) {
  // A source that went missing meanwhile stays to be seen, and to be changed.
  const names = sources.includes(source) ? sources : [...sources, source];
  if (names.length === 1) return null;
  return (
    <Select
      flex="1 1 130px"
      aria-label={`Source of criterion ${number}`}
      data={names.map((name) => ({ value: name, label: name === OWN_COLLECTOR ? 'own collector' : name }))}
      value={source}
      allowDeselect={false}
      onChange={(value) => onChange({ source: value ?? OWN_COLLECTOR })}
    />
  );
}
