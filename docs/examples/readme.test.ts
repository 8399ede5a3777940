import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const home = process.cwd();
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  process.chdir(directory);
});
afterEach(async () => {
  process.chdir(home);
  await rm(directory, { recursive: true });
});

/** The program as a new process runs it. */
async function run(): Promise<typeof import('./service.ts')> {
  vi.resetModules();
  return import('./service.ts');
}

it('may be started again and again: a rollout goes on where it was, and what was taken back or finished stays so', async () => {
  const first = await run();
  await first.flags.close();
  const second = await run();
  expect(second.rollouts.getRolloutStatus('new_ner_model')).toMatchObject({ phase: 'baking', number: 1, currentPercentage: 1 });
  await second.rollouts.abortRollout('new_ner_model', { reason: 'lunch' });
  await second.flags.close();
  const third = await run();
  expect(third.rollouts.getRolloutStatus('new_ner_model')).toMatchObject({ phase: 'aborted', number: 1 });
  await third.flags.setRolloutPercentage('new_ner_model', 100);
  await third.flags.close();
  const fourth = await run();
  expect(fourth.flags.getFlag('new_ner_model')?.servedPercentage).toBe(100);
  await fourth.flags.close();
});

it('does what the first screen of the README says, and takes back a model that fails', async () => {
  const { findNames, flags, rollouts } = await run();
  expect(existsSync('config/feature_flags.json')).toBe(true);
  expect(flags.getFlag('new_ner_model')?.servedPercentage).toBe(1);
  let isOver = false;
  const ended = rollouts.completed('new_ner_model').finally(() => {
    isOver = true;
  });
  const failed = new Set<number>();
  for (let request = 0; !isOver; request++) {
    const user = request % 10_000;
    try {
      expect(findNames(`user-${user}`, 'Ada met Grace')).toEqual(['Ada', 'Grace']);
    } catch {
      failed.add(user);
    }
    if (request % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(failed.size).toBeGreaterThan(0);
  expect(failed.size).toBeLessThan(160);
  expect(await ended).toMatchObject({
    phase: 'failed',
    error: expect.stringMatching(/^\d+ units met an error on the change and 0 beside it/),
  });
  expect(findNames('user-1', 'Ada met Grace')).toEqual(['Ada', 'Grace']);
  await flags.close();
});
