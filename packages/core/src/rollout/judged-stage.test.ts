import { expect, it } from 'vitest';
import { CRITERIA, forHistories } from './histories.testing.ts';
import { currentStage } from './rollout.ts';
import { measured, openWorld, type World, watch } from './world.testing.ts';

interface Judged {
  readonly stage: number;
  readonly validation: { readonly outcome: string } | null;
  readonly verdicts: readonly { readonly verdict: string }[];
}

it('keeps of every stage that it leaves what judged it', () => {
  const judgedBy = (event: World['events'][number]) => event.detail.judged as unknown as Judged | undefined;
  forHistories((before, after, input) => {
    const from = currentStage(before.rollout.phase);
    for (const event of after.events.filter(({ type }) => type === 'rollout.advanced' || type === 'rollout.finalizing')) {
      const judged = judgedBy(event);
      expect(judged?.stage ?? null).toBe(from);
      if (judged === undefined) continue;
      const isByItself = input.type === 'tick';
      if (!isByItself) expect(judged.verdicts).toEqual(before.rollout.verdicts);
      else expect(judged.verdicts.map(({ verdict }) => verdict)).toEqual(CRITERIA.map(() => 'pass'));
      if (isByItself) expect(judged.validation?.outcome).toBe('advance');
    }
  });
});

it('keeps what a stage came to with the event that opens the next one, and of the first nothing', () => {
  const world = openWorld({ criteria: [{ metric: 'errorRate', max: 0.05 }] });
  expect(world.events[0]?.detail).not.toHaveProperty('judged');
  const next = watch(world, 10_000, { measurements: [measured(0.01, world.now + 9_000)], exposures: 321 });
  expect(next.rollout).toMatchObject({ phase: { name: 'baking', stage: 1 }, verdicts: [] });
  expect(next.events[0]?.detail).toMatchObject({
    stage: 1,
    percentage: 5,
    judged: {
      stage: 0,
      percentage: 1,
      exposures: 321,
      validation: null,
      verdicts: [
        { criterion: 'errorRate', verdict: 'pass', value: 0.01, samples: 1_000, message: expect.stringMatching(/0\.01/) },
      ],
    },
  });
});
