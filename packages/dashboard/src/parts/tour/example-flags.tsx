/** A few flags and a rollout to look at, made where nobody is hurt: no traffic is made up for them. */
import { Button } from '@mantine/core';
import { IconSparkles } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { useAct } from '../../api/acting.tsx';
import type { Place } from '../../api/answers.ts';
import { api } from '../../api/api.ts';
import { usePermitted } from '../../api/permitted.ts';
import { queries } from '../../api/queries.ts';
import { addressIn } from '../../app/place.ts';

const REASON = 'an example, made by the first steps';
const TAGS = ['example'];

const EXAMPLES = [
  {
    key: 'example_new_checkout',
    settings: { enabled: true, rolloutPercentage: 25, description: 'One page instead of three', tags: TAGS },
  },
  {
    key: 'example_dark_mode',
    settings: { enabled: true, enabledGroups: ['beta'], rolloutPercentage: 0, description: 'For whoever is in beta', tags: TAGS },
  },
  {
    key: 'example_search_ranking',
    settings: { enabled: true, rolloutPercentage: 0, description: 'Ranks by what sold: on its way by a rollout', tags: TAGS },
  },
] as const;

const ROLLOUT = {
  flag: 'example_search_ranking',
  settings: {
    strategy: 'percentage',
    stages: [10, 25, 50, 100],
    bakeMs: 60_000,
    minExposures: 0,
    unvalidated: true,
    autoAdvance: false,
  },
} as const;

export function ExampleFlags({ project }: { readonly project: string }) {
  const navigate = useNavigate();
  const permitted = usePermitted();
  const { data: projects = [] } = useQuery(queries.projects());
  const free = projects.find(({ key }) => key === project)?.environments.find(({ isProtected }) => !isProtected);
  const place = { project, environment: free?.key ?? '' };
  const make = useAct({
    send: (_input: undefined, key) => makeExamples(place, key),
    done: () => `Three flags and a rollout are in ${place.environment}`,
    onDone: () => void navigate(addressIn(place)),
  });
  if (free === undefined || !permitted('rollouts.operate', project)) return null;
  return (
    <Button variant="light" leftSection={<IconSparkles size={16} />} onClick={() => make.run(undefined)} loading={make.isRunning}>
      Load examples into {free.key}
    </Button>
  );
}

/** What is there already is made once more into what it shall be; a rollout that goes on is left alone. */
async function makeExamples(place: Place, key: string): Promise<void> {
  const { rollouts } = await api.rollouts.list(place);
  const isUnderWay = rollouts.some(({ flag, endedAt }) => flag === ROLLOUT.flag && endedAt === null);
  for (const [index, example] of EXAMPLES.entries())
    if (!isUnderWay || example.key !== ROLLOUT.flag)
      await api.flags.set({ ...place, ...example, reason: REASON }, { idempotencyKey: `${key}-${index}` });
  if (isUnderWay) return;
  await api.rollouts.start({ ...place, ...ROLLOUT, reason: REASON }, { idempotencyKey: `${key}-rollout` });
}
