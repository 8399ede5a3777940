/** Act 1: a new component reaches everybody, stage by stage. */
import type { LoggedEvent } from 'sluice';
import { FLAG } from '../../assignment.ts';
import type { Fact } from '../../fact.ts';
import { canaryFacts } from '../../promises.ts';
import { rolloutPicture } from '../../rollout-picture.ts';
import { colors } from '../../screen.ts';
import { shareOf } from '../../traffic.ts';
import { pause } from '../../waiting.ts';
import type { DemoStage } from './stage.ts';

/** What a stage must respect, in every rollout of the demo. */
export const CRITERIA = [
  { metric: 'errorRate', max: 0.03, minSamples: 20 },
  { metric: 'p95', max: 80, minSamples: 20 },
] as const;
export const PACE = { bakeMs: 3_000, tickMs: 200, minExposures: 5 } as const;

export async function canary(stage: DemoStage): Promise<Fact[]> {
  const { sluice, traffic, screen } = stage;
  const [switched, dropped] = [new Set<string>(), new Set<string>()];
  traffic.onAnswer = (user, component) => {
    if (component === 'wink') switched.add(user);
    else if (switched.has(user)) dropped.add(user);
  };
  const tell = (event: LoggedEvent): void =>
    screen.say(`  ${colors.green('✔')} ${event.detail.percentage} % ${colors.dim(event.reason)}`);
  const stops = [sluice.on('rollout.advanced', tell), sluice.on('rollout.finalizing', tell)];
  const accuracy = (): number => sluice.metrics.mean('accuracy', { flag: FLAG, variant: 'wink' }) ?? 0;
  await sluice.rollouts.startRollout(FLAG, {
    ...PACE,
    strategy: 'canary',
    toVariant: 'wink',
    criteria: CRITERIA,
    validate: () => accuracy() > 0.5,
    reason: 'wink is about ten times faster',
    actor: 'ann',
  });
  screen.live(rolloutPicture(traffic, 'wink', () => sluice.rollouts.getRolloutStatus(FLAG)));
  const status = await sluice.rollouts.completed(FLAG);
  screen.live(null);
  for (const stop of stops) stop();
  traffic.onAnswer = () => {};
  await pause(300);
  traffic.take();
  await pause(1_500);
  const share = shareOf(traffic.take(), 'wink');
  return canaryFacts({ status, share, switched, dropped, accuracy: accuracy() });
}
