/** Act 2: a component with a real defect is taken back before many meet it. */
import type { RolloutStatus } from 'sluice';
import { FLAG } from '../../assignment.ts';
import { type Fact, fact } from '../../fact.ts';
import { rolloutPicture } from '../../rollout-picture.ts';
import { colors } from '../../screen.ts';
import { shareOf } from '../../traffic.ts';
import { pause } from '../../waiting.ts';
import { CRITERIA, PACE } from './canary.ts';
import type { DemoStage } from './stage.ts';

export async function defect(stage: DemoStage): Promise<Fact[]> {
  const { sluice, traffic, screen } = stage;
  const [served, failed] = [new Set<string>(), new Set<string>()];
  traffic.onAnswer = (user, component, isOk) => {
    if (component === 'wink-dated') served.add(user);
    if (!isOk) failed.add(user);
  };
  traffic.take();
  const startedAt = performance.now();
  await sluice.rollouts.startRollout(FLAG, {
    ...PACE,
    strategy: 'canary',
    toVariant: 'wink-dated',
    // Who met an error on it, against who met one beside it: two or three are enough, and a bound needs no guess.
    criteria: [{ metric: 'errorRate', versusControl: 1.2 }, ...CRITERIA.filter(({ metric }) => metric !== 'errorRate')],
    reason: 'reads the year of copyright lines',
    actor: 'ann',
  });
  screen.live(rolloutPicture(traffic, 'wink-dated', () => sluice.rollouts.getRolloutStatus(FLAG)));
  const status = await sluice.rollouts.completed(FLAG);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  screen.live(null);
  traffic.onAnswer = () => {};
  const [rollback] = await sluice.rollbacks.getRollbackHistory({ flag: FLAG, limit: 1 });
  const withError = Number(rollback?.detail.unitsWithError ?? 0);
  screen.say(
    `  ${colors.red('✘')} taken back after ${seconds} s at ${String(rollback?.detail.percentage)} %: ${status.error ?? ''}`,
    `  ${colors.dim(`${served.size} users were served by it, ${withError} of them met an error`)}`,
  );
  await pause(300);
  traffic.take();
  await pause(1_500);
  const after = traffic.take();
  return [
    fact(
      'the defect was caught and rolled back by itself',
      status.phase === 'failed' && rollback?.strategy === 'automatic',
      status.error ?? status.phase,
    ),
    fact(
      'it was caught by evidence, an e-value that was looked at all the time',
      status.verdicts.some(({ cause, logE = 0 }) => cause === 'comparison' && logE >= Math.log(20)),
      `${evidenceOf(status)} : 1 that it fails more than 1.2 times as often as wink`,
    ),
    fact(
      'the evidence names how many users met it, as the traffic saw them',
      withError > 0 && Math.abs(withError - failed.size) <= 3,
      `${withError} in the evidence, ${failed.size} in the traffic, of ${served.size} served`,
    ),
    fact(
      'nobody is served by it any more, and nothing fails',
      shareOf(after, 'wink-dated') === 0 && after.failed === 0 && after.answered > 0,
      `${after.failed} failures in ${after.answered} requests`,
    ),
    fact('everybody is back on wink', shareOf(after, 'wink') === 100, `${shareOf(after, 'wink').toFixed(1)} % of requests`),
  ];
}

function evidenceOf({ verdicts }: RolloutStatus): string {
  return Math.exp(Math.max(0, ...verdicts.map(({ logE = 0 }) => logE))).toPrecision(2);
}
