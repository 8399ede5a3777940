// #region readme
import { createSluice } from 'sluice';

const { flags, rollouts, metrics } = createSluice(); // flags live in config/feature_flags.json
if (!flags.getFlag('new_ner_model')) await flags.setFlag('new_ner_model', { enabled: true, rolloutPercentage: 0 });

export function findNames(userId: string, text: string): readonly string[] {
  const variant = flags.isEnabled('new_ner_model', { userId }) ? 'on' : 'off';
  const labels = { flag: 'new_ner_model', variant, unit: userId };
  metrics.count('requests', labels);
  try {
    return variant === 'on' ? newModel(text) : oldModel(text);
  } catch (error) {
    metrics.count('errors', labels);
    throw error;
  }
}

// Once: after a restart it goes on by itself where it was, and one that was taken back stays so.
if (!rollouts.getRolloutStatus('new_ner_model'))
  await rollouts.startRollout('new_ner_model', {
    strategy: 'canary', // 1 → 5 → 10 → 25 → 50 → 100 %, five minutes each
    criteria: [{ metric: 'errorRate', versusControl: 1.2 }], // worse than what is served beside it: everybody is back at once
  });
// #endregion

function oldModel(text: string): readonly string[] {
  return text.split(' ').filter((word) => /^\p{Lu}/u.test(word));
}

function newModel(_text: string): readonly string[] {
  throw new Error('the new model cannot read this');
}

export { flags, rollouts };
