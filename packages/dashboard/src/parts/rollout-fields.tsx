/** How a rollout is to go: by which strategy, how far, how long at each stage, and what takes it back. */
import { Checkbox, SegmentedControl, SimpleGrid, Text, TextInput } from '@mantine/core';
import type { Place } from '../api/answers.ts';
import { CriteriaFields } from './criteria-fields.tsx';
import { NumberField } from './number-field.tsx';
import { type PlanChoices, STRATEGIES, stagesIn } from './rollout-choices.ts';

export interface RolloutFieldsProps {
  readonly place: Place;
  readonly choices: PlanChoices;
  readonly onChange: (changed: Partial<PlanChoices>) => void;
}

export function RolloutFields({ place, choices, onChange }: RolloutFieldsProps) {
  const { strategy, hint } = STRATEGIES.find((known) => known.strategy === choices.strategy) ?? STRATEGIES[0];
  return (
    <>
      <div>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label="Strategy"
          data={STRATEGIES.map(({ strategy: value, label }) => ({ value, label }))}
          value={strategy}
          onChange={(value) => onChange({ strategy: value as PlanChoices['strategy'] })}
        />
        <Text size="sm" c="dimmed" mt={4}>
          {hint}
        </Text>
      </div>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <NumberField
          label="Up to"
          value={choices.target}
          onChange={(value) => onChange({ target: value })}
          min={1}
          max={100}
          suffix=" %"
        />
        <NumberField
          label="Bake of each stage"
          value={choices.bakeMinutes}
          onChange={(value) => onChange({ bakeMinutes: value })}
          min={0.1}
          suffix=" min"
        />
      </SimpleGrid>
      {strategy === 'percentage' && (
        <TextInput
          label="Stages"
          description="Rising percentages; four even steps unless given"
          placeholder="5, 20, 50, 100"
          value={choices.stages}
          onChange={({ currentTarget }) => onChange({ stages: currentTarget.value })}
          error={stagesIn(choices.stages) === null ? 'Numbers from 0 to 100, as in 5, 20, 100' : null}
          maxLength={400}
        />
      )}
      <CriteriaFields place={place} criteria={choices.criteria} onChange={(criteria) => onChange({ criteria })} />
      <Checkbox
        label="Ask somebody before each stage"
        checked={choices.isManual}
        onChange={({ currentTarget }) => onChange({ isManual: currentTarget.checked })}
      />
    </>
  );
}
