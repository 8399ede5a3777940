import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SCOPE } from '../scope.ts';
import { compileFlag } from './compile.ts';
import { newFlag } from './edit.ts';
import { decide, evaluateCompiled } from './evaluate.ts';
import { Evaluations } from './evaluations.ts';
import { explainCompiled } from './explain.ts';
import type { Flag } from './flag.ts';
import { MAX_KEY_BYTES } from './flag-limits.ts';
import type { Unit } from './unit.ts';

const flagWith = (fields: Partial<Flag>): Flag => ({
  ...newFlag('checkout', DEFAULT_SCOPE, 0),
  status: 'percentage',
  revision: 1,
  ...fields,
});
const ask = (fields: Partial<Flag>, unit?: Unit) => evaluateCompiled(compileFlag(flagWith(fields)), unit, 'fallback');
const user = (userId: string, more: Partial<Unit> = {}): Unit => ({ userId, ...more });

describe('evaluation order', () => {
  it('serves off for a killed flag before anything else, whatever the unit is', () => {
    const killed = { status: 'disabled', share: 100_000, enabledUsers: ['u'] } as const;
    expect(ask(killed, user('u'))).toMatchObject({ value: false, variant: 'off', reason: 'DISABLED' });
    expect(ask(killed, user('x'.repeat(2000)))).toMatchObject({ value: false, reason: 'DISABLED' });
  });

  it('lets an exclusion win over an enabling by name, and that over conditions and share', () => {
    const fields = {
      enabledUsers: ['u', 'v'],
      disabledUsers: ['v'],
      enabledGroups: ['beta'],
      disabledGroups: ['banned'],
      conditions: { plan: 'pro' },
    };
    expect(ask(fields, user('u'))).toMatchObject({ variant: 'on', reason: 'TARGETING_MATCH' });
    expect(ask(fields, user('v'))).toMatchObject({ variant: 'off', reason: 'TARGETING_MATCH' });
    expect(ask(fields, user('w', { groups: ['beta'] }))).toMatchObject({ variant: 'on', reason: 'TARGETING_MATCH' });
    expect(ask(fields, user('u', { groups: ['banned'] }))).toMatchObject({ variant: 'off', reason: 'TARGETING_MATCH' });
    expect(ask({ ...fields, share: 100_000 }, user('w'))).toMatchObject({ variant: 'off', reason: 'DEFAULT' });
  });

  it('answers with the first rule that holds, by variant or by share', () => {
    const rules = [
      { if: { country: 'DE' }, variant: 'on' },
      { if: { country: ['FR', 'IT'] }, share: 100_000 },
      { if: { country: 'FR' }, variant: 'off' },
    ];
    expect(ask({ rules }, user('u', { attributes: { country: 'DE' } }))).toMatchObject({
      variant: 'on',
      reason: 'TARGETING_MATCH',
      rule: 0,
    });
    expect(ask({ rules }, user('u', { attributes: { country: 'FR' } }))).toMatchObject({
      variant: 'on',
      reason: 'STATIC',
      rule: 1,
    });
    expect(ask({ rules }, user('u', { attributes: { country: 'ES' } }))).toMatchObject({
      variant: 'off',
      reason: 'STATIC',
      rule: null,
    });
  });

  it('needs a key only where a bucket must be drawn', () => {
    expect(ask({ share: 0 })).toMatchObject({ value: false, reason: 'STATIC' });
    expect(ask({ status: 'enabled' })).toMatchObject({ value: true, reason: 'STATIC' });
    expect(ask({ share: 50_000 })).toMatchObject({ value: 'fallback', variant: null, errorCode: 'TARGETING_KEY_MISSING' });
    expect(ask({ share: 50_000 }, user(''))).toMatchObject({ errorCode: 'TARGETING_KEY_MISSING' });
  });

  it('refuses a key over 1 KiB of UTF-8 and keeps one of exactly that', () => {
    expect(ask({ share: 50_000 }, user('é'.repeat(MAX_KEY_BYTES / 2)))).toMatchObject({ reason: 'SPLIT' });
    expect(ask({ share: 50_000 }, user(`${'é'.repeat(MAX_KEY_BYTES / 2)}x`))).toMatchObject({
      value: 'fallback',
      errorCode: 'INVALID_CONTEXT',
    });
    expect(ask({ share: 50_000 }, user('x'.repeat(10_000_000)))).toMatchObject({ errorCode: 'INVALID_CONTEXT' });
  });

  it('buckets a whole number as its decimal text and by an attribute when the flag says so', () => {
    for (let id = 0; id < 50; id++) {
      expect(ask({ share: 50_000 }, { userId: id }).variant).toBe(ask({ share: 50_000 }, user(String(id))).variant);
      const byTeam = ask(
        { share: 50_000, bucketBy: 'team' },
        user(`member-${Math.random()}`, { attributes: { team: `t${id}` } }),
      );
      expect(byTeam.variant).toBe(ask({ share: 50_000 }, user(`t${id}`)).variant);
    }
  });

  it('splits who is in among variants in their proportions, independent of who is in', () => {
    const variants = { off: 0, a: 1, b: 2, c: 3 };
    const split = [
      { variant: 'a', share: 50_000 },
      { variant: 'b', share: 30_000 },
      { variant: 'c', share: 20_000 },
    ];
    const compiled = compileFlag(flagWith({ share: 40_000, variants, offVariant: 'off', onVariant: 'a', split }));
    const counts: Record<string, number> = {};
    for (let i = 0; i < 50_000; i++) {
      const variant = evaluateCompiled(compiled, user(`user-${i}`), null).variant ?? '';
      counts[variant] = (counts[variant] ?? 0) + 1;
    }
    for (const [variant, expected] of Object.entries({ off: 30_000, a: 10_000, b: 6_000, c: 4_000 })) {
      expect(Math.abs((counts[variant] ?? 0) - expected), variant).toBeLessThan(5 * Math.sqrt(expected));
    }
  });
});

