import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEFAULT_SCOPE } from '../scope.ts';
import { newFlag } from './edit.ts';
import { BOOLEAN_VARIANTS, type Flag } from './flag.ts';
import { shortFlag, wholeFlag } from './short-flag.ts';

const unset = newFlag('f', DEFAULT_SCOPE, 7);
const names = fc.array(fc.constantFrom('ann', 'bob'), { maxLength: 2 });
const owner = fc.constantFrom(null, 'team');
const instant = fc.constantFrom(null, 0, 9);
const changes: fc.Arbitrary<Partial<Flag>> = fc.record(
  {
    scope: fc.constantFrom(DEFAULT_SCOPE, { ...DEFAULT_SCOPE }, { project: 'p', environment: 'e' }),
    description: fc.string(),
    isComponent: fc.boolean(),
    status: fc.constantFrom('disabled', 'percentage', 'enabled', 'whitelist'),
    share: fc.nat(100_000),
    variants: fc.constantFrom(BOOLEAN_VARIANTS, { ...BOOLEAN_VARIANTS }, { on: true, off: false }, { a: [], b: {}, c: null }, {}),
    offVariant: fc.constantFrom('off', 'a'),
    onVariant: fc.constantFrom('on', 'b'),
    split: fc.constantFrom([], [{ variant: 'a', share: 100_000 }]),
    stageGroups: names,
    enabledUsers: names,
    enabledGroups: names,
    disabledUsers: names,
    disabledGroups: names,
    conditions: fc.constantFrom({}, { plan: 'pro' }),
    rules: fc.constantFrom([], [{ if: {}, share: 1 }]),
    prerequisites: fc.constantFrom([], [{ flag: 'g', variants: ['on'] }]),
    bucketBy: owner,
    salt: fc.constantFrom('f', 'g', ''),
    owner,
    tags: names,
    expiresAt: instant,
    shareOwner: fc.constantFrom(null, { kind: 'rollout' as const, key: 'f' }),
    slots: fc.constantFrom(null, { layer: 'l', from: 0, share: 5 }),
    statusBeforeKill: fc.constantFrom(null, 'enabled'),
    archivedAt: instant,
    updatedAt: fc.constantFrom(7, 9),
  },
  { requiredKeys: [] },
);

const overJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

it('says everything: the whole of the short is the flag, in the same order of fields', () => {
  fc.assert(
    fc.property(changes, (changed) => {
      const flag: Flag = { ...unset, ...changed, revision: 3 };
      const whole = wholeFlag(overJson(shortFlag(flag)));
      expect(whole).toEqual(flag);
      expect(JSON.stringify(whole.variants)).toBe(JSON.stringify(flag.variants));
      expect(Object.keys(whole)).toEqual(Object.keys(flag));
      expect(wholeFlag(overJson(flag))).toEqual(flag);
    }),
  );
});

it('is a few fields for a flag that differs from a new one in a few', () => {
  expect(shortFlag({ ...unset, revision: 1, status: 'percentage', share: 10_000 })).toEqual({
    kind: 'flag',
    key: 'f',
    revision: 1,
    status: 'percentage',
    share: 10_000,
    createdAt: 7,
  });
});

it('keeps what another version wrote, and fills in what an older one did not know', () => {
  const { prerequisites: _, ...older } = unset;
  expect(wholeFlag({ ...older, later: 1 } as Flag)).toEqual({ ...unset, later: 1 });
});
