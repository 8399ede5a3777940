import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

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

it('does what the first screen of the README says, and takes back a model that fails', async () => {
  const { findNames, flags, rollouts } = await import('./service.ts');
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
  expect(await ended).toMatchObject({ phase: 'failed', error: expect.stringContaining('errorRate is 1') });
  expect(findNames('user-1', 'Ada met Grace')).toEqual(['Ada', 'Grace']);
  await flags.close();
});
