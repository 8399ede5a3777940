/** How many units a test needs, while one still decides what it shall find. The server reckons; the page only asks. */
import { Alert, Group, NumberInput, SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { AnswerTo, Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { useSettled } from '../api/settled.ts';
import { Figure } from './figure.tsx';
import { NumberField } from './number-field.tsx';
import { counted, signedPercent } from './numbers.ts';
import { type PlanChoice, planOf, type TestChoices } from './test-choices.ts';
import { daysInWords } from './test-words.ts';

export type TestPlan = AnswerTo<'experiments', 'plan'>;

/** The answer to the choices as they were a moment ago. */
export function useTestPlan(place: Place, choices: TestChoices) {
  const plan = useSettled(planOf(choices), 250);
  return useQuery({
    queryKey: ['plan', place, plan],
    queryFn: () => (plan === null ? null : api.experiments.plan({ ...place, plan })),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

interface TestPlanFieldsProps {
  readonly choices: TestChoices;
  readonly onChange: (plan: PlanChoice) => void;
  readonly answer: ReturnType<typeof useTestPlan>;
}

export function TestPlanFields({ choices, onChange, answer }: TestPlanFieldsProps) {
  const { plan } = choices;
  const set = (changed: Partial<PlanChoice>): void => onChange({ ...plan, ...changed });
  const numberOf = (value: string | number): number | null => (value === '' ? null : Number(value));
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label="The primary metric is"
        data={[
          { value: 'rate', label: 'A rate (bought or not)' },
          { value: 'mean', label: 'An amount' },
        ]}
        value={plan.kind}
        onChange={(kind) => set({ kind: kind as PlanChoice['kind'] })}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NumberInput
          label={plan.kind === 'rate' ? 'Rate today' : 'Mean today'}
          value={plan.baseline ?? ''}
          onChange={(value) => set({ baseline: numberOf(value) })}
          {...(plan.kind === 'rate' ? { suffix: ' %', min: 0, max: 100 } : {})}
        />
        {plan.kind === 'mean' && (
          <NumberInput
            label="Standard deviation among units"
            value={plan.standardDeviation ?? ''}
            onChange={(value) => set({ standardDeviation: numberOf(value) })}
            min={0}
          />
        )}
        <NumberInput
          label="Smallest change worth finding"
          value={plan.liftPercent ?? ''}
          onChange={(value) => set({ liftPercent: numberOf(value) })}
          suffix=" %"
        />
        <NumberField
          label="Chance to find it"
          value={plan.powerPercent}
          onChange={(value) => set({ powerPercent: value })}
          suffix=" %"
          min={1}
          max={99}
        />
        <NumberInput
          label="New units a day"
          value={plan.unitsPerDay ?? ''}
          onChange={(value) => set({ unitsPerDay: numberOf(value) })}
          thousandSeparator=","
          min={1}
        />
      </SimpleGrid>
      <Planned answer={answer} durationDays={choices.durationDays} />
    </Stack>
  );
}

function Planned({ answer, durationDays }: { readonly answer: ReturnType<typeof useTestPlan>; readonly durationDays: number }) {
  if (answer.isError) return <Alert color="red">{answer.error.message}</Alert>;
  const plan = answer.data ?? null;
  if (plan === null)
    return (
      <Text size="sm" c="dimmed">
        With what the metric is like today, this says how many units the test needs and how long that takes.
      </Text>
    );
  const { totalUnits, days, plannedDays, detectableLift } = plan;
  return (
    <Group gap="xl" role="status" aria-label="What the test needs">
      <Figure label="Units needed" value={counted(totalUnits)} hint={`${perArm(plan)} by arm`} />
      {days !== null && plannedDays !== null && (
        <Figure
          label="Time needed"
          value={days === 1 ? '1 day' : `${counted(days)} days`}
          hint={`${counted(plannedDays)} in whole weeks`}
        />
      )}
      {detectableLift !== null && (
        <Figure
          label={`Found in ${daysInWords(durationDays)}`}
          value={`${signedPercent(detectableLift).replace('+', '±')}`}
          hint="smallest change"
        />
      )}
    </Group>
  );
}

function perArm({ unitsByArm }: TestPlan): string {
  return [...new Set(unitsByArm)].map((units) => counted(units)).join(' / ');
}
