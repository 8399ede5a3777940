/** Act 5: taking it back: for three users at once, for everybody step by step, and by the kill switch. */
import { FLAG, STABLE } from '../../assignment.ts';
import { type Fact, fact } from '../../fact.ts';
import { targetedFacts } from '../../promises.ts';
import { bar, colors } from '../../screen.ts';
import { shareOf } from '../../traffic.ts';
import { pause, until } from '../../waiting.ts';
import { PATTERNS } from '../refinements.ts';
import { SCOPE } from '../staff.ts';
import { SETTLING_MS } from './canary.ts';
import type { DemoStage } from './stage.ts';

const STAGES = [75, 50, 25, 0] as const;
const INTERVAL_MS = 3_000;
/** In percent: a share of so many requests is off by chance by a few points, hardly ever by more. */
const toleranceOf = (answered: number): number => Math.max(10, 100 * 4.5 * Math.sqrt(0.25 / Math.max(1, answered)));
/** From being asked for to what the service serves; a tenth of a second unless the machine has other things to do. */
const KILL_MS = 10_000;

export async function rollback(stage: DemoStage): Promise<Fact[]> {
  return [...(await targeted(stage)), ...(await gradual(stage)), await killSwitch(stage)];
}

async function targeted({ world, screen }: DemoStage): Promise<Fact[]> {
  const { traffic, texts, staff, connection } = world;
  const userIds = ['user-7', 'user-8', 'user-9'];
  const [text] = texts;
  const componentsOf = async (users: readonly string[]): Promise<string[]> =>
    text === undefined ? [] : Promise.all(users.map(async (user) => (await traffic.ask(user, text)).body.component ?? 'none'));
  const before = await componentsOf([...userIds, 'user-10']);
  await staff.onCall.rollbacks.targeted({ ...SCOPE, flag: FLAG, userIds, reason: 'three users reported missing names' });
  await until(() => userIds.every((userId) => connection.getVariant(FLAG, { userId }) === STABLE), KILL_MS);
  const after = await componentsOf(userIds);
  const [other] = await componentsOf(['user-10']);
  screen.say(
    `  ${colors.green('✔')} ${userIds.join(', ')}: ${before[0]} → ${after[0]}   ${colors.dim(`user-10 stays on ${other}`)}`,
  );
  return targetedFacts({ named: after, other: { before: before[3], after: other } });
}

async function gradual({ world, screen }: DemoStage): Promise<Fact[]> {
  const { traffic, staff } = world;
  const facts: Fact[] = [];
  let picture = ['  …'];
  screen.live(() => picture);
  await staff.onCall.rollbacks.gradual({
    ...SCOPE,
    flag: FLAG,
    stages: [...STAGES],
    intervalMs: INTERVAL_MS,
    reason: 'the reports go on',
  });
  const served = async (): Promise<number> => (await staff.onCall.flags.get({ ...SCOPE, key: FLAG })).servedPercentage;
  for (const target of STAGES) {
    await until(async () => (await served()) === target, 4 * INTERVAL_MS);
    await pause(SETTLING_MS);
    traffic.take();
    await pause(INTERVAL_MS - 1_200);
    const seen = traffic.take();
    const share = shareOf(seen, 'wink');
    picture = [`  ${bar(share / 100)} ${share.toFixed(1)} % of the traffic reaches wink`];
    screen.say(`  ${colors.green('✔')} ${target} % ${colors.dim(`measured ${share.toFixed(1)} % of ${seen.answered} requests`)}`);
    facts.push(
      fact(
        `the gradual rollback serves ${target} %`,
        Math.abs(share - target) <= toleranceOf(seen.answered),
        `${share.toFixed(1)} %`,
      ),
    );
  }
  screen.live(null);
  const ended = async () => (await staff.onCall.rollouts.status({ ...SCOPE, flag: FLAG })).endedAt !== null;
  const isOver = await until(ended, 4 * INTERVAL_MS);
  const end = await served();
  return [...facts, fact('the gradual rollback reached its end', isOver && end === 0, `${STAGES.join(' → ')} %, now ${end} %`)];
}

async function killSwitch({ world, screen }: DemoStage): Promise<Fact> {
  const { connection, staff } = world;
  const unit = { userId: 'user-10' };
  const before = connection.isEnabled(PATTERNS, unit);
  const startedAt = performance.now();
  await staff.onCall.flags.kill({ ...SCOPE, key: PATTERNS, reason: 'to see how fast it is' });
  const isOff = await until(() => !connection.isEnabled(PATTERNS, unit), KILL_MS);
  const ms = performance.now() - startedAt;
  screen.say(
    `  ${colors.green('✔')} ${PATTERNS} is off for everybody ${colors.dim(`${ms.toFixed(0)} ms after it was asked for`)}`,
  );
  return fact('the kill switch reaches the service', before && isOff, `${ms.toFixed(0)} ms`);
}
