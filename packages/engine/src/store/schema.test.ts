import { DEFAULT_SCOPE, type Flag, formatFlag, newFlag, parseFlagFile } from '@sluice/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import schema from '../../schema/feature-flags.schema.json' with { type: 'json' };

const isValid = new Ajv2020({ strict: false }).compile(schema);
const name = fc.constantFrom('a', 'b', '1.0.0', 'off', 'on', 'x/y', '__proto__', '', 'ä');
const scalar = fc.oneof(
  fc.constantFrom('x', '', '1.0.0', '10.0.0.0/8', '2027-01-31'),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const condition = fc.dictionary(
  fc.constantFrom('plan', 'age', 'all', 'any', 'not', 'in_segment'),
  fc.oneof(
    scalar,
    fc.array(scalar, { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom('gte', 'in', 'matches', 'exists', 'near', 'before', 'semver_in', 'semver_lt', 'in_cidr'),
      fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })),
      { maxKeys: 2 },
    ),
  ),
  { maxKeys: 2 },
);
const percentage = fc.oneof(fc.constantFrom(0, 10, 33.333, 100, 101, -1, '50'), fc.double());
const entry = fc.record(
  {
    name,
    status: fc.constantFrom('disabled', 'percentage', 'enabled', 'whitelist', 'on'),
    rollout_percentage: percentage,
    enabled_users: fc.oneof(fc.array(name, { maxLength: 2 }), fc.constant('u')),
    conditions: condition,
    variants: fc.record(
      {
        values: fc.constantFrom<object>({ off: 1, a: { deep: [1] } }, { '1.0.0': '1.0.0' }, { '1.0.0': '1.0.0', a: 'a' }),
        off: name,
        on: name,
        split: fc.oneof(
          fc.dictionary(name, percentage, { maxKeys: 2 }),
          fc.array(fc.record({ variant: name, percentage }, { requiredKeys: ['variant'] }), { maxLength: 3 }),
        ),
      },
      { requiredKeys: ['values'] },
    ),
    rules: fc.array(fc.record({ if: condition, variant: name, rollout_percentage: percentage }, { requiredKeys: [] }), {
      maxLength: 2,
    }),
    component: fc.constantFrom(true, false, 'yes'),
    expires: fc.constantFrom('2027-01-31T00:00:00Z', 'soon'),
    owner: fc.oneof(name, fc.constantFrom('💧'.repeat(128), 'x'.repeat(256), 'x'.repeat(257))),
    description: fc.constantFrom('', '💧'.repeat(5_000), 'x'.repeat(10_000), 'x'.repeat(10_001)),
    tags: fc.constantFrom<string[]>(
      [],
      ['a', 'x'.repeat(256)],
      Array.from({ length: 100 }, (_, index) => `${index}`),
    ),
    prerequisites: fc.array(fc.record({ flag: name, variants: fc.array(name, { maxLength: 2 }) }, { requiredKeys: ['flag'] }), {
      maxLength: 1,
    }),
    stranger: fc.constant(1),
  },
  { requiredKeys: ['name', 'status'] },
);

it('the schema accepts whatever the parser accepts', () => {
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 2 }), (flags) => {
      const file = JSON.parse(JSON.stringify({ flags })) as unknown;
      if (!('flags' in parseFlagFile(file))) return;
      accepted += 1;
      expect(isValid(file), JSON.stringify(isValid.errors)).toBe(true);
    }),
    { numRuns: 3000 },
  );
  expect(accepted).toBeGreaterThan(100);
});

it('parser and schema accept what a flag is written as', () => {
  const flag: Flag = {
    ...newFlag('f', DEFAULT_SCOPE, 0),
    description: 'd',
    tags: ['t'],
    expiresAt: 1e12,
    bucketBy: 'team',
    variants: { a: 1, b: [2] },
    offVariant: 'a',
    onVariant: 'b',
    split: [{ variant: 'b', share: 100_000 }],
    rules: [{ if: { x: 1 }, share: 5 }],
  };
  const file = { flags: [formatFlag(flag)] };
  expect(parseFlagFile(file)).toHaveProperty('flags');
  expect(isValid(file)).toBe(true);
});

it('a component with one version is accepted, a plain flag with one variant and a component without versions are not', () => {
  const flag: Flag = {
    ...newFlag('c', DEFAULT_SCOPE, 0),
    isComponent: true,
    variants: { '1.0.0': '1.0.0' },
    offVariant: '1.0.0',
    onVariant: '1.0.0',
  };
  const both = (entry: object): [boolean, boolean] => {
    const file = { flags: [entry] };
    return ['flags' in parseFlagFile(file), isValid(file) === true];
  };
  const { component, ...plain } = formatFlag(flag);
  expect(component).toBe(true);
  expect(both(formatFlag(flag))).toEqual([true, true]);
  expect(both(plain)).toEqual([false, false]);
  expect(both({ name: 'c', status: 'enabled', component })).toEqual([false, false]);
});
