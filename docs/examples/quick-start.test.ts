import {
  ABTestManager,
  FeatureFlagManager,
  MetricsCollector,
  manualClock,
  memoryStore,
  RollbackManager,
  RolloutManager,
  RolloutPhase,
  RolloutStrategy,
  type Validator,
} from 'sluice';
import { expect, it } from 'vitest';

/** The guide's clock is the real one; here time is moved by hand. */
function start(clock = manualClock(1_700_000_000_000), store = memoryStore()) {
  // #region initialize
  const flags = new FeatureFlagManager({ store, clock });
  const metrics = new MetricsCollector({ clock });
  const rollouts = new RolloutManager(flags, { metrics });
  const abTests = new ABTestManager(flags, metrics);
  const rollbacks = new RollbackManager(flags);
  // #endregion
  return { clock, flags, metrics, rollouts, abTests, rollbacks };
}

it('creates a flag at 10 %, asks it, and raises it', async () => {
  const { flags } = start();
  const served: string[] = [];
  // #region flags
  await flags.setFlag('new_ner_model', { enabled: true, rolloutPercentage: 10, description: 'New BioBERT model' });

  if (flags.isEnabled('new_ner_model', { userId: 'user123' })) {
    served.push('the new model');
  } else {
    served.push('the old model');
  }

  await flags.setRolloutPercentage('new_ner_model', 25);
  await flags.setRolloutPercentage('new_ner_model', 50);
  await flags.setRolloutPercentage('new_ner_model', 100);
  // #endregion
  expect(served).toEqual(['the old model']);
  expect(flags.isEnabled('new_ner_model', { userId: 'user123' })).toBe(true);
});

it('rolls a canary out on a validator and tells how it stands', async () => {
  const { clock, flags, rollouts } = start();
  const getCurrentMetrics = () => ({ error_rate: 0.01 });
  const printed: string[] = [];
  const print = (text: string): void => void printed.push(text);
  // #region configure
  await flags.setFlag('dynamic_ner_models', { enabled: true, rolloutPercentage: 0 });
  await flags.setFlag('kb_enrichment', { enabled: true, rolloutPercentage: 0 });
  await flags.setFlag('pattern_matching', { enabled: true, rolloutPercentage: 0 });
  // #endregion
  // #region canary
  const validateModel: Validator = (_percentage) => {
    const { error_rate } = getCurrentMetrics();
    return error_rate < 0.05;
  };

  await rollouts.startRollout('dynamic_ner_models', { strategy: RolloutStrategy.CANARY, validate: validateModel });
  // #endregion
  expect(flags.getFlag('dynamic_ner_models')?.servedPercentage).toBe(1);
  await clock.advance(31 * 60_000);
  // #region monitor
  const status = rollouts.getRolloutStatus('dynamic_ner_models');

  if (status?.phase === RolloutPhase.COMPLETED) {
    print('Rollout completed successfully!');
  } else if (status?.phase === RolloutPhase.FAILED) {
    print(`Rollout failed: ${status.error}`); // everybody is back on what they had before
  }
  // #endregion
  expect(printed).toEqual(['Rollout completed successfully!']);
});

it('takes a canary back that more users meet an error on than beside it', async () => {
  const { clock, flags, metrics, rollouts } = start();
  const readNames = (variant: string, request: number): void => {
    if (variant === 'on' ? request % 4 === 0 : request % 50 === 0) throw new Error('it cannot read this');
  };
  await flags.setFlag('kb_enrichment', { enabled: true, rolloutPercentage: 0 });
  // #region criterion
  await rollouts.startRollout('kb_enrichment', {
    strategy: RolloutStrategy.CANARY,
    criteria: [{ metric: 'errorRate', versusControl: 1.2 }],
  });

  const serve = (userId: string, request: number): void => {
    const variant = flags.getVariant('kb_enrichment', { userId }) ?? 'off';
    const labels = { flag: 'kb_enrichment', variant, unit: userId };
    metrics.count('requests', labels);
    try {
      readNames(variant, request);
    } catch {
      metrics.count('errors', labels);
    }
  };
  // #endregion
  for (let second = 0; second < 120; second++) {
    for (let request = 0; request < 50; request++) serve(`user-${second * 50 + request}`, second * 50 + request);
    await clock.advance(1000);
  }
  expect(rollouts.getRolloutStatus('kb_enrichment')).toMatchObject({
    phase: 'failed',
    currentPercentage: 0,
    error: expect.stringMatching(/^\d+ units met an error on the change and \d+ beside it, where it has 1 % of the traffic/),
  });
});

it('rolls back by itself when the validator says false', async () => {
  const { clock, flags, rollouts } = start();
  let errorRate = 0.01;
  const getCurrentMetrics = () => ({ error_rate: errorRate, p95_latency: 200 });
  await flags.setFlag('new_feature', { enabled: true, rolloutPercentage: 0 });
  // #region automatic
  const validate: Validator = () => {
    const metrics = getCurrentMetrics();
    if (metrics.error_rate > 0.05) return false; // rolls back
    return metrics.p95_latency <= 1000;
  };
  // #endregion
  await rollouts.startRollout('new_feature', { strategy: 'canary', validate });
  await clock.advance(6 * 60_000);
  expect(flags.getFlag('new_feature')?.servedPercentage).toBe(5);
  errorRate = 0.2;
  await clock.advance(6 * 60_000);
  expect(rollouts.getRolloutStatus('new_feature')).toMatchObject({ phase: 'failed', currentPercentage: 0 });
});
