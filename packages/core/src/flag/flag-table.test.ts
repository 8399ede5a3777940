import { describe, expect, it } from 'vitest';
import { bucketOf, mixHash } from './bucket.ts';
import { compileFlag } from './compile.ts';
import { newFlag } from './edit.ts';
import { decide, hashOfKey, variantIndexOf } from './evaluate.ts';
import { Evaluations } from './evaluations.ts';
import type { Flag } from './flag.ts';
import { FlagTable } from './flag-table.ts';
import { sharedConditions } from './match.ts';
import type { Unit } from './unit.ts';

const variants = { off: 0, a: 1, b: 2, c: 3 };
const three = { variants, offVariant: 'off', onVariant: 'c' };
const split = [
  { variant: 'a', share: 0 },
  { variant: 'b', share: 40_000 },
  { variant: 'a', share: 60_000 },
];
const manyRanges = Array.from({ length: 40 }, (_, index) => ({ variant: ['a', 'b', 'c'][index % 3] ?? 'a', share: 2_500 }));
const conditions = { country: 'DE' };
const KINDS: readonly Partial<Flag>[] = [
  { status: 'disabled', share: 50_000 },
  { status: 'enabled' },
  { status: 'enabled', conditions },
  { status: 'whitelist', enabledUsers: ['user-7'] },
  { archivedAt: 1, share: 100_000 },
  ...[0, 1, 30_000, 99_999, 100_000].flatMap((share) => [
    { share },
    { share, conditions },
    { share, ...three, split },
    { share, ...three, split: manyRanges },
    { share, ...three, split: split.map(({ variant }) => ({ variant, share: 0 })) },
    { share, bucketBy: 'tenant' },
    { share, prerequisites: [{ flag: 'flag-1', variants: ['on'] }] },
    { share, disabledUsers: ['user-3'], stageGroups: ['beta'] },
    { share, rules: [{ if: conditions, share: 20_000 }] },
  ]),
];
const flags = KINDS.map((fields, index) => ({
  ...newFlag(`flag-${index}`, { project: 'p', environment: 'e' }, 0),
  status: 'percentage' as const,
  ...fields,
}));
const conditionsOf = sharedConditions();
const compiled = flags.map((flag) => compileFlag(flag, conditionsOf));
const table = new FlagTable(compiled);
const throwing = (field: string): Unit =>
  Object.defineProperty({ userId: 'u' }, field, {
    get: () => {
      throw new Error('hostile');
    },
  });

describe('a table of flags', () => {
  it('says what each flag says, for every kind of flag and unit', () => {
    const units: (Unit | null | undefined)[] = Array.from({ length: 500 }, (_, index) => ({
      userId: index % 5 === 0 ? index : `user-${index}`,
      groups: index % 7 === 0 ? ['beta'] : [],
      attributes: { country: index % 2 === 0 ? 'DE' : 'FR', tenant: `t-${index % 9}` },
    }));
    units.push(null, undefined, {}, { userId: '' }, { userId: 'ä'.repeat(600) }, { userId: Number.NaN });
    units.push(throwing('userId'), throwing('groups'), throwing('attributes'), new Proxy({}, { get: () => Symbol('s') }));
    for (const unit of units) expect([...table.decide(unit)]).toEqual(compiled.map((flag) => decide(flag, unit)));
  });

  it('finds the range that a bucket lies in, however many there are', () => {
    const many = compileFlag({
      ...newFlag('f', { project: 'p', environment: 'e' }, 0),
      status: 'enabled',
      ...three,
      split: manyRanges,
    });
    const one = new FlagTable([many]);
    const seen = new Set<number>();
    for (let index = 0; index < 4000; index++) {
      const { high, low } = hashOfKey(`user-${index}`);
      const bucket = bucketOf(mixHash(high, low, many.splitSaltHigh, many.splitSaltLow));
      const variant = many.variants[variantIndexOf(decide(many, { userId: `user-${index}` }))] ?? '';
      expect(variant).toBe(manyRanges[Math.floor(bucket / 2_500)]?.variant);
      expect(one.decide({ userId: `user-${index}` })).toEqual([decide(many, { userId: `user-${index}` })]);
      seen.add(Math.floor(bucket / 2_500));
    }
    expect(seen.size).toBe(40);
  });

  it('gives every value under its name', () => {
    const evaluations = new Evaluations(table, { userId: 'user-1' });
    const given: unknown[] = [];
    evaluations.forEachValue((name, value) => given.push([name, value]));
    expect(given).toEqual(flags.map(({ key }) => [key, evaluations.get(key)?.value]));
  });

  it('gives what is made of every answer, made once for each that a flag can give, and by each that makes it', () => {
    const again = new FlagTable(compiled);
    const made: string[] = [];
    const describe = (name: string, evaluation: unknown): string => {
      const text = JSON.stringify([name, evaluation]);
      made.push(text);
      return text;
    };
    const named = (name: string): string => name;
    for (let index = 0; index < 300; index++) {
      const attributes = { country: index % 2 === 0 ? 'DE' : 'FR', tenant: `t-${index % 9}` };
      const evaluations = new Evaluations(again, {
        userId: `user-${index}`,
        groups: index % 7 === 0 ? ['beta'] : [],
        attributes,
      });
      expect(evaluations.map(describe)).toEqual([...evaluations].map((answer) => JSON.stringify(answer)));
      expect(evaluations.map(named)).toEqual(flags.map(({ key }) => key));
    }
    expect(new Set(made).size).toBe(made.length);
  });

  it('asks a condition that flags share once', () => {
    const attributes = new Map<PropertyKey, number>();
    const unit = new Proxy(
      { country: 'DE' },
      {
        get: (target, name) => {
          attributes.set(name, (attributes.get(name) ?? 0) + 1);
          return Reflect.get(target, name);
        },
      },
    );
    const same = compiled.filter((flag) => flag.rules === null && flag.condition !== null);
    expect(same.length).toBeGreaterThan(1);
    new FlagTable(same).decide({ userId: 'u', attributes: unit });
    expect(attributes.get('country')).toBe(1);
  });
});
