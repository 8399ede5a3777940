/** What speaks against a plan, or why it is refused, while it is chosen. */
import { useQuery } from '@tanstack/react-query';
import type { Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { useSettled } from '../api/settled.ts';
import { Advice } from './advice.tsx';
import type { PlanSettings } from './rollout-choices.ts';

export interface RolloutAdviceProps {
  readonly flag: string;
  readonly place: Place;
  readonly settings: PlanSettings;
}

export function RolloutAdvice({ flag, place, settings }: RolloutAdviceProps) {
  const asked = useSettled(settings, 250);
  const advice = useQuery({
    queryKey: ['rollout', place, flag, 'advice', asked],
    queryFn: async () => (await api.rollouts.advise({ ...place, flag, settings: asked })).advice,
    retry: false,
  });
  return <Advice said={advice} />;
}
