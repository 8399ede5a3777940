import { createSluice, FeatureFlagManager, HotSwapManager, manualClock, memoryStore, RollbackManager } from 'sluice';
import { expect, it } from 'vitest';

it('registers versions, swaps and rolls back, as the guide says', async () => {
  const flags = new FeatureFlagManager({ store: memoryStore() });
  // #region managers
  const hotSwap = new HotSwapManager(flags);
  const rollback = new RollbackManager(flags, hotSwap);
  // #endregion
  // #region rollback-to-version
  // Register versions
  await rollback.registerVersion('ner_model', '1.0.0'); // the first serves everybody
  await rollback.registerVersion('ner_model', '2.0.0'); // later ones get nobody yet
  await hotSwap.swapTo('ner_model', '2.0.0');

  // Roll back to a specific version
  await rollback.rollbackImmediate('ner_model', {
    reason: 'Bug in 2.0.0',
    rollbackToVersion: '1.0.0',
  });
  // #endregion
  expect(flags.getVariant('ner_model', { userId: 'user123' })).toBe('1.0.0');
  expect((await rollback.getRollbackHistory())[0]).toMatchObject({ reason: 'Bug in 2.0.0', detail: { toVersion: '1.0.0' } });
});

class NerModel implements AsyncDisposable {
  static closed: string[] = [];
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
  async find(text: string): Promise<string> {
    return `${text} by ${this.path}`;
  }
  async [Symbol.asyncDispose](): Promise<void> {
    NerModel.closed.push(this.path);
  }
}
const loadModel = async (path: string): Promise<NerModel> => new NerModel(path);

it('loads, leases, swaps, rolls out and retires', async () => {
  const clock = manualClock(1_700_000_000_000);
  const { rollouts, hotSwap, metrics } = createSluice({ store: memoryStore(), clock });
  // #region register
  await hotSwap.registerVersion('ner_model', '1.0.0', () => loadModel('models/1.0.0'));
  await hotSwap.registerVersion('ner_model', '2.0.0', () => loadModel('models/2.0.0'), {
    healthCheck: async (model) => (await model.find('Ada Lovelace')) !== '',
  });
  // #endregion
  const [text, userId] = ['a text', 'user123'];
  // #region use
  const people = await hotSwap.use('ner_model', { userId }, (model: NerModel, version) => {
    metrics.count('requests', { flag: 'ner_model', variant: version, unit: userId });
    return model.find(text);
  });
  // #endregion
  expect(people).toBe('a text by models/1.0.0');
  // #region rollout
  await rollouts.startRollout('ner_model', {
    strategy: 'canary',
    toVersion: '2.0.0',
    criteria: [{ metric: 'errorRate', versusControl: 1.2 }], // may fail up to 1.2 times as often as the stable version
  });
  // #endregion
  expect(hotSwap.versions('ner_model').map(({ servedPercentage, state }) => [servedPercentage, state])).toEqual([
    [99, 'ready'],
    [1, 'ready'],
  ]);
  await rollouts.abortRollout('ner_model');
  // #region swap
  const { from, to, drained, durationMs } = await hotSwap.swapTo('ner_model', '2.0.0', {
    reason: 'measured for a week',
    actor: 'ann',
  });
  // #endregion
  expect({ from, to, drained, durationMs }).toEqual({ from: '1.0.0', to: '2.0.0', drained: true, durationMs: 0 });
  const printed: object[] = [];
  const print = (row: object): void => void printed.push(row);
  // #region look
  for (const { version, servedPercentage, isStable, state, leases, lastError } of hotSwap.versions('ner_model'))
    print({ version, servedPercentage, isStable, state, leases, lastError });

  const unwell = (await hotSwap.health('ner_model')).filter(({ isHealthy }) => isHealthy === false);
  // #endregion
  expect([unwell.length, printed.length]).toEqual([0, 2]);
  // #region retire
  await hotSwap.retireVersion('ner_model', '1.0.0', { reason: 'nobody goes back that far' });
  // #endregion
  expect(NerModel.closed).toEqual(['models/2.0.0', 'models/1.0.0']);
  await hotSwap.close();
  expect(NerModel.closed.length).toBe(3);
});

it('goes on with the version before where the one gone back to does not load', async () => {
  const { rollbacks, hotSwap } = createSluice({ store: memoryStore(), clock: manualClock(1_700_000_000_000) });
  await hotSwap.registerVersion('ner_model', '2.0.0', () => loadModel('models/2.0.0'));
  await hotSwap.registerVersion('ner_model', '0.9.0', () => {
    throw new Error('no such file');
  });
  const printed: unknown[] = [];
  const print = (...words: unknown[]): void => void printed.push(...words);
  // #region not-loaded
  const { status, loaded, warnings } = await rollbacks.rollbackImmediate('ner_model', {
    reason: 'too slow',
    rollbackToVersion: '0.9.0',
  });
  if (!loaded) print(status, warnings); // 'notLoaded': everybody shall have 0.9.0, but this process goes on with 2.0.0 …
  // #endregion
  expect(printed).toEqual(['notLoaded', [expect.stringContaining('this process goes on with version 2.0.0')]]);
  expect(await hotSwap.use('ner_model', {}, (model: NerModel) => model.path)).toBe('models/2.0.0');
});
