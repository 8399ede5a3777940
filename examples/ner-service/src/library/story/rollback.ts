/** Act 4: taking it back, for three users at once, and for everybody step by step. */
import { FLAG } from '../../assignment.ts';
import { type Fact, fact } from '../../fact.ts';
import { targetedFacts } from '../../promises.ts';
import { bar, colors } from '../../screen.ts';
import { shareOf } from '../../traffic.ts';
import { pause } from '../../waiting.ts';
import type { DemoStage } from './stage.ts';

const STAGES = [75, 50, 25, 0] as const;
const INTERVAL_MS = 2_500;
/** A share of a few hundred requests is off by chance by a few points. */
const TOLERANCE = 10;

export async function rollback(stage: DemoStage): Promise<Fact[]> {
  return [...(await targeted(stage)), ...(await gradual(stage))];
}

async function targeted({ sluice, traffic, texts, screen }: DemoStage): Promise<Fact[]> {
  const userIds = ['user-7', 'user-8', 'user-9'];
  const [text] = texts;
  const componentsOf = async (users: readonly string[]): Promise<string[]> =>
    text === undefined ? [] : Promise.all(users.map(async (user) => (await traffic.ask(user, text)).body.component ?? 'none'));
  const before = await componentsOf([...userIds, 'user-10']);
  await sluice.rollbacks.rollbackTargeted(FLAG, { userIds, reason: 'three users reported missing names', actor: 'on-call' });
  const after = await componentsOf(userIds);
  const [other] = await componentsOf(['user-10']);
  screen.say(
    `  ${colors.green('✔')} ${userIds.join(', ')}: ${before[0]} → ${after[0]}   ${colors.dim(`user-10 stays on ${other}`)}`,
  );
  return targetedFacts({ named: after, other: { before: before[3], after: other } });
}

async function gradual({ sluice, traffic, screen }: DemoStage): Promise<Fact[]> {
  const facts: Fact[] = [];
  let picture = ['  …'];
  screen.live(() => picture);
  const going = await sluice.rollbacks.rollbackGradual(FLAG, {
    stages: STAGES,
    intervalMs: INTERVAL_MS,
    reason: 'the reports go on',
    actor: 'on-call',
  });
  for (const target of STAGES) {
    while (sluice.flags.getFlag(FLAG)?.servedPercentage !== target) await pause(20);
    await pause(200);
    traffic.take();
    await pause(INTERVAL_MS - 700);
    const seen = traffic.take();
    const share = shareOf(seen, 'wink');
    picture = [`  ${bar(share / 100)} ${share.toFixed(1)} % of the traffic reaches wink`];
    screen.say(`  ${colors.green('✔')} ${target} % ${colors.dim(`measured ${share.toFixed(1)} % of ${seen.answered} requests`)}`);
    facts.push(fact(`the gradual rollback serves ${target} %`, Math.abs(share - target) <= TOLERANCE, `${share.toFixed(1)} %`));
  }
  screen.live(null);
  const result = await going.completed();
  return [
    ...facts,
    fact(
      'the gradual rollback reached its end',
      result.toPercentage === 0,
      `${result.fromPercentage} → ${result.toPercentage} % in ${(result.durationMs / 1000).toFixed(1)} s`,
    ),
  ];
}
