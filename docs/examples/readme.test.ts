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
  const ended = rollouts.completed('new_ner_model');
  let failures = 0;
  for (let index = 0; index < 10_000; index++) {
    try {
      expect(findNames(`user-${index}`, 'Ada met Grace')).toEqual(['Ada', 'Grace']);
    } catch {
      failures += 1;
    }
  }
  expect(Math.abs(failures - 100)).toBeLessThan(60);
  expect(await ended).toMatchObject({ phase: 'failed', error: expect.stringContaining('errorRate is 1') });
  expect(findNames('user-1', 'Ada met Grace')).toEqual(['Ada', 'Grace']);
  await flags.close();
});
