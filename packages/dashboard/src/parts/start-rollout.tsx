/** Chooses how a flag is rolled out, and says beforehand what speaks against it and what it would do. */
import { Button, Divider, Group, Modal, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { useAct } from '../api/acting.tsx';
import type { Flag, Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { addressIn } from '../app/place.ts';
import { useReason } from './reason-fields.tsx';
import { RolloutAdvice } from './rollout-advice.tsx';
import { FIRST_CHOICES, isWhole, type PlanChoices, settingsOf } from './rollout-choices.ts';
import { RolloutFields } from './rollout-fields.tsx';
import { SimulatePlan } from './simulation/simulate-plan.tsx';

export interface StartRolloutProps {
  readonly flag: Flag;
  readonly place: Place;
  readonly onClose: () => void;
}

export function StartRollout({ flag, place, onClose }: StartRolloutProps) {
  const [choices, setChoices] = useState<PlanChoices>(FIRST_CHOICES);
  const why = useReason({ isNeeded: true, because: '' });
  const navigate = useNavigate();
  const settings = settingsOf(choices);
  const start = useAct({
    send: (_input: undefined, idempotencyKey) =>
      api.rollouts.start({ ...place, flag: flag.name, settings, reason: why.reason }, { idempotencyKey }),
    done: () => `The rollout of ${flag.name} has begun`,
    onDone: () => void navigate(addressIn(place, 'rollouts', flag.name)),
  });
  const isReady = why.isReady && isWhole(choices);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady) void start.run(undefined);
  };
  return (
    <Modal opened onClose={onClose} title={`Roll out ${flag.name}`} size="lg" centered>
      <form onSubmit={submit}>
        <Stack>
          <RolloutFields place={place} choices={choices} onChange={(changed) => setChoices({ ...choices, ...changed })} />
          {isWhole(choices) && <RolloutAdvice flag={flag.name} place={place} settings={settings} />}
          <Divider />
          <SimulatePlan flag={flag.name} place={place} settings={settings} />
          <Divider />
          {why.fields}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Leave it
            </Button>
            <Button type="submit" loading={start.isRunning} disabled={!isReady}>
              Start
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
