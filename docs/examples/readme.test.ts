import { createSluice, manualClock, memoryStore } from 'sluice';
import { expect, it } from 'vitest';

it('does what the first screen of the README says', async () => {
  const clock = manualClock(1_700_000_000_000);
  const sluice = createSluice({ store: memoryStore(), clock });
  const answers: string[] = [];
  const answer = (userId: string, model: string): void => void answers.push(`${userId} ${model}`);
  // #region readme
  const { flags, rollouts, metrics } = sluice; // createSluice() keeps its flags in config/feature_flags.json
  await flags.setFlag('new_ner_model', { enabled: true, rolloutPercentage: 0 });

  const userId = 'user123';
  answer(userId, flags.isEnabled('new_ner_model', { userId }) ? 'new' : 'old');

  await rollouts.startRollout('new_ner_model', {
    strategy: 'canary', // 1 → 5 → 10 → 25 → 50 → 100 %, five minutes each
    criteria: [{ metric: 'errorRate', max: 0.05 }], // out of bounds: everybody is back at once
    validate: () => (metrics.mean('accuracy', { flag: 'new_ner_model', variant: 'on' }) ?? 0) > 0.9,
  });
  // #endregion
  expect(answers).toEqual(['user123 old']);
  expect(flags.getFlag('new_ner_model')?.servedPercentage).toBe(1);
});
