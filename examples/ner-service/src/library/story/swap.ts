/** Act 5: the finder as a component whose versions live in threads of their own, swapped under load. */
import type { LoggedEvent, Sluice } from 'sluice';
import { ThreadedFinder } from '../../components/threaded.ts';
import { type Fact, fact } from '../../fact.ts';
import { bar, colors } from '../../screen.ts';
import { shareOf } from '../../traffic.ts';
import { pause, until } from '../../waiting.ts';
import { COMPONENT } from '../answer-by-component.ts';
import type { DemoStage } from './stage.ts';

const THREAD = new URL('../../components/finder-thread.js', import.meta.url);
const RECOGNISERS = { '1.0.0': 'compromise', '2.0.0': 'wink' } as const;
const SWAPS = 3;
const SWAP_EVERY_MS = 600;

/** What the act counts by itself, apart from what Sluice says. */
interface Counts {
  started: number;
  ended: number;
  inFlight: number;
  requests: number;
  failed: number;
}

export async function swap(stage: DemoStage): Promise<Fact[]> {
  const { sluice, traffic, screen } = stage;
  const counts: Counts = { started: 0, ended: 0, inFlight: 0, requests: 0, failed: 0 };
  await register(sluice, counts);
  const stop = sluice.on('component.swapped', ({ detail }: LoggedEvent) => {
    const old = sluice.hotSwap.versions(COMPONENT).find(({ version }) => version === detail.fromVersion);
    counts.inFlight += old?.leases ?? 0;
  });
  traffic.onAnswer = (_user, _component, isOk) => {
    counts.requests += 1;
    if (!isOk) counts.failed += 1;
  };
  const before = await servedBy(stage, '1.0.0');
  await swapBackAndForth(stage);
  const swapped = await servedBy(stage, '2.0.0');
  const back = await sluice.rollbacks.rollbackImmediate(COMPONENT, {
    reason: 'compromise finds more',
    actor: 'on-call',
    rollbackToVersion: '1.0.0',
  });
  screen.say(`  ${colors.green('✔')} 2.0.0 → 1.0.0 ${colors.dim(`rolled back, loaded and drained in ${back.durationMs} ms`)}`);
  const rolledBack = await servedBy(stage, '1.0.0');
  stop();
  traffic.onAnswer = () => {};
  return facts(counts, { before, swapped, rolledBack });
}

async function register(sluice: Sluice, counts: Counts): Promise<void> {
  for (const [version, recogniser] of Object.entries(RECOGNISERS)) {
    const load = (): Promise<ThreadedFinder> => {
      counts.started += 1;
      return ThreadedFinder.start(THREAD, recogniser, () => {
        counts.ended += 1;
      });
    };
    await sluice.hotSwap.registerVersion(COMPONENT, version, load, { actor: 'ann' });
  }
  await until(() => sluice.hotSwap.versions(COMPONENT)[0]?.state === 'ready', 20_000);
}

async function swapBackAndForth({ sluice, screen }: DemoStage): Promise<void> {
  let swaps = 0;
  screen.live(() => [`  ${bar(swaps / SWAPS)} ${swaps} of ${SWAPS} swaps`]);
  for (; swaps < SWAPS; swaps++) {
    const { from, to, durationMs } = await sluice.hotSwap.swapTo(COMPONENT, swaps % 2 === 0 ? '2.0.0' : '1.0.0', {
      reason: 'back and forth, to see whether a request is lost',
      actor: 'ann',
    });
    screen.say(`  ${colors.green('✔')} ${from} → ${to} ${colors.dim(`loaded, swapped and drained in ${durationMs} ms`)}`);
    await pause(SWAP_EVERY_MS);
  }
  screen.live(null);
}

/** The part of the requests of the next second that this version answered, 0 to 100. */
async function servedBy({ traffic }: DemoStage, version: string): Promise<number> {
  await pause(200);
  traffic.take();
  await pause(1_000);
  return shareOf(traffic.take(), `${COMPONENT} ${version}`);
}

function facts(counts: Counts, shares: { before: number; swapped: number; rolledBack: number }): Fact[] {
  const percent = (share: number): string => `${share.toFixed(1)} % of requests`;
  return [
    fact('the first version serves everybody', shares.before === 100, percent(shares.before)),
    fact('a swap moves everybody', shares.swapped === 100, percent(shares.swapped)),
    fact('a rollback to a version moves everybody back', shares.rolledBack === 100, percent(shares.rolledBack)),
    fact(
      `no request failed over ${SWAPS} swaps and a rollback under load`,
      counts.failed === 0 && counts.requests > 100,
      `${counts.failed} of ${counts.requests} requests`,
    ),
    fact(
      'calls were under way on versions that were swapped away from',
      counts.inFlight > 0,
      `${counts.inFlight} calls finished where they began`,
    ),
    fact(
      'every thread but the one that serves was ended, each once',
      counts.ended === counts.started - 1,
      `${counts.started} started, ${counts.ended} ended`,
    ),
  ];
}
