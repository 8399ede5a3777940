import { FeatureFlagManager, memoryStore } from 'sluice';
import { expect, it } from 'vitest';

it('targets by date, version and network, as the guide says', async () => {
  const flags = new FeatureFlagManager({ store: memoryStore() });
  // #region targeting-operators
  await flags.setFlag('new_checkout', {
    enabled: true,
    conditions: {
      signedUpAt: { after: '2026-06-01', before: '2027-01-01T00:00:00+01:00' },
      appVersion: { semver_gte: '2.4.0' },
      any: [{ ip: { in_cidr: ['10.0.0.0/8', '2001:db8::/32'] } }, { email: { ends_with: '@example.com' } }],
    },
  });
  const inTheOffice = flags.isEnabled('new_checkout', {
    userId: 'ann',
    attributes: { signedUpAt: '2026-09-30T12:00:00Z', appVersion: '2.5.0-rc.1', ip: '10.4.0.17' },
  });
  // #endregion
  expect(inTheOffice).toBe(true);
  expect(flags.isEnabled('new_checkout', { userId: 'bob', attributes: { appVersion: '2.3.9', ip: '10.4.0.17' } })).toBe(false);
  // #region targeting-prerequisites
  await flags.setFlag('new_payments', { enabled: true, rolloutPercentage: 50 });
  await flags.setFlag('one_click_order', {
    enabled: true,
    prerequisites: [{ flag: 'new_payments', variants: ['on'] }],
  });
  const explanation = flags.explain('one_click_order', { userId: 'ann' });
  // #endregion
  expect(explanation?.variant).toBe(flags.getVariant('new_payments', { userId: 'ann' }));
  await expect(flags.setFlag('f', { conditions: { ip: { in_cidr: '10.0.0.0/33' } } })).rejects.toThrow(
    '/conditions/ip/in_cidr must be a network',
  );
});
