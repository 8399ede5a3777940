import { describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const START = 1_700_000_000_000;
const DAY = 86_400_000;

async function world(more: object = {}) {
  const clock = manualClock(START);
  const sluice = createSluice({ store: memoryStore(), clock });
  const tests = sluice.abTests;
  await tests.createTest({ testId: 't', controlComponent: 'a', treatmentComponent: 'b', trackedMetrics: ['m'], ...more });
  return { clock, sluice, tests };
}
function measure({ abTests }: Sluice, users: number, value: (variant: string, user: number) => number, from = 0): void {
  for (let user = from; user < from + users; user++) {
    const userId = `u${user}`;
    const variant = abTests.getVariant<string>('t', { userId });
    abTests.recordMetric('t', variant, 'm', value(variant, user), { userId });
  }
}

describe('updateTest', () => {
  it('changes everything of a draft, with its flag', async () => {
    const { sluice, tests } = await world();
    const changes = { controlComponent: 'x', trafficSplit: 0.3, eligibility: { plan: 'pro' }, durationDays: 14, tags: ['q3'] };
    const updated = await tests.updateTest('t', { ...changes, description: 'd' }, { actor: 'ann' });
    expect(updated).toMatchObject({
      controlComponent: 'x',
      treatmentComponent: 'b',
      trafficSplit: 0.3,
      durationDays: 14,
      tags: ['q3'],
    });
    expect(sluice.flags.getFlag('t')).toMatchObject({ variants: { control: 'x', treatment: 'b' }, conditions: { plan: 'pro' } });
    await tests.startTest('t');
    const pro = Array.from({ length: 1_000 }, (_, user) =>
      tests.getVariant('t', { userId: `u${user}`, attributes: { plan: 'pro' } }),
    );
    expect(Math.abs(pro.filter((variant) => variant === 'treatment').length - 300)).toBeLessThan(60);
    expect(tests.getVariant('t', { userId: 'u1' })).toBe('control');
  });

  it('refuses of a running test what would compare unlike units, says what to do, and applies nothing of it', async () => {
    const { tests, clock } = await world();
    await tests.startTest('t');
    for (const changes of [
      { trafficSplit: 0.4 },
      { arms: ['control', 'x', 'y'].map((variant) => ({ variant, component: variant })) },
      { eligibility: { plan: 'pro' } },
      { trafficShare: 0.5 },
      { layer: 'l' },
      { method: 'fixedHorizon' as const },
      { plannedUnits: 500 },
      { trackedMetrics: [{ name: 'm', role: 'guardrail' as const }] },
    ])
      await expect(tests.updateTest('t', { ...changes, description: 'changed' })).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringMatching(
          /cannot change \w+ while it runs.*rebaseTest\("t", …\) begins anew with them, or stopTest/,
        ),
      });
    expect(tests.getTest('t').description).toBe('');
    await tests.updateTest('t', { description: 'longer', durationDays: 20, trafficSplit: 0.5 });
    await clock.advance(19 * DAY);
    expect(tests.getTest('t')).toMatchObject({ phase: 'running', description: 'longer', endsAt: new Date(START + 20 * DAY) });
    await clock.advance(2 * DAY);
    await expect(tests.updateTest('t', { durationDays: 30 })).rejects.toThrow('it is stopped; only description and tags may');
    expect(await tests.updateTest('t', { tags: ['done'] })).toMatchObject({ tags: ['done'], phase: 'stopped' });
  });

  it('leaves the planned end of a fixed horizon where it was declared', async () => {
    const { tests } = await world({ method: 'fixedHorizon' });
    await tests.updateTest('t', { durationDays: 9 });
    await tests.startTest('t');
    await expect(tests.updateTest('t', { durationDays: 30 })).rejects.toThrow('one look at the planned end was declared');
  });

  it('names what is wrong, and changes nothing when nothing is different', async () => {
    const { sluice, tests } = await world();
    await expect(tests.updateTest('t', { trafficSplit: 2 })).rejects.toMatchObject({ issues: [{ path: '/trafficSplit' }] });
    await expect(tests.updateTest('t', { color: 'red' } as never)).rejects.toMatchObject({ issues: [{ path: '/color' }] });
    await expect(tests.updateTest('u', {})).rejects.toMatchObject({ code: 'notFound' });
    const revision = sluice.flags.runtime.view.experiments.get('t')?.revision;
    await tests.updateTest('t', { durationDays: 7, trackedMetrics: ['m'], trafficShare: 1 });
    expect(sluice.flags.runtime.view.experiments.get('t')?.revision).toBe(revision);
  });
});

