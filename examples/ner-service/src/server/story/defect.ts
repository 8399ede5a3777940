/** Act 2: a component with a real defect is taken back before many meet it. */
import { FLAG } from '../../assignment.ts';
import type { Fact } from '../../fact.ts';
import { defectFacts, type Failure } from '../../promises.ts';
import { colors } from '../../screen.ts';
import { pause } from '../../waiting.ts';
import { SCOPE } from '../staff.ts';
import { type WireStatus, watchRollout } from '../watch-rollout.ts';
import { CRITERIA, PACE, SETTLING_MS } from './canary.ts';
import type { DemoStage } from './stage.ts';

export async function defect(stage: DemoStage): Promise<Fact[]> {
  const { world, screen } = stage;
  const { traffic } = world;
  const served = new Set<string>();
  const failures: Failure[] = [];
  traffic.onAnswer = (user, component, isOk) => {
    if (component === 'wink-dated') served.add(user);
    if (!isOk) failures.push({ user, at: Date.now() });
  };
  traffic.take();
  const startedAt = performance.now();
  const status = await rolledOut(stage);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  await pause(SETTLING_MS);
  traffic.onAnswer = () => {};
  traffic.take();
  await pause(1_500);
  const after = traffic.take();
  const { rollbacks } = await world.staff.onCall.rollbacks.history({ ...SCOPE, flag: FLAG, limit: 1 });
  const [rollback] = rollbacks;
  const report = rollback === undefined ? null : await world.staff.onCall.rollbacks.report({ ...SCOPE, id: String(rollback.id) });
  const counted = report?.exposed.unitsWithError ?? 0;
  screen.say(
    `  ${colors.red('✘')} taken back after ${seconds} s at ${String(rollback?.detail.percentage)} %: ${status.error ?? ''}`,
    `  ${colors.dim(`${served.size} users were served by it, ${counted} of them met an error`)}`,
  );
  return defectFacts({ status, rollback, counted, failures, served, after });
}

/** The status of the rollout that was taken back. */
export async function rolledOut(stage: DemoStage): Promise<WireStatus> {
  await stage.world.staff.engineer.rollouts.start({
    ...SCOPE,
    flag: FLAG,
    settings: {
      ...PACE,
      strategy: 'canary',
      toVariant: 'wink-dated',
      // Who met an error on it, against who met one beside it: two or three are enough, and a bound needs no guess.
      criteria: [{ metric: 'errorRate', versusControl: 1.2 }, ...CRITERIA.filter(({ metric }) => metric !== 'errorRate')],
    },
    reason: 'reads the year of copyright lines',
  });
  return watchRollout(stage, { flag: FLAG, component: 'wink-dated' });
}
