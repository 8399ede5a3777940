import { readFileSync } from 'node:fs';
import { type Condition, compileFlag, DEFAULT_SCOPE, evaluateCompiled, newFlag, parseCondition, type Unit } from '@sluice/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Vectors {
  readonly cases: readonly { readonly condition: Condition; readonly unit: Unit; readonly expected: boolean }[];
  readonly refused: readonly unknown[];
}
const vectors = JSON.parse(readFileSync(new URL('../vectors/conditions.json', import.meta.url), 'utf8')) as Vectors;

/** What everybody gets who is let through: the flag is on for all. */
const holds = (condition: Condition, unit: Unit): unknown =>
  evaluateCompiled(compileFlag({ ...newFlag('f', DEFAULT_SCOPE, 0), status: 'enabled', conditions: condition }), unit, null)
    .value;
const holdsFor = (condition: Condition, value: unknown): unknown => holds(condition, { attributes: { a: value } });

describe('the conditions of the vectors', () => {
  it('hold for the units that they say, and for no others', () => {
    for (const { condition, unit, expected } of vectors.cases) {
      expect(parseCondition(condition, ''), JSON.stringify(condition)).toEqual({ condition });
      expect(holds(condition, unit), JSON.stringify({ condition, unit })).toBe(expected);
    }
  });

  it('name every operator with units that match and units that do not', () => {
    const seen = new Map<string, Set<boolean>>();
    for (const { condition, expected } of vectors.cases)
      for (const operator of Object.keys(Object(condition.a)))
        seen.set(operator, (seen.get(operator) ?? new Set()).add(expected));
    const message = parseCondition({ a: { near: 1 } }, '');
    const known = 'issues' in message ? (message.issues[0]?.message.split('there are ')[1]?.split(', ') ?? []) : [];
    expect(known.length).toBeGreaterThan(20);
    for (const operator of known) expect([...(seen.get(operator) ?? [])], operator).toHaveLength(2);
  });

  it('are refused at write where they are none', () => {
    for (const condition of vectors.refused)
      expect(parseCondition(condition, ''), JSON.stringify(condition)).toHaveProperty('issues');
  });
});

/** Each operator read once more from its definition, with nothing of ours. */
describe('a second reading agrees on', () => {
  const octet = fc.integer({ min: 0, max: 255 });

  it('networks, with addresses as one large number', () => {
    const wide = fc.tuple(
      fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
      fc.integer({ min: 0, max: 128 }),
      fc.integer({ min: 0, max: 128 }),
    );
    const written = (n: bigint): string =>
      Array.from({ length: 8 }, (_, index) => ((n >> BigInt(16 * (7 - index))) & 0xffffn).toString(16)).join(':');
    const isMapped = (n: bigint): boolean => n >> 32n === 0xffffn;
    fc.assert(
      fc.property(wide, ([network, prefix, flipped]) => {
        // An address that differs from the network in one bit is inside exactly when that bit lies beyond the prefix.
        const address = flipped === 128 ? network : network ^ (1n << BigInt(127 - flipped));
        fc.pre(!isMapped(network) && !isMapped(address));
        expect(holdsFor({ a: { in_cidr: `${written(network)}/${prefix}` } }, written(address))).toBe(flipped >= prefix);
      }),
    );
    fc.assert(
      fc.property(
        fc.tuple(octet, octet, octet, octet),
        fc.integer({ min: 0, max: 32 }),
        fc.integer({ min: 0, max: 32 }),
        (bytes, prefix, flipped) => {
          const other = bytes.map((byte, index) => (flipped >> 3 === index ? byte ^ (0x80 >> (flipped & 7)) : byte));
          for (const form of [other.join('.'), `::ffff:${other.join('.')}`])
            expect(holdsFor({ a: { in_cidr: `${bytes.join('.')}/${prefix}` } }, form)).toBe(flipped >= prefix);
        },
      ),
    );
  });

  it('precedence of versions', () => {
    const identifier = fc.oneof(fc.nat(20).map(String), fc.constantFrom('alpha', 'beta', 'rc', '-', 'a-1', 'RC'));
    const version = fc.record({ core: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(12)), pre: fc.array(identifier, { maxLength: 3 }) });
    const text = ({ core, pre }: { core: number[]; pre: string[] }): string =>
      core.join('.') + (pre.length > 0 ? `-${pre.join('.')}` : '');
    const compareParts = (a: string, b: string): number => {
      const [x, y] = [/^\d+$/.test(a), /^\d+$/.test(b)];
      if (x && y) return Number(a) - Number(b);
      return x !== y ? (x ? -1 : 1) : a < b ? -1 : Number(a > b);
    };
    const order = (a: { core: number[]; pre: string[] }, b: { core: number[]; pre: string[] }): number => {
      for (const [index, part] of a.core.entries()) if (part !== b.core[index]) return part - (b.core[index] ?? 0);
      if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length;
      for (const [index, part] of a.pre.entries()) {
        const found = index < b.pre.length ? compareParts(part, b.pre[index] ?? '') : 1;
        if (found !== 0) return found;
      }
      return a.pre.length - b.pre.length;
    };
    fc.assert(
      fc.property(version, version, (a, b) => {
        const [value, argument, expected] = [`${text(a)}+b.1`, text(b), order(a, b)];
        expect(holdsFor({ a: { semver_gt: argument } }, value)).toBe(expected > 0);
        expect(holdsFor({ a: { semver_gte: argument } }, value)).toBe(expected >= 0);
        expect(holdsFor({ a: { semver_lt: argument } }, value)).toBe(expected < 0);
        expect(holdsFor({ a: { semver_lte: argument } }, value)).toBe(expected <= 0);
        expect(holdsFor({ a: { semver_eq: argument } }, value)).toBe(expected === 0);
        expect(holdsFor({ a: { semver_ne: argument } }, value)).toBe(expected !== 0);
      }),
    );
  });

  it('instants, whatever form each is in', () => {
    const instant = fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(2100, 0) });
    const offsets = fc.constantFrom(0, 60, -90, 840, -720);
    const written = (at: number, minutes: number): string => {
      const local = new Date(at + minutes * 60_000).toISOString().slice(0, -1);
      const part = (n: number): string => String(n).padStart(2, '0');
      return `${local}${minutes < 0 ? '-' : '+'}${part(Math.floor(Math.abs(minutes) / 60))}:${part(Math.abs(minutes) % 60)}`;
    };
    fc.assert(
      fc.property(instant, instant, offsets, offsets, (at, bound, one, other) => {
        for (const value of [at, new Date(at), written(at, one)]) {
          expect(holdsFor({ a: { before: written(bound, other) } }, value)).toBe(at < bound);
          expect(holdsFor({ a: { after: written(bound, other) } }, value)).toBe(at > bound);
        }
      }),
    );
  });
});

it('no value of any type makes an operator throw', () => {
  const conditions = vectors.cases.map(({ condition }) => condition);
  fc.assert(
    fc.property(
      fc.constantFrom(...conditions),
      fc.anything({ withDate: true, withBigInt: true, withNullPrototype: true }),
      (condition, value) => {
        expect([true, false]).toContain(holdsFor(condition, value));
      },
    ),
    { numRuns: 3000 },
  );
  for (const value of [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    5n,
    Symbol('s'),
    () => {},
    new Date(Number.NaN),
    Object.create(null),
  ])
    for (const condition of [{ a: { before: '9999-01-01' } }, { a: { semver_ne: '1.0.0' } }, { a: { in_cidr: '0.0.0.0/0' } }])
      expect(holdsFor(condition, value)).toBe(false);
});
