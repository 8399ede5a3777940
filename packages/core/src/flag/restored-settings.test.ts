import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../error.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { editFlag, newFlag } from './edit.ts';
import type { Flag } from './flag.ts';
import { restoredSettings } from './restored-settings.ts';
import { type FlagSettings, parseFlagSettings } from './settings.ts';

function set(flag: Flag, settings: FlagSettings): Flag {
  const edited = editFlag(flag, { type: 'set', settings: parseFlagSettings(flag.key, settings), force: false }, 5);
  if (isRefusal(edited)) throw new Error(edited.refused);
  return edited;
}

const percentage = fc.integer({ min: 0, max: 100_000 }).map((share) => share / 1000);
const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 4 });
const status = fc.oneof(
  fc.record({
    status: fc.constantFrom('disabled' as const, 'percentage' as const, 'whitelist' as const),
    rolloutPercentage: percentage,
  }),
  fc.constant({ status: 'enabled' as const }),
);
const split = fc.oneof(
  fc.constant({}),
  percentage.map((red) => [
    { variant: 'red', percentage: red },
    { variant: 'blue', percentage: (100_000 - Math.round(red * 1000)) / 1000 },
  ]),
);
const rule = fc.oneof(
  fc.record({ if: fc.constant({ plan: 'pro' }), variant: fc.constantFrom('red', 'none') }),
  fc.record({ if: fc.constant({ country: ['de', 'fr'] }), rolloutPercentage: percentage }),
);
const settings: fc.Arbitrary<FlagSettings> = fc
  .record({
    status,
    description: fc.string(),
    split,
    enabledUsers: names,
    enabledGroups: names,
    disabledUsers: names.map((list) => list.map((name) => `not-${name}`)),
    disabledGroups: names.map((list) => list.map((name) => `not-${name}`)),
    conditions: fc.constantFrom({}, { country: 'de' }, { age: { gte: 18 } }),
    rules: fc.array(rule, { maxLength: 3 }),
    prerequisites: fc.constantFrom([], [{ flag: 'other', variants: ['on'] }]),
    bucketBy: fc.constantFrom(null, 'team'),
    salt: fc.constantFrom('a', 'b'),
    owner: fc.constantFrom(null, 'team-a'),
    tags: names,
    expires: fc.constantFrom(null, '2027-01-31T08:00:00.000Z'),
  })
  .map(({ status: served, ...rest }) => ({
    ...rest,
    ...served,
    variants: { none: null, red: 'r', blue: { b: 1 } },
    offVariant: 'none',
    onVariant: 'red',
  }));

describe('restoredSettings', () => {
  it('gives back everything that was set, whatever was set since', () => {
    fc.assert(
      fc.property(settings, settings, (earlier, later) => {
        const before = set(newFlag('f', DEFAULT_SCOPE, 1), earlier);
        const since = set(before, later);
        const restored = set(since, restoredSettings(before));
        const { revision: _r, updatedAt: _u, statusBeforeKill: _s, ...told } = restored;
        const { revision: _r2, updatedAt: _u2, statusBeforeKill: _s2, ...expected } = before;
        expect(told).toEqual(expected);
      }),
    );
  });
});
