/** Sets up a test: what is compared, who is in, what decides, and how large it has to be. */
import { Button, Fieldset, Group, JsonInput, Modal, Select, Stack, TagsInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { useAct } from '../api/acting.tsx';
import type { Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { useIsProtected } from '../api/protection.ts';
import { useSettled } from '../api/settled.ts';
import { addressIn } from '../app/place.ts';
import { Advice } from './advice.tsx';
import { NumberField } from './number-field.tsx';
import { useReason } from './reason-fields.tsx';
import { TestArms } from './test-arms.tsx';
import { FIRST_CHOICES, isWhole, settingsOf, type TestChoices } from './test-choices.ts';
import { TestMetricFields } from './test-metric-fields.tsx';
import { TestPlanFields, useTestPlan } from './test-plan.tsx';

export function TestSetup({ place, onClose }: { readonly place: Place; readonly onClose: () => void }) {
  const [choices, setChoices] = useState<TestChoices>(FIRST_CHOICES);
  const change = (changed: Partial<TestChoices>): void => setChoices({ ...choices, ...changed });
  const plan = useTestPlan(place, choices);
  const settings = settingsOf(choices, plan.data?.totalUnits ?? null);
  const why = useReason({ isNeeded: useIsProtected(place), because: '' });
  const navigate = useNavigate();
  const create = useAct({
    send: async (_input: undefined, idempotencyKey) => {
      if (settings !== null) await api.experiments.create({ ...place, settings, ...why.given }, { idempotencyKey });
    },
    done: () => `The test ${choices.testId} is there; it begins when it is started`,
    onDone: () => void navigate(addressIn(place, 'tests', choices.testId)),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void create.run(undefined);
  };
  return (
    <Modal opened onClose={onClose} title="New test" size="xl">
      <form onSubmit={submit}>
        <Stack>
          <Names choices={choices} onChange={change} />
          <Fieldset legend="What is compared">
            <TestArms choices={choices} onChange={change} />
          </Fieldset>
          <Fieldset legend="Who is in">
            <WhoIsIn choices={choices} onChange={change} />
          </Fieldset>
          <Fieldset legend="What decides">
            <TestMetricFields metrics={choices.metrics} onChange={(metrics) => change({ metrics })} />
          </Fieldset>
          <Fieldset legend="How large it has to be">
            <TestPlanFields choices={choices} onChange={(changed) => change({ plan: changed })} answer={plan} />
          </Fieldset>
          <Length choices={choices} onChange={change} />
          <TestAdvice place={place} choices={choices} />
          {why.fields}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Leave it
            </Button>
            <Button type="submit" loading={create.isRunning} disabled={settings === null || !isWhole(choices) || !why.isReady}>
              Create the draft
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface FieldsProps {
  readonly choices: TestChoices;
  readonly onChange: (changed: Partial<TestChoices>) => void;
}

function Names({ choices: { testId, description }, onChange }: FieldsProps) {
  return (
    <Group grow align="flex-start" preventGrowOverflow={false}>
      <TextInput
        data-autofocus
        label="Name"
        placeholder="ranking_2026"
        value={testId}
        onChange={({ currentTarget }) => onChange({ testId: currentTarget.value })}
        required
      />
      <TextInput
        label="What is to be learnt"
        placeholder="Do people find more with the new ranking?"
        value={description}
        onChange={({ currentTarget }) => onChange({ description: currentTarget.value })}
      />
    </Group>
  );
}

const NO_OBJECT = 'Must be a JSON object';

function WhoIsIn({ choices, onChange }: FieldsProps) {
  const { trafficPercent, segments, conditions } = choices;
  return (
    <Stack gap="xs">
      <Group align="flex-start" grow preventGrowOverflow={false}>
        <NumberField
          label="Part of the traffic"
          value={trafficPercent}
          onChange={(value) => onChange({ trafficPercent: value })}
          suffix=" %"
          min={0.001}
          max={100}
          decimalScale={3}
        />
        <TagsInput
          label="Only these groups"
          description="Segments; a unit of any of them may be in"
          placeholder={segments.length === 0 ? 'everybody' : ''}
          value={[...segments]}
          onChange={(value) => onChange({ segments: value })}
        />
      </Group>
      <JsonInput
        label="Only where this holds"
        description={'A condition over attributes, such as {"plan": "pro", "age": {"gte": 18}}'}
        value={conditions}
        onChange={(value) => onChange({ conditions: value })}
        validationError={NO_OBJECT}
        error={settingsOf(choices, null) === null ? NO_OBJECT : null}
        autosize
        minRows={1}
      />
    </Stack>
  );
}

function Length({ choices: { durationDays, method }, onChange }: FieldsProps) {
  return (
    <Group grow align="flex-start" preventGrowOverflow={false}>
      <NumberField
        label="Runs for"
        value={durationDays}
        onChange={(value) => onChange({ durationDays: value })}
        suffix=" days"
        min={0.01}
        max={3650}
      />
      <Select
        label="May be judged"
        data={[
          { value: 'sequence', label: 'at every look' },
          { value: 'fixedHorizon', label: 'once, at its end (needs fewer units)' },
        ]}
        value={method}
        onChange={(value) => onChange({ method: value as TestChoices['method'] })}
        allowDeselect={false}
      />
    </Group>
  );
}

/** What the server says of the settings: what is wrong with them, and what speaks against them. */
function TestAdvice({ place, choices }: { readonly place: Place; readonly choices: TestChoices }) {
  const settings = useSettled(settingsOf(choices, null), 300);
  const isAsked = isWhole(choices) && choices.arms.every(({ component }) => component !== '');
  const advice = useQuery({
    queryKey: ['experiment', place, 'advice', settings],
    queryFn: async () => (settings === null ? [] : (await api.experiments.advise({ ...place, settings })).advice),
    enabled: isAsked,
    retry: false,
  });
  if (!isAsked) return null;
  return <Advice said={advice} />;
}
