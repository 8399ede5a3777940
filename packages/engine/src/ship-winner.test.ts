import { describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const arms = [
  { variant: 'control', component: 'a' },
  { variant: 'fast', component: 'b' },
  { variant: 'faster', component: 'c' },
];

/** A stopped test of three arms, of which the third has won if `isClear`. */
async function stopped(isClear = true) {
  const clock = manualClock(1_700_000_000_000);
  const sluice = createSluice({ store: memoryStore(), clock });
  const tests = sluice.abTests;
  await tests.createTest({ testId: 't', arms, trackedMetrics: ['latency'] });
  await tests.startTest('t');
  for (let index = 0; index < 900; index++) {
    const userId = `u${index}`;
    const variant = tests.getVariant<string>('t', { userId });
    const gain = isClear ? ({ control: 0, fast: 20, faster: 60 }[variant] ?? 0) : 0;
    tests.recordMetric('t', variant, 'latency', 200 - gain + (index % 7), { userId });
  }
  const heard: unknown[] = [];
  await tests.stopTest('t');
  sluice.on('exposure', (exposure) => heard.push(exposure));
  return { clock, sluice, tests, heard };
}

const served = (tests: Awaited<ReturnType<typeof stopped>>['tests'], variant: string): number =>
  Array.from({ length: 1_000 }, (_, index) => tests.getVariant<string>('t', { userId: `n${index}` })).filter(
    (found) => found === variant,
  ).length;

describe('shipWinner', () => {
  it('rolls the winner out on the flag of the test, which getVariant follows without exposure', async () => {
    const { clock, sluice, tests, heard } = await stopped();
    expect(served(tests, 'control')).toBe(1_000);
    const status = await tests.shipWinner('t', { strategy: 'canary', validate: () => true, reason: 'faster has won' });
    expect(status).toMatchObject({ phase: 'baking', currentPercentage: 1 });
    expect(tests.getTest('t').shippedVariant).toBe('faster');
    await clock.advance(12 * 60_000);
    expect(sluice.flags.getFlag('t')?.servedPercentage).toBe(10);
    expect(Math.abs(served(tests, 'faster') - 100)).toBeLessThan(50);
    await clock.advance(40 * 60_000);
    expect(sluice.rollouts.getRolloutStatus('t')?.phase).toBe('completed');
    expect(served(tests, 'faster')).toBe(1_000);
    expect(heard).toEqual([]);
  });

  it('goes back to control when the rollout does', async () => {
    const { clock, sluice, tests } = await stopped();
    await tests.shipWinner('t', { strategy: 'percentage', stages: [50, 100], validate: () => false, bakeMs: 1_000 });
    await clock.advance(5_000);
    expect(sluice.rollouts.getRolloutStatus('t')?.phase).toBe('failed');
    expect(served(tests, 'control')).toBe(1_000);
  });

  it('is refused without a winner unless a variant is named, and for what cannot be shipped', async () => {
    const { sluice, tests } = await stopped(false);
    const ship = (options: object) => tests.shipWinner('t', { strategy: 'canary', validate: () => true, ...options });
    await expect(ship({})).rejects.toThrow('no arm has won');
    await expect(ship({ variant: 'control' })).rejects.toThrow('nothing to ship');
    await expect(ship({ variant: 'nope' })).rejects.toThrow('"nope" is not one of its treatments');
    await expect(ship({ variant: 'fast', stages: [50, 20] })).rejects.toThrow('/stages');
    expect(tests.getTest('t').shippedVariant).toBeNull();
    await expect(ship({ variant: 'fast' })).resolves.toMatchObject({ currentPercentage: 1 });
    await expect(ship({ variant: 'fast' })).rejects.toMatchObject({ code: 'conflict' });
    await sluice.close();
  });

  it('is refused while the test runs', async () => {
    const { tests } = await stopped();
    await tests.createTest({ testId: 'r', arms });
    await tests.startTest('r');
    await expect(tests.shipWinner('r', { strategy: 'canary', variant: 'fast', unvalidated: true })).rejects.toThrow(
      'stopTest("r") first',
    );
  });

  it('is one commit with a reason of its own, and what cannot start marks nothing as shipped', async () => {
    const { sluice, tests } = await stopped();
    const before = (await sluice.flags.runtime.store.read()).seq;
    const commits: number[] = [];
    sluice.flags.runtime.observe(({ records }) => commits.push(records.length));
    await tests.shipWinner('t', { strategy: 'canary', validate: () => true, startAt: 1_700_000_000_000 + 1e9 });
    expect(commits).toEqual([3]);
    const events = await sluice.flags.runtime.store.log({ scope: sluice.flags.runtime.view.scope, after: before });
    expect(events.map(({ type, reason }) => [type, reason])).toEqual(
      ['experiment.shipped', 'rollout.started', 'flag.updated'].map((type) => [
        type,
        'ships "faster", the winner of the test "t"',
      ]),
    );
    const bad = await stopped();
    await expect(bad.tests.shipWinner('t', { strategy: 'canary' })).rejects.toThrow('nothing would judge this rollout');
    expect(bad.tests.getTest('t').shippedVariant).toBeNull();
    await bad.tests.shipWinner('t', { variant: 'fast', strategy: 'canary', unvalidated: true });
    expect(bad.sluice.rollouts.getRolloutStatus('t')?.phase).toBe('baking');
    const [started] = await bad.sluice.flags.runtime.store.log({
      scope: bad.sluice.flags.runtime.view.scope,
      types: ['rollout.started'],
    });
    expect(started?.reason).toBe('ships "fast" of the test "t", which was chosen by hand');
  });
});
