import { describe, expect, it } from 'vitest';
import { faultyStore } from './break-glass/faulty-store.testing.ts';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

describe('createSluice', () => {
  it('refuses options that are not, naming the place and what would be right', () => {
    const create = createSluice as (options: unknown) => unknown;
    for (const [options, message] of [
      [null, 'options such as'],
      [{ fiel: 'flags.json' }, '/fiel is not an option of createSluice'],
      [{ file: '' }, '/file must be the path'],
      [{ file: 'a', store: memoryStore() }, 'either `store` or `file`'],
      [{ store: {} }, '/store must be a store'],
      [{ scope: 'x' }, '/scope must be { project, environment }'],
      [{ scope: { project: 'p' } }, '/scope must be'],
      [{ scope: { project: {}, environment: '' } }, '/scope must be'],
      [{ clock: Date }, '/clock must be a clock'],
      [{ store: memoryStore(), logger: {} }, '/logger must be a logger'],
    ] as const)
      expect(() => create(options), message).toThrow(message);
  });

  it('refuses to listen for what is no event, or with what is no function', () => {
    const { on } = createSluice({ store: memoryStore() });
    const listen = on as (type: unknown, listener: unknown) => unknown;
    expect(() => listen('rollout.rolledback', () => {})).toThrow('did you mean "rollout.rolledBack"');
    expect(() => listen(5, () => {})).toThrow('there is no such event');
    expect(() => listen('exposure', 5)).toThrow('takes a function; it is 5');
  });

  it('refuses a change whose actor or reason is no text', async () => {
    const { flags } = createSluice({ store: memoryStore() });
    const options = (given: unknown) => given as { reason?: string };
    await expect(flags.setFlag('f', { enabled: true }, options({ actor: 5 }))).rejects.toThrow('/actor must be a text');
    await expect(flags.setFlag('f', { enabled: true }, options({ actor: '' }))).rejects.toThrow('/actor must be a text');
    await expect(flags.setFlag('f', { enabled: true }, options({ reason: 7n }))).rejects.toThrow('/reason must be a text');
    expect(flags.getFlag('f')).toBeUndefined();
  });

  it('lets go of whoever waits for an end when it is closed before', async () => {
    const clock = manualClock(1_700_000_000_000);
    const sluice = createSluice({ store: memoryStore(), clock });
    await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
    await sluice.rollouts.startRollout('f', { strategy: 'canary', validate: () => true });
    const ended = expect(sluice.rollouts.completed('f')).rejects.toMatchObject({ code: 'unavailable' });
    await sluice.close();
    await ended;
  });

  it('sees harm at once although the wall clock was set back', async () => {
    const clock = manualClock(1_700_000_000_000);
    const sluice = createSluice({ store: memoryStore(), clock });
    await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
    await sluice.rollouts.startRollout('f', { strategy: 'canary', criteria: [{ metric: 'errorRate', max: 0.05 }] });
    await clock.advance(10_000);
    clock.jump(-3_600_000);
    await clock.advance(5_000);
    for (let index = 0; index < 50; index++) {
      sluice.metrics.count('requests', { flag: 'f', variant: 'on' });
      sluice.metrics.count('errors', { flag: 'f', variant: 'on' });
    }
    await clock.advance(5_000);
    expect(sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'failed' });
  });
});

it('closes in ten seconds over a store that never answers, and tells what is open', async () => {
  const clock = manualClock(0);
  const store = faultyStore(memoryStore());
  const sluice = createSluice({ store, clock });
  const problems: string[] = [];
  sluice.on('problem', ({ message }) => problems.push(message));
  store.fault = 'silent';
  void sluice.flags.setFlag('f', {});
  let isClosed = false;
  const closing = sluice.close().then(() => {
    isClosed = true;
  });
  await clock.advance(9_999);
  expect(isClosed).toBe(false);
  await clock.advance(1);
  await closing;
  expect(problems).toEqual([expect.stringContaining('the store had not answered a change')]);
});