describe('rebaseTest', () => {
  it('begins anew under the next number, and nothing that was measured before counts', async () => {
    const { sluice, tests, clock } = await world();
    await tests.startTest('t');
    measure(sluice, 600, (variant, user) => (variant === 'treatment' ? 50 : 0) + (user % 7));
    expect(await tests.getTestResults('t')).toMatchObject({ significant: true });
    await clock.advance(3 * DAY);
    await expect(tests.rebaseTest('t', {}, {})).rejects.toThrow('needs a reason');
    const arms = ['control', 'treatment', 'third'].map((variant) => ({ variant, component: `${variant}-2` }));
    const rebased = await tests.rebaseTest('t', { arms }, { reason: 'a third idea', actor: 'ann' });
    expect(rebased).toMatchObject({ number: 2, phase: 'running', endsAt: new Date(START + 10 * DAY) });
    const empty = await tests.getTestResults('t');
    expect(empty).toMatchObject({ significant: false, elapsedMs: 0, sampleSizes: { control: 0, treatment: 0, third: 0 } });
    measure(sluice, 900, (_, user) => user % 7, 300);
    const results = await tests.getTestResults('t');
    expect(results).toMatchObject({ significant: false });
    expect(Object.values(results.sampleSizes).reduce((sum, size) => sum + size)).toBe(900);
    expect(Math.min(...Object.values(results.sampleSizes))).toBeGreaterThan(200);
    expect(results.warnings.join()).not.toContain('two arms');
    const log = await sluice.flags.runtime.store.log({ scope: sluice.flags.runtime.view.scope, types: ['experiment.rebased'] });
    expect(log).toMatchObject([
      { actor: 'ann', reason: 'a third idea', detail: { number: 2, changed: ['arms'], measuredMs: 3 * DAY } },
    ]);
  });

  it('keeps every unit that is in again in its arm, and tells listeners of the test by its name', async () => {
    const { sluice, tests } = await world({ trafficShare: 0.4 });
    await tests.startTest('t');
    const before = Array.from({ length: 300 }, (_, user) => tests.getVariant('t', { userId: `u${user}` }));
    await tests.rebaseTest('t', { trafficShare: 0.8 }, { reason: 'more traffic' });
    const heard: string[] = [];
    sluice.on('exposure', ({ testId }) => heard.push(testId));
    for (const [user, arm] of before.entries())
      if (arm === 'treatment') expect(tests.getVariant('t', { userId: `u${user}` })).toBe('treatment');
    expect(new Set(heard)).toEqual(new Set(['t']));
  });

  it('puts a flag right that was changed from outside, and stays in its slots of a layer when it can', async () => {
    const { sluice, tests } = await world({ layer: 'l', trafficShare: 0.3 });
    await tests.createTest({ testId: 'first', controlComponent: 'a', treatmentComponent: 'b', layer: 'l', trafficShare: 0.2 });
    await tests.startTest('first');
    await tests.startTest('t');
    await tests.stopTest('first');
    await sluice.flags.setRolloutPercentage('t', 5, { force: true });
    expect((await tests.getTestResults('t')).warnings.join()).toContain('changed from outside');
    await tests.rebaseTest('t', { trafficShare: 0.4 }, { reason: 'again' });
    expect((await tests.getTestResults('t')).warnings.join()).not.toContain('changed from outside');
    expect(sluice.flags.runtime.view.experiments.get('t')?.slots).toEqual({ layer: 'l', from: 20_000, share: 40_000 });
    await tests.rebaseTest('t', { trafficShare: 0.9 }, { reason: 'nearly all' });
    expect(sluice.flags.runtime.view.experiments.get('t')?.slots).toEqual({ layer: 'l', from: 0, share: 90_000 });
    expect(await tests.rebaseTest('t', { layer: null }, { reason: 'alone' })).toMatchObject({ layer: null, number: 4 });
  });

  it('is for running tests only', async () => {
    const { tests } = await world();
    await expect(tests.rebaseTest('t', {}, { reason: 'r' })).rejects.toThrow('updateTest("t", …) changes it');
    await tests.startTest('t');
    await tests.stopTest('t');
    await expect(tests.rebaseTest('t', {}, { reason: 'r' })).rejects.toThrow('create another test');
  });
});

