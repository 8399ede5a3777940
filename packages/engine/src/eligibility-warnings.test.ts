import { describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const START = 1_800_000_000_000;
const HOUR = 3_600_000;
const at = (hours: number): string => new Date(START + hours * HOUR).toISOString();

async function running() {
  const clock = manualClock(START);
  const sluice = createSluice({ store: memoryStore(), clock });
  await sluice.flags.setSegment('pilots', { members: ['ann'] });
  await sluice.flags.setSegment('staff', { members: ['bob'], condition: { in_segment: 'pilots' } });
  await sluice.flags.setSegment('other', { members: ['eve'] });
  await sluice.abTests.createTest({
    testId: 't',
    controlComponent: 'a',
    treatmentComponent: 'b',
    eligibility: { any: [{ plan: 'pro' }, { in_segment: 'staff' }] },
  });
  await clock.advance(HOUR);
  await sluice.flags.setSegment('staff', { members: ['bob', 'cid'] });
  await sluice.abTests.startTest('t');
  await clock.advance(HOUR);
  return { clock, ...sluice };
}

const warnings = async ({ abTests }: Pick<Sluice, 'abTests'>): Promise<string[]> =>
  (await abTests.getTestResults('t')).warnings.filter((warning) => warning.includes('eligibility'));

describe('the results of a test whose eligibility asks for a segment', () => {
  it('say from when on other units belong to it than at the start, by whom, and how often that changed', async () => {
    const { flags, clock, ...sluice } = await running();
    expect(await warnings(sluice)).toEqual([]);
    await flags.setSegment('staff', { members: ['bob', 'cid', 'dan'] }, { actor: 'ann' });
    await clock.advance(HOUR);
    await flags.setSegment('staff', { members: ['bob', 'cid'] });
    expect(await warnings(sluice)).toEqual([
      `the eligibility asks for the segment "staff", of which who belongs changed 2 times while the test ran, from ${at(2)} on (ann): ` +
        'units from before and after are compared as one test; rebaseTest("t", …) begins anew',
    ]);
    await sluice.abTests.rebaseTest('t', {}, { reason: 'other people' });
    expect(await warnings(sluice)).toEqual([]);
  });

  it('say so of a segment that is named by one that is named', async () => {
    const { flags, ...sluice } = await running();
    await flags.setSegment('pilots', { condition: { plan: 'free' } });
    expect(await warnings(sluice)).toEqual([
      expect.stringContaining(`"pilots", of which who belongs changed once while the test ran, from ${at(2)}`),
    ]);
  });

  it('are silent where the same units belong, or the segment is another, or the test is over', async () => {
    const { flags, clock, ...sluice } = await running();
    await flags.setSegment('staff', { description: 'all of us', tags: ['hr'], members: ['cid', 'bob'] });
    await flags.setSegment('other', { members: [] });
    expect(await warnings(sluice)).toEqual([]);
    await sluice.abTests.stopTest('t');
    await clock.advance(HOUR);
    await flags.setSegment('staff', { members: [] });
    expect(await warnings(sluice)).toEqual([]);
  });
});
