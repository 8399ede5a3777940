/** At the top of a rollout, before any figure: what is moving, whether it is safe, what to do. */
import { Alert, Text } from '@mantine/core';
import { IconCircleCheck, IconHandStop, IconHourglass, IconPlayerStop, IconShieldX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { RolloutStatus } from '../api/answers.ts';
import { rolloutAnswer, type Safety } from './rollout-answer.ts';

interface RolloutAnswerLineProps {
  readonly rollout: RolloutStatus;
  /** Where to go on from there. */
  readonly children?: ReactNode;
}

const LOOKS: Readonly<Record<Safety, { readonly color: string; readonly icon: typeof IconHourglass }>> = {
  safe: { color: 'teal', icon: IconCircleCheck },
  unknown: { color: 'gray', icon: IconHourglass },
  harm: { color: 'red', icon: IconShieldX },
  completed: { color: 'teal', icon: IconCircleCheck },
  ended: { color: 'gray', icon: IconPlayerStop },
};

export function RolloutAnswerLine({ rollout, children }: RolloutAnswerLineProps) {
  const { moving, safe, next, safety, needsPerson } = rolloutAnswer(rollout);
  const { color, icon: Icon } = needsPerson ? { color: 'orange', icon: IconHandStop } : LOOKS[safety];
  return (
    <Alert color={color} variant="light" icon={<Icon size={22} />} p="sm" role="status" aria-label="How it stands">
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {moving} {safe}{' '}
        <Text span fw={650} size="sm">
          {next}
        </Text>{' '}
        {children}
      </Text>
    </Alert>
  );
}
