import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { fileStore } from './store/file-store.ts';
import { memoryStore } from './store/memory-store.ts';

const START = 1_700_000_000_000;
async function draft({ abTests }: Sluice, testId: string, trafficShare: number): Promise<void> {
  await abTests.createTest({ testId, controlComponent: 'a', treatmentComponent: 'b', trafficShare, layer: 'checkout' });
}
function sizesOf(sluice: Sluice, tests: readonly string[]): Promise<number[]> {
  return Promise.all(
    tests.map(async (test) => {
      const { sampleSizes } = await sluice.abTests.getTestResults(test);
      return sampleSizes.control + sampleSizes.treatment;
    }),
  );
}

describe('tests in a layer', () => {
  it('expose each unit to one of them, and are listed with their layer', async () => {
    const sluice = createSluice({ store: memoryStore(), clock: manualClock(START) });
    for (const test of ['one', 'two']) {
      await draft(sluice, test, 0.5);
      await sluice.abTests.startTest(test);
    }
    for (let user = 0; user < 500; user++)
      for (const test of ['one', 'two']) sluice.abTests.getVariant(test, { userId: `u${user}` });
    const sizes = await sizesOf(sluice, ['one', 'two']);
    expect(sizes[0]).toBeGreaterThan(200);
    expect((sizes[0] ?? 0) + (sizes[1] ?? 0)).toBe(500);
    expect(sluice.abTests.getTest('one')).toMatchObject({ layer: 'checkout', trafficShare: 0.5 });
    const plan = { testId: 'three', controlComponent: 'a', treatmentComponent: 'b', durationDays: 14 };
    expect(sluice.abTests.advise({ ...plan, layer: 'checkout' })).toEqual([]);
    expect(sluice.abTests.advise(plan)).toEqual([
      expect.stringContaining('the test "one" compares a and b at the same time'),
      expect.stringContaining('the test "two" compares a and b at the same time'),
    ]);
    expect(sluice.flags.getFlag('one')).toMatchObject({ servedPercentage: 50 });
  });

  it('free their range when they are stopped, killed or over, and give their flag to a rollout without it', async () => {
    const clock = manualClock(START);
    const sluice = createSluice({ store: memoryStore(), clock });
    const { abTests, flags } = sluice;
    for (const test of ['a', 'b', 'c', 'd', 'e']) await draft(sluice, test, 1);
    await abTests.startTest('a');
    await expect(abTests.startTest('b')).rejects.toMatchObject({ code: 'conflict' });
    await abTests.stopTest('a');
    await abTests.startTest('b');
    await flags.disableFlag('b');
    await abTests.startTest('c');
    await clock.advance(8 * 86_400_000);
    await abTests.startTest('d');
    expect(abTests.getTest('c').phase).toBe('stopped');
    await abTests.shipWinner('a', { variant: 'treatment', strategy: 'percentage', stages: [100], bakeMs: 0, unvalidated: true });
    expect(flags.getVariant('a', { userId: 'anybody' })).toBe('treatment');
    const copy = createSluice({ store: memoryStore(), clock });
    await copy.import(await sluice.export(), { reason: 'move' });
    expect(copy.abTests.getTest('e')).toMatchObject({ layer: 'checkout', phase: 'draft' });
    await copy.abTests.startTest('d');
    await expect(copy.abTests.startTest('e')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('cannot take the same slots from two processes at once', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'layers-')), 'flags.json');
    const sluices = [0, 1].map(() => createSluice({ store: fileStore(file) }));
    const [one, two] = sluices as [Sluice, Sluice];
    for (const test of ['p', 'q', 'r']) await draft(one, test, 0.4);
    await two.flags.reload();
    const started = await Promise.allSettled([
      one.abTests.startTest('p'),
      two.abTests.startTest('q'),
      two.abTests.startTest('r'),
    ]);
    expect(started.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(started.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'conflict', message: expect.stringContaining('20 % free') },
    });
    for (const sluice of sluices) await sluice.close();
  });
});
