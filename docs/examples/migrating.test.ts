import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSluice, type FlagSettings, memoryStore } from 'sluice';
import { expect, it } from 'vitest';

it('asks beside the old system, and counts where they differ', async () => {
  const { flags } = createSluice({ store: memoryStore() });
  await flags.setFlag('new_search', { enabled: true, conditions: { plan: 'pro' } });
  const old = { isOn: (_name: string, user: { plan: string }) => user.plan !== 'free' };
  const differing: string[] = [];
  const log = (text: string): void => void differing.push(text);
  // #region beside
  function isOn(name: string, user: { id: string; plan: string }): boolean {
    const served = old.isOn(name, user);
    const { variant } = flags.explain(name, { userId: user.id, attributes: { plan: user.plan } }) ?? {};
    if ((variant === 'on') !== served) log(`${name}: ${user.id} has ${served} and would have ${variant}`);
    return served; // what the old system says is what users get, until nothing differs any more
  }
  // #endregion
  expect([isOn('new_search', { id: 'ann', plan: 'pro' }), isOn('new_search', { id: 'bob', plan: 'free' })]).toEqual([
    true,
    false,
  ]);
  expect(differing).toEqual([]);
  isOn('new_search', { id: 'cy', plan: 'team' });
  expect(differing).toEqual(['new_search: cy has true and would have off']);
  expect((await flags.getFlagStats('new_search')).evaluations).toBe(0);
});

it('takes over a table of flags', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'migrating-'));
  const rows = [
    { name: 'new_search', is_on: true, percent: 100, allowed: '', note: 'since March' },
    { name: 'beta_export', is_on: true, percent: 0, allowed: 'ann,bob', note: 'for two customers' },
    { name: 'old_banner', is_on: false, percent: 50, allowed: '', note: '' },
  ];
  const sluice = createSluice({ file: join(folder, 'flags.json') });
  // #region table
  for (const { name, is_on, percent, allowed, note } of rows) {
    const users = allowed.split(',').filter((user) => user !== '');
    const settings: FlagSettings = { enabled: is_on, rolloutPercentage: percent, description: note, enabledUsers: users };
    await sluice.flags.setFlag(name, settings, { actor: 'migration', reason: 'taken over from the table' });
  }
  // #endregion
  expect(['new_search', 'beta_export', 'old_banner'].map((name) => sluice.flags.isEnabled(name, { userId: 'ann' }))).toEqual([
    true,
    true,
    false,
  ]);
  expect(sluice.flags.isEnabled('beta_export', { userId: 'cy' })).toBe(false);
  await sluice.close();
  await rm(folder, { recursive: true });
});
