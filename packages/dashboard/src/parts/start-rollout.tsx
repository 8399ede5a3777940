/** Chooses how a flag is rolled out, and says beforehand what speaks against it. */
import { Alert, Button, Checkbox, Group, List, Modal, NumberInput, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { useAct } from '../api/acting.tsx';
import type { Flag, Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { addressIn } from '../app/place.ts';
import { type Choices, FIRST_CHOICES, STRATEGIES, settingsOf } from './rollout-choices.ts';

export interface StartRolloutProps {
  readonly flag: Flag;
  readonly place: Place;
  readonly onClose: () => void;
}

export function StartRollout({ flag, place, onClose }: StartRolloutProps) {
  const [choices, setChoices] = useState<Choices>(FIRST_CHOICES);
  const navigate = useNavigate();
  const settings = settingsOf(choices);
  const start = useAct({
    send: (_input: undefined, idempotencyKey) =>
      api.rollouts.start({ ...place, flag: flag.name, settings, reason: choices.reason }, { idempotencyKey }),
    done: () => `The rollout of ${flag.name} has begun`,
    onDone: () => void navigate(addressIn(place, 'rollouts', flag.name)),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    start.run(undefined);
  };
  return (
    <Modal opened onClose={onClose} title={`Roll out ${flag.name}`} size="lg" centered>
      <form onSubmit={submit}>
        <Stack>
          <RolloutFields choices={choices} onChange={(changed) => setChoices({ ...choices, ...changed })} />
          <Advice flag={flag} place={place} choices={choices} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Leave it
            </Button>
            <Button type="submit" loading={start.isRunning} disabled={choices.reason.trim() === ''}>
              Start
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface RolloutFieldsProps {
  readonly choices: Choices;
  readonly onChange: (changed: Partial<Choices>) => void;
}

function RolloutFields({ choices, onChange }: RolloutFieldsProps) {
  const { strategy, hint } = STRATEGIES.find((known) => known.strategy === choices.strategy) ?? STRATEGIES[0];
  return (
    <>
      <div>
        <SegmentedControl
          fullWidth
          aria-label="Strategy"
          data={STRATEGIES.map(({ strategy: value, label }) => ({ value, label }))}
          value={strategy}
          onChange={(value) => onChange({ strategy: value as Choices['strategy'] })}
        />
        <Text size="sm" c="dimmed" mt={4}>
          {hint}
        </Text>
      </div>
      <Group grow align="flex-start">
        <NumberInput
          label="Up to"
          value={choices.target}
          onChange={(value) => onChange({ target: Number(value) })}
          min={1}
          max={100}
          suffix=" %"
        />
        <NumberInput
          label="Bake of each stage"
          value={choices.bakeMinutes}
          onChange={(value) => onChange({ bakeMinutes: Number(value) })}
          min={0.1}
          suffix=" min"
        />
      </Group>
      <NumberInput
        label="Taken back when its error rate is above"
        description="times that of the control, shown by evidence that holds however often one looks"
        value={choices.tolerated}
        onChange={(value) => onChange({ tolerated: Number(value) })}
        min={1}
        max={10}
        step={0.1}
        decimalScale={2}
      />
      <Checkbox
        label="Ask somebody before each stage"
        checked={choices.isManual}
        onChange={({ currentTarget }) => onChange({ isManual: currentTarget.checked })}
      />
      <Textarea
        label="Why"
        description="Stands in the history"
        value={choices.reason}
        onChange={({ currentTarget }) => onChange({ reason: currentTarget.value })}
        required
      />
    </>
  );
}

interface AdviceProps {
  readonly flag: Flag;
  readonly place: Place;
  readonly choices: Choices;
}

function Advice({ flag: { name }, place, choices }: AdviceProps) {
  const settings = settingsOf(choices);
  const advice = useQuery({
    queryKey: ['rollout', place, name, 'advice', settings],
    queryFn: async () => (await api.rollouts.advise({ ...place, flag: name, settings })).advice,
    retry: false,
  });
  if (advice.isError) return <Alert color="red">{advice.error.message}</Alert>;
  if (advice.data === undefined || advice.data.length === 0) return null;
  return (
    <Alert color="yellow" title="Before you start">
      <List size="sm" spacing={4}>
        {advice.data.map((said) => (
          <List.Item key={said}>{said}</List.Item>
        ))}
      </List>
    </Alert>
  );
}
