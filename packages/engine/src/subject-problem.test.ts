import { expect, it } from 'vitest';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';
import { armProblem, tallyProblem } from './subject-problem.ts';

it('knows the subjects of flags, tests and stages that the scope has, and of no others', async () => {
  const sluice = createSluice({ store: memoryStore() });
  await sluice.flags.setFlag('a/b', { enabled: true, rolloutPercentage: 0 });
  await sluice.abTests.createTest({
    testId: 't',
    controlComponent: 'a',
    treatmentComponent: 'b',
    trafficSplit: 0.5,
    durationDays: 7,
  });
  await sluice.abTests.startTest('t');
  await sluice.abTests.rebaseTest('t', { trafficSplit: 0.2 }, { reason: 'too many' });
  await sluice.rollouts.startRollout('a/b', { strategy: 'percentage', stages: [20, 50], unvalidated: true });
  const { view } = sluice.flags.runtime;
  const goodTallies = ['flag/a/b', 'flag/t', 'rollout/a/b/1/0', 'rollout/a/b/1/1'];
  const badTallies = [
    'flag/none',
    'flag/',
    't',
    'rollout/a/b/1/9',
    'rollout/a/b/2/0',
    'rollout/a/1/0',
    'window/a/b/on/counter/errors/1',
  ];
  expect(goodTallies.filter((subject) => tallyProblem(view, subject) !== null)).toEqual([]);
  expect(badTallies.filter((subject) => tallyProblem(view, subject) === null)).toEqual([]);
  const good = [
    ['t', 'control'],
    ['experiment/t/2', 'treatment'],
    ['rollout/a/b/1/0', 'on'],
    ['rollout/a/b/1/1/slow/500/latency', 'off'],
    ['rollout/a/b/1/1/mean/units/latency', 'on'],
  ] as const;
  const bad = [
    ['t', 'on'],
    ['experiment/t/3', 'control'],
    ['experiment/t/1', 'control'],
    ['rollout/a/b/1/0', 'control'],
    ['flag/a/b', 'on'],
    ['other', 'control'],
  ] as const;
  expect(good.filter(([subject, arm]) => armProblem(view, subject, arm) !== null)).toEqual([]);
  expect(bad.filter(([subject, arm]) => armProblem(view, subject, arm) === null)).toEqual([]);
  await sluice.close();
});
