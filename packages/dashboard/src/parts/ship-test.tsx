/** Rolls an arm of a test out, as any rollout is: by the strategy and the criteria that are chosen. */
import { Select } from '@mantine/core';
import { IconRocket } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useAct } from '../api/acting.tsx';
import type { Place, Test } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { addressIn } from '../app/place.ts';
import { Reasoned } from './reasoned.tsx';
import { RolloutAdvice } from './rollout-advice.tsx';
import { FIRST_CHOICES, isWhole, type PlanChoices, settingsOf } from './rollout-choices.ts';
import { RolloutFields } from './rollout-fields.tsx';

export interface ShipTestProps {
  readonly test: Test;
  /** The arm that has won, if one has. */
  readonly winner: string | null;
  readonly place: Place;
}

export function ShipTest({ test: { testId, arms }, winner, place }: ShipTestProps) {
  const treatments = arms.slice(1).map(({ variant }) => variant);
  const won = winner !== null && treatments.includes(winner) ? winner : null;
  const [chosen, setChosen] = useState<string | null>(null);
  const [choices, setChoices] = useState<PlanChoices>(FIRST_CHOICES);
  const variant = chosen ?? won;
  const settings = settingsOf(choices);
  const navigate = useNavigate();
  const ship = useAct<string>({
    send: (reason, idempotencyKey) =>
      api.experiments.ship(
        { ...place, test: testId, settings, ...(variant === null ? {} : { variant }), reason },
        { idempotencyKey },
      ),
    done: () => `The rollout of ${variant} has begun`,
    onDone: () => void navigate(addressIn(place, 'rollouts', testId)),
  });
  return (
    <Reasoned
      label={won === null ? 'Ship an arm' : 'Ship the winner'}
      size="lg"
      consequence={
        won === null
          ? 'No arm has won. One may be rolled out nevertheless; the history says that it was chosen by hand. Harm takes it back.'
          : `${won} has won. It is rolled out as chosen here, judged at every stage; harm takes it back.`
      }
      icon={<IconRocket size={16} />}
      isRunning={ship.isRunning}
      onConfirm={ship.run}
      isReasonNeeded
      isUnready={variant === null || !isWhole(choices)}
      button={{ variant: won === null ? 'light' : 'filled' }}
    >
      <Select label="Arm" data={treatments} value={variant} onChange={setChosen} allowDeselect={false} />
      <RolloutFields place={place} choices={choices} onChange={(changed) => setChoices({ ...choices, ...changed })} />
      {isWhole(choices) && <RolloutAdvice flag={testId} place={place} settings={settings} />}
    </Reasoned>
  );
}