describe('laws', () => {
  const keys = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer(), fc.uuid());

  it('never drops a unit when the share grows', () => {
    fc.assert(
      fc.property(keys, fc.nat(100_000), fc.nat(100_000), (key, one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        if (ask({ share: less }, { userId: key }).variant === 'on')
          expect(ask({ share: more }, { userId: key }).variant).toBe('on');
      }),
      { numRuns: 2000 },
    );
  });

  it('is total: whatever it is asked with, it answers', () => {
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const hostile: unknown[] = [
      null,
      undefined,
      0,
      'text',
      Symbol('s'),
      revoked.proxy,
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no');
          },
        },
      ),
      {
        get userId() {
          throw new Error('no');
        },
      },
      { userId: Symbol('id') },
      {
        userId: {
          toString() {
            throw new Error('no');
          },
        },
      },
      { userId: 2 ** 60 },
      { userId: Number.NaN },
      {
        userId: 'u',
        attributes: new Proxy(
          {},
          {
            getOwnPropertyDescriptor: () => {
              throw new Error('no');
            },
          },
        ),
      },
      {
        userId: 'u',
        attributes: {
          get plan() {
            throw new Error('no');
          },
        },
      },
      { userId: 'u', attributes: 7 },
      { userId: 'u', groups: 'beta' },
      { userId: 'u', groups: { some: 'x' } },
      { userId: 'x'.repeat(10_000_000) },
      Object.create(null),
      [],
      () => {},
    ];
    const flags = [
      { share: 50_000 },
      { conditions: { plan: 'pro' } },
      { enabledGroups: ['beta'], share: 10 },
      { rules: [{ if: { plan: { matches: 'p' } }, share: 5 }] },
      { bucketBy: 'plan', share: 9 },
      { status: 'disabled' as const },
    ];
    for (const fields of flags) {
      const compiled = compileFlag(flagWith(fields));
      for (const unit of hostile) {
        expect(typeof decide(compiled, unit as Unit)).toBe('number');
        expect(explainCompiled(compiled, unit as Unit).steps.filter((step) => step.outcome === 'decided')).toHaveLength(1);
      }
    }
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (unit) => {
        for (const fields of flags) expect(typeof decide(compileFlag(flagWith(fields)), unit as Unit)).toBe('number');
      }),
    );
  });

  it('explains what it decides, for one flag or for many at once', () => {
    fc.assert(
      fc.property(keys, fc.nat(100_000), fc.constantFrom('DE', 'FR'), (key, share, country) => {
        const compiled = compileFlag(flagWith({ share, conditions: { country: 'DE' } }));
        const unit: Unit = { userId: key, attributes: { country } };
        const { steps, bucket, key: name, ...explained } = explainCompiled(compiled, unit);
        expect(explained).toEqual(evaluateCompiled(compiled, unit, null));
        expect(new Evaluations([compiled], unit).get(name)).toEqual(evaluateCompiled(compiled, unit, null));
        if (steps.at(-1)?.outcome === 'decided' && bucket !== null) expect(bucket < share).toBe(explained.variant === 'on');
      }),
    );
  });

  it('reads own attributes only, so a prototype or __proto__ smuggles nothing in', () => {
    const compiled = compileFlag(flagWith({ status: 'enabled', conditions: { plan: 'pro' } }));
    const isOn = (attributes: unknown) =>
      evaluateCompiled(compiled, { userId: 'u', attributes: attributes as Record<string, unknown> }, null).variant === 'on';
    expect(isOn({ plan: 'pro' })).toBe(true);
    expect(isOn(JSON.parse('{"__proto__":{"plan":"pro"}}'))).toBe(false);
    expect(isOn(Object.create({ plan: 'pro' }))).toBe(false);
    const named = compileFlag(flagWith({ status: 'enabled', conditions: JSON.parse('{"__proto__":"x"}') }));
    expect(evaluateCompiled(named, { userId: 'u', attributes: {} }, null).variant).toBe('off');
    expect(evaluateCompiled(named, { userId: 'u', attributes: JSON.parse('{"__proto__":"x"}') }, null).variant).toBe('on');
  });
});

it('looks at a thousand groups and no more, however many a unit claims to have', () => {
  const flag = compileFlag(flagWith({ enabledGroups: ['beta'] }));
  const groups = Array.from({ length: 2_000 }, (_, index) => `g${index}`);
  expect(evaluateCompiled(flag, { groups: groups.with(999, 'beta') }, null).variant).toBe('on');
  expect(evaluateCompiled(flag, { groups: groups.with(1_000, 'beta') }, null).variant).not.toBe('on');
  const endless = Object.assign([], { length: 4_294_967_295 });
  expect(evaluateCompiled(flag, { groups: endless }, null).variant).not.toBe('on');
}, 5_000);
