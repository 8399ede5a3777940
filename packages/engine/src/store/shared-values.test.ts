import { DEFAULT_SCOPE, type Flag, newFlag, type SluiceRecord } from '@sluice/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type SharedRecords, shareValues, unshareValues } from './shared-values.ts';

const overJson = (shared: SharedRecords): SharedRecords => JSON.parse(JSON.stringify(shared)) as SharedRecords;
const again = (records: readonly SluiceRecord[]): SluiceRecord[] => unshareValues(overJson(shareValues(records)));
const flag = (fields: Partial<Flag>): Flag => ({ ...newFlag('f', DEFAULT_SCOPE, 0), revision: 1, ...fields });

const flags = fc.array(
  fc
    .record({
      conditions: fc.constantFrom<Flag['conditions']>({}, { plan: 'pro' }, { plan: 0 }, { country: ['DE', 'FR'] }),
      variants: fc.constantFrom<Flag['variants']>({ off: false, on: true }, { on: true, off: false }, { off: 0, a: 1 }),
      split: fc.constantFrom<Flag['split']>([], [{ variant: 'a', share: 100_000 }]),
      rules: fc.constantFrom<Flag['rules']>([], [{ if: { plan: 'pro' }, share: 0 }]),
    })
    .map(flag),
  { maxLength: 6 },
);

it('gives back what it took, whatever the flags have in common, and in the same order of variants', () => {
  fc.assert(
    fc.property(flags, (records) => {
      expect(again(records)).toEqual(records);
      expect(JSON.stringify(again(records))).toBe(JSON.stringify(records));
    }),
  );
});

it('says once what two flags have in common, and gives them one object that cannot be changed', () => {
  const conditions = { country: ['DE', 'FR'] };
  const records = [
    flag({ key: 'a', conditions }),
    flag({ key: 'b', conditions: structuredClone(conditions) }),
    flag({ key: 'c' }),
  ];
  expect(shareValues(records).values).toEqual([conditions]);
  const [a, b] = again(records) as [Flag, Flag];
  expect(a.conditions).toBe(b.conditions);
  expect(() => (a.conditions.country as string[]).push('IT')).toThrow(TypeError);
});
