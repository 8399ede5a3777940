/** Act 2: a component with a real defect is taken back before many meet it. */
import { FLAG } from '../../assignment.ts';
import { type Fact, fact } from '../../fact.ts';
import { colors } from '../../screen.ts';
import { shareOf } from '../../traffic.ts';
import { pause } from '../../waiting.ts';
import { SCOPE } from '../staff.ts';
import { type WireStatus, watchRollout } from '../watch-rollout.ts';
import { CRITERIA, PACE, SETTLING_MS } from './canary.ts';
import type { DemoStage } from './stage.ts';

/** What was measured has reached the server by then, and been judged. */
const REPORTED_MS = 3_000;

export async function defect(stage: DemoStage): Promise<Fact[]> {
  const { world, screen } = stage;
  const { traffic } = world;
  const served = new Set<string>();
  /** When each user first met an error, in milliseconds since 1970. */
  const failedAt = new Map<string, number>();
  traffic.onAnswer = (user, component, isOk) => {
    if (component === 'wink-dated') served.add(user);
    if (!isOk && !failedAt.has(user)) failedAt.set(user, Date.now());
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
  const withError = Number(rollback?.detail.unitsWithError ?? 0);
  const takenBackAt = rollback === undefined ? 0 : Date.parse(rollback.at);
  const failedBefore = (instant: number): number => [...failedAt.values()].filter((at) => at <= instant).length;
  screen.say(
    `  ${colors.red('✘')} taken back after ${seconds} s at ${String(rollback?.detail.percentage)} %: ${status.error ?? ''}`,
    `  ${colors.dim(`${served.size} users were served by it, ${withError} of them met an error`)}`,
  );
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
      withError > 0 && withError <= failedBefore(takenBackAt) && withError >= failedBefore(takenBackAt - REPORTED_MS),
      `${withError} in the evidence; ${failedAt.size} in the traffic until it was taken back, of ${served.size} served`,
    ),
    fact(
      'nobody is served by it any more, and nothing fails',
      shareOf(after, 'wink-dated') === 0 && after.failed === 0 && after.answered > 0,
      `${after.failed} failures in ${after.answered} requests`,
    ),
    fact('everybody is back on wink', shareOf(after, 'wink') === 100, `${shareOf(after, 'wink').toFixed(1)} % of requests`),
  ];
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

function evidenceOf({ verdicts }: WireStatus): string {
  return Math.exp(Math.max(0, ...verdicts.map(({ logE = 0 }) => logE))).toPrecision(2);
}
