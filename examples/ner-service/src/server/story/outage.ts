/** Act 3: half of the users have a new flag; other programs see the same half; the server is killed, and nobody notices. */
import { type Fact, fact } from '../../fact.ts';
import { colors } from '../../screen.ts';
import { pause, until } from '../../waiting.ts';
import { askOfrep, askOpenFeature } from '../other-programs.ts';
import { PATTERNS } from '../refinements.ts';
import { SCOPE } from '../staff.ts';
import { watchRollout } from '../watch-rollout.ts';
import { PACE, SETTLING_MS } from './canary.ts';
import type { DemoStage } from './stage.ts';

const HALF = 50;
const ASKED_USERS = 200;
const AWAY_MS = 2_000;
/** A stream that was lost is opened again after a second or more. */
const RECONNECTED_MS = 30_000;

export async function outage(stage: DemoStage): Promise<Fact[]> {
  const { engineer, onCall } = stage.world.staff;
  await engineer.rollouts.start({
    ...SCOPE,
    flag: PATTERNS,
    settings: {
      ...PACE,
      strategy: 'percentage',
      stages: [10, HALF, 100],
      criteria: [{ metric: 'errorRate', versusControl: 1.2 }],
    },
    reason: 'copyright lines name people',
  });
  const watched = { flag: PATTERNS, component: 'wink' };
  await watchRollout(stage, { ...watched, isEnough: ({ currentPercentage }) => currentPercentage === HALF });
  await onCall.rollouts.pause({ ...SCOPE, flag: PATTERNS, reason: 'lunch' });
  const agreement = await agreed(stage);
  const away = await killed(stage);
  const { stage: reached } = await engineer.rollouts.status({ ...SCOPE, flag: PATTERNS });
  await onCall.rollouts.resume({ ...SCOPE, flag: PATTERNS, reason: 'lunch is over' });
  const status = await watchRollout(stage, watched);
  return [
    agreement,
    ...away,
    fact('the rollout stood where it was when the server was back', reached === 1, `at stage ${reached ?? 'none'} of 0 to 2`),
    fact('and went on from there to its end', status.phase === 'completed', status.error ?? `phase ${status.phase}`),
  ];
}

/** The service in its process, an OpenFeature SDK, and whoever asks over HTTP. */
async function agreed({ world, screen }: DemoStage): Promise<Fact> {
  const users = Array.from({ length: ASKED_USERS }, (_, index) => `user-${index}`);
  const here = users.map((userId) => world.connection.isEnabled(PATTERNS, { userId }));
  const throughOpenFeature = await askOpenFeature(world.url, world.staff.serviceToken, PATTERNS, users);
  const throughOfrep = await askOfrep(world.url, world.staff.clientToken, PATTERNS, users);
  const differing = users.filter((_, index) => here[index] !== throughOpenFeature[index] || here[index] !== throughOfrep[index]);
  const on = here.filter(Boolean).length;
  screen.say(
    `  ${colors.green('✔')} ${on} of ${users.length} users have it, whoever asks: this service, OpenFeature, OFREP over HTTP`,
  );
  return fact(
    'the service, an OpenFeature SDK and OFREP over HTTP give every user the same',
    differing.length === 0 && on > 0 && on < users.length,
    `${differing.length} of ${users.length} users differ; ${on} are in`,
  );
}

async function killed({ world, screen }: DemoStage): Promise<Fact[]> {
  const { traffic, connection } = world;
  await connection.flush();
  const { dropped } = connection.counts;
  await world.killServer();
  await pause(SETTLING_MS);
  traffic.take();
  await pause(AWAY_MS);
  const seen = traffic.take();
  const { status, counts } = connection;
  screen.say(`  ${colors.red('✘')} the server was killed; ${colors.dim(`${seen.answered} requests were answered without it`)}`);
  await world.startServer();
  const isBack = await until(() => connection.status === 'READY', RECONNECTED_MS);
  await connection.flush();
  const lost = connection.counts.dropped - dropped;
  screen.say(`  ${colors.green('✔')} it is back ${colors.dim('on the same folder, and was told what it had missed')}`);
  return [
    fact(
      'the service answered on while the server was away',
      seen.answered > 0 && seen.failed === 0 && status !== 'READY',
      `${seen.answered} requests, ${seen.failed} failed; the connection was ${status}`,
    ),
    fact(
      'what was measured meanwhile reached the server afterwards',
      isBack && counts.waiting > 0 && lost === 0,
      `${counts.waiting} reports waited, ${lost} were lost`,
    ),
  ];
}
