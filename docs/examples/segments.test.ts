import { FeatureFlagManager, memoryStore } from 'sluice';
import { expect, it } from 'vitest';

it('shares one definition of who is meant among flags, as the guide says', async () => {
  const flags = new FeatureFlagManager({ store: memoryStore() });
  // #region segments
  await flags.setSegment('staff', { description: 'everybody who works here', members: ['ann', 'bob'] });
  await flags.setSegment('early_adopters', {
    condition: { any: [{ in_segment: 'staff' }, { plan: 'pro', signedUpAt: { before: '2026-01-01' } }] },
  });
  await flags.setFlag('new_editor', { enabled: true, conditions: { in_segment: 'early_adopters' } });
  await flags.setFlag('debug_bar', { status: 'whitelist', enabledGroups: ['staff'] });

  await flags.addSegmentMembers('staff', ['cy'], { actor: 'ann', reason: 'joined today' });
  const { usedBy } = flags.getSegment('staff') ?? {}; // the segment early_adopters and the flag debug_bar
  // #endregion
  expect(flags.isEnabled('new_editor', { userId: 'cy' })).toBe(true);
  expect(flags.isEnabled('debug_bar', { userId: 'cy' })).toBe(true);
  expect(flags.isEnabled('new_editor', { userId: 'dan' })).toBe(false);
  expect(usedBy).toEqual([
    { kind: 'flag', name: 'debug_bar' },
    { kind: 'segment', name: 'early_adopters' },
  ]);
  await expect(flags.deleteSegment('staff')).rejects.toThrow('is used by 1 flag ("debug_bar") and 1 segment ("early_adopters")');
});
