import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEFAULT_SCOPE } from '../scope.ts';
import { newFlag } from './edit.ts';
import { mergeFileFlag } from './format-file.ts';
import { parseFlagFile } from './parse-file.ts';

const names = fc.array(fc.constantFrom('ann', 'bob', 'cy'), { maxLength: 3 });
/** Entries as a person writes them: each field may be left out. */
const entry = fc.record(
  {
    name: fc.constantFrom('f', 'a-flag'),
    status: fc.constantFrom('disabled', 'percentage', 'enabled', 'whitelist'),
    rollout_percentage: fc.integer({ min: 0, max: 100_000 }).map((share) => share / 1000),
    description: fc.string(),
    enabled_users: names,
    enabled_groups: names,
    disabled_users: names,
    disabled_groups: names,
    conditions: fc.constantFrom({}, { plan: 'pro' }, { country: ['DE', 'FR'], age: { gte: 18 } }),
    variants: fc.constantFrom(
      { values: { off: 0, a: 1, b: 2 }, off: 'off', on: 'a', split: { a: 40, b: 60 } },
      { values: { no: false, yes: true }, off: 'no', on: 'yes' },
    ),
    rules: fc.constantFrom([], [{ if: { plan: 'pro' }, rollout_percentage: 50 }]),
    bucket_by: fc.constantFrom('company'),
    salt: fc.constantFrom('shared'),
    owner: fc.constantFrom('team'),
    tags: names,
    expires: fc.constantFrom('2027-01-31T00:00:00Z'),
  },
  { requiredKeys: ['name', 'status'] },
);

it('makes of an entry that is new what it makes of one whose flag nobody had set', () => {
  fc.assert(
    fc.property(entry, (written) => {
      const parsed = parseFlagFile({ flags: [written] });
      if (!('flags' in parsed)) throw new Error(JSON.stringify(parsed.issues));
      const [file] = parsed.flags;
      if (file === undefined) throw new Error('no flag was read');
      const created = mergeFileFlag(undefined, file, DEFAULT_SCOPE, 5);
      const unset = newFlag(file.name, DEFAULT_SCOPE, 5);
      expect(created).toEqual(mergeFileFlag(unset, file, DEFAULT_SCOPE, 5) ?? { ...unset, revision: 1 });
      expect(Object.keys(created ?? {})).toEqual(Object.keys(unset));
    }),
  );
});
