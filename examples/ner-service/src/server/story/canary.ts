/** Act 1: a new component reaches everybody, stage by stage. */
import { FLAG } from '../../assignment.ts';
import { type Fact, fact } from '../../fact.ts';
import { canaryFacts } from '../../promises.ts';
import { shareOf } from '../../traffic.ts';
import { pause } from '../../waiting.ts';
import { SCOPE } from '../staff.ts';
import { watchRollout } from '../watch-rollout.ts';
import type { DemoStage } from './stage.ts';

/** What a stage must respect, in every rollout of the story. */
export const CRITERIA = [
  { metric: 'errorRate', max: 0.03, minSamples: 20 },
  // A machine that does other things, too, is slow now and then.
  { metric: 'p95', max: 500, minSamples: 20 },
] as const;
export const PACE = { bakeMs: 4_000, tickMs: 250, minExposures: 5 } as const;
/** Definitions have arrived at the service, and what was under way has been answered. */
export const SETTLING_MS = 300;

export async function canary(stage: DemoStage): Promise<Fact[]> {
  const { world } = stage;
  const { traffic, validator, accuracy } = world;
  const [switched, dropped] = [new Set<string>(), new Set<string>()];
  traffic.onAnswer = (user, component) => {
    if (component === 'wink') switched.add(user);
    else if (switched.has(user)) dropped.add(user);
  };
  await world.staff.engineer.rollouts.start({
    ...SCOPE,
    flag: FLAG,
    settings: { ...PACE, strategy: 'canary', toVariant: 'wink', criteria: CRITERIA, validatorName: validator.name },
    reason: 'wink is about ten times faster',
  });
  const status = await watchRollout(stage, { flag: FLAG, component: 'wink' });
  traffic.onAnswer = () => {};
  await pause(SETTLING_MS);
  traffic.take();
  await pause(1_500);
  const share = shareOf(traffic.take(), 'wink');
  const { answered, refused } = validator;
  return [
    ...canaryFacts({ status, share, switched, dropped, accuracy: accuracy.mean('wink') }),
    fact(
      'the service was asked at the end of each stage, by whom it shares a secret with',
      status.stagePercentages.every((percentage) => answered.includes(percentage)) && refused === 0,
      `${answered.length} questions answered, ${refused} refused`,
    ),
  ];
}
