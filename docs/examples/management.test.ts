import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSluice, FeatureFlagManager } from 'sluice';
import { expect, it } from 'vitest';

async function inFolder(work: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-'));
  await work(join(folder, 'feature_flags.json')).finally(() => rm(folder, { recursive: true }));
}

it('manages a flag', () =>
  inFolder(async (file) => {
    const flags = new FeatureFlagManager({ file });
    await flags.setFlag('feature_name', { enabled: true, rolloutPercentage: 10 });
    // #region management
    await flags.enableFlag('feature_name'); // on for everybody
    await flags.disableFlag('feature_name', { reason: 'error spike' }); // kill switch
    await flags.restoreFlag('feature_name'); // as it was before the kill
    await flags.setRolloutPercentage('feature_name', 50);
    await flags.addUserToFlag('feature_name', 'user123');
    const stats = await flags.getFlagStats('feature_name');
    // #endregion
    expect(stats).toMatchObject({ name: 'feature_name', evaluations: 0 });
    expect(flags.getFlag('feature_name')).toMatchObject({
      status: 'percentage',
      rolloutPercentage: 50,
      enabledUsers: ['user123'],
    });
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      flags: [
        {
          name: 'feature_name',
          status: 'percentage',
          rollout_percentage: 50,
          enabled_users: ['user123'],
          enabled_groups: [],
          conditions: {},
        },
      ],
    });
    await flags.close();
  }));

it('targets by conditions, rules and variants', () =>
  inFolder(async (file) => {
    const { flags, close } = createSluice({ file });
    // #region targeting
    await flags.setFlag('search_engine', {
      enabled: true,
      rolloutPercentage: 50,
      variants: { classic: { timeoutMs: 800 }, vector: { timeoutMs: 300 }, hybrid: { timeoutMs: 500 } },
      offVariant: 'classic',
      onVariant: 'vector',
      split: { vector: 70, hybrid: 30 },
      conditions: { plan: ['pro', 'team'], age: { gte: 18 }, not: { country: 'XX' } },
      rules: [{ if: { email: { ends_with: '@example.com' } }, variant: 'hybrid' }],
    });
    const { value, variant, reason } = flags.evaluate(
      'search_engine',
      { userId: 'ann', attributes: { plan: 'pro', age: 30, email: 'ann@example.com' } },
      { timeoutMs: 1000 },
    );
    // #endregion
    expect({ value, variant, reason }).toEqual({ value: { timeoutMs: 500 }, variant: 'hybrid', reason: 'TARGETING_MATCH' });
    expect(flags.getVariant('search_engine', { userId: 'bob', attributes: { plan: 'free', age: 30 } })).toBe('classic');
    await close();
  }));

it('explains a flag that does not work', () =>
  inFolder(async (file) => {
    const flags = new FeatureFlagManager({ file });
    await flags.setFlag('name', { enabled: true, rolloutPercentage: 100, conditions: { plan: 'pro' } });
    // #region troubleshooting
    flags.getFlag('name'); // status and percentage
    const why = flags.explain('name', { userId: 'user123', attributes: { plan: 'free' } });
    await flags.reload(); // take over an edit of the file now
    // #endregion
    expect(why?.steps.find((step) => step.outcome === 'decided')).toEqual({
      step: 'conditions',
      outcome: 'decided',
      message: 'the conditions do not hold',
    });
    await flags.close();
  }));