describe('archiveTest and listTests', () => {
  it('put away what is over, with a flag that nobody needs, and keep its results and its name', async () => {
    const { sluice, tests } = await world({ tags: ['q3'] });
    await tests.createTest({ testId: 'u', controlComponent: 'a', treatmentComponent: 'b' });
    await tests.startTest('t');
    await expect(tests.archiveTest('t')).rejects.toThrow('stopTest("t") first');
    measure(sluice, 10, () => 1);
    expect(tests.listTests({ phase: 'running' }).map(({ testId }) => testId)).toEqual(['t']);
    expect(tests.listTests({ tag: 'q3' }).map(({ testId }) => testId)).toEqual(['t']);
    await tests.stopTest('t');
    await tests.archiveTest('t', { reason: 'done' });
    expect(tests.listTests().map(({ testId }) => testId)).toEqual(['u']);
    expect(tests.listTests({ archived: true })).toMatchObject([{ testId: 't', archivedAt: new Date(START) }]);
    expect(sluice.flags.getFlag('t')?.isArchived).toBe(true);
    expect((await tests.getTestResults('t')).sampleSizes.control).toBeGreaterThan(0);
    await expect(tests.createTest({ testId: 't', controlComponent: 'a', treatmentComponent: 'b' })).rejects.toThrow(
      'exists already',
    );
    expect(() => tests.listTests({ phase: 'runing' as never })).toThrow('/phase must be one of draft, ');
    expect(() => tests.listTests({ state: 'running' } as never)).toThrow('is not an option of listTests');
    await tests.archiveTest('u');
    await expect(tests.startTest('u')).rejects.toThrow('its flag "u" is gone');
  });

  it('leave the flag of a test whose arm was shipped, and refuse while another flag needs it', async () => {
    const { clock, sluice, tests } = await world();
    await tests.startTest('t');
    await tests.stopTest('t');
    await sluice.flags.setFlag('needing', { prerequisites: [{ flag: 't', variants: ['treatment'] }] });
    await expect(tests.archiveTest('t')).rejects.toThrow('needs it');
    await tests.shipWinner('t', { variant: 'treatment', strategy: 'percentage', stages: [100], unvalidated: true, bakeMs: 0 });
    await clock.advance(5_000);
    await tests.archiveTest('t');
    expect(tests.getVariant('t', { userId: 'u1' })).toBe('treatment');
    const aborted = await world();
    await aborted.tests.startTest('t');
    await aborted.tests.stopTest('t');
    await aborted.tests.shipWinner('t', { variant: 'treatment', strategy: 'canary', unvalidated: true });
    await aborted.sluice.rollouts.abortRollout('t');
    await aborted.tests.archiveTest('t');
    expect(aborted.sluice.flags.getFlag('t')).toMatchObject({ isArchived: false, servedPercentage: 0 });
  });
});

describe('a test with startAt', () => {
  const at = START + DAY;

  it('starts by itself then, and not before', async () => {
    const { clock, tests } = await world({ startAt: new Date(at) });
    expect(await tests.startTest('t')).toMatchObject({ phase: 'scheduled', startsAt: new Date(at), endsAt: null });
    expect(tests.getVariant('t', { userId: 'u1' })).toBe('control');
    await expect(tests.startTest('t')).rejects.toThrow('cannot start, it is scheduled');
    await expect(tests.updateTest('t', { startAt: at + 1 })).rejects.toThrow('cannot change startAt');
    await clock.advance(DAY - 1);
    expect(tests.getTest('t').phase).toBe('scheduled');
    await clock.advance(1);
    expect(tests.getTest('t')).toMatchObject({ phase: 'running', startedAt: new Date(at), endsAt: new Date(at + 7 * DAY) });
  });

  it('is a draft again when it cannot start then, and the log says why; it may be cancelled by stopTest', async () => {
    const { clock, sluice, tests } = await world({ startAt: at });
    await tests.startTest('t');
    await sluice.flags.disableFlag('t');
    await clock.advance(DAY + 5_000);
    expect(tests.getTest('t')).toMatchObject({ phase: 'draft', startsAt: null });
    const log = await sluice.flags.runtime.store.log({
      scope: sluice.flags.runtime.view.scope,
      types: ['experiment.startFailed'],
    });
    expect(log).toMatchObject([{ actor: 'sluice', reason: expect.stringContaining('its flag is disabled') }]);
    const other = await world({ startAt: at });
    await other.tests.startTest('t');
    await other.tests.stopTest('t', { reason: 'not after all' });
    await other.clock.advance(2 * DAY);
    expect(other.tests.getTest('t').phase).toBe('stopped');
  });

  it('is started by the process that is there when its time has come', async () => {
    const clock = manualClock(START);
    const store = memoryStore();
    const first = createSluice({ store, clock });
    await first.abTests.createTest({ testId: 't', controlComponent: 'a', treatmentComponent: 'b', startAt: at });
    await first.abTests.startTest('t');
    const { records } = await store.read();
    const kept = memoryStore();
    await kept.commit({ records: records.map((record) => ({ ...record, revision: 1 })), events: [] });
    await clock.advance(2 * DAY);
    const second = createSluice({ store: kept, clock });
    await clock.advance(1_000);
    expect(second.abTests.getTest('t').phase).toBe('running');
  });
});
