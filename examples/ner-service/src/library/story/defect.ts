/** Act 2: a component with a real defect is taken back before many meet it. */
import { FLAG } from '../../assignment.ts';
import type { Fact } from '../../fact.ts';
import { defectFacts, type Failure } from '../../promises.ts';
import { rolloutPicture } from '../../rollout-picture.ts';
import { colors } from '../../screen.ts';
import { pause } from '../../waiting.ts';
import { CRITERIA, PACE } from './canary.ts';
import type { DemoStage } from './stage.ts';

export async function defect(stage: DemoStage): Promise<Fact[]> {
  const { sluice, traffic, screen } = stage;
  const served = new Set<string>();
  const failures: Failure[] = [];
  traffic.onAnswer = (user, component, isOk) => {
    if (component === 'wink-dated') served.add(user);
    if (!isOk) failures.push({ user, at: Date.now() });
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
  screen.say(
    `  ${colors.red('✘')} taken back after ${seconds} s at ${String(rollback?.detail.percentage)} %: ${status.error ?? ''}`,
  );
  await pause(300);
  traffic.take();
  await pause(1_500);
  const after = traffic.take();
  const report = rollback === undefined ? null : await sluice.rollbacks.getRollbackReport(rollback.id);
  const counted = report?.exposed.unitsWithError ?? 0;
  screen.say(`  ${colors.dim(`${served.size} users were served by it, ${counted} of them met an error`)}`);
  return defectFacts({ status, rollback, counted, failures, served, after });
}
