import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../error.ts';
import { newFlag } from '../flag/edit.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { planRegisterVersion, planRetireVersion } from './register.ts';
import { planSwap } from './swap.ts';
import { after, BY, NOTHING, NOW, registered } from './world.testing.ts';

describe('planRegisterVersion', () => {
  it('makes the component and its flag with the first version, which serves everybody', () => {
    const { flag, component } = registered('1.0.0+b7');
    expect(flag).toMatchObject({
      isComponent: true,
      status: 'enabled',
      share: 100_000,
      variants: { '1.0.0': '1.0.0' },
      offVariant: '1.0.0',
      onVariant: '1.0.0',
      revision: 1,
    });
    expect(component?.versions).toEqual([
      { version: '1.0.0', build: 'b7', registeredAt: NOW, registeredBy: 'ada', retiredAt: null },
    ]);
  });

  it('adds later versions that receive nothing', () => {
    const one = registered('1.0.0');
    const change = planRegisterVersion(one, '2.0.0', false, BY, NOW);
    const two = after(one, change);
    expect(two.flag).toEqual({ ...one.flag, variants: { '1.0.0': '1.0.0', '2.0.0': '2.0.0' }, revision: 2 });
    expect(change !== null && 'events' in change ? change.events.map(({ type }) => type) : []).toEqual([
      'component.registered',
      'flag.updated',
    ]);
  });

  it('refuses a duplicate without a loader, also with other build metadata, and takes one with a loader as a process that comes back', () => {
    const facts = registered('1.0.0');
    expect(planRegisterVersion(facts, '1.0.0+other', false, BY, NOW)).toMatchObject({ code: 'conflict' });
    expect(planRegisterVersion(facts, '1.0.0', true, BY, NOW)).toBeNull();
  });

  it('refuses a flag that is no component, an archived key and names that no flag may have', () => {
    const flag = { ...newFlag('ner_model', DEFAULT_SCOPE, NOW), revision: 1 };
    expect(planRegisterVersion({ ...NOTHING, flag }, '1.0.0', true, BY, NOW)).toMatchObject({
      code: 'conflict',
      refused: expect.stringContaining('is a flag and no component'),
    });
    const archived = registered('1.0.0');
    const gone = { ...archived, flag: archived.flag && { ...archived.flag, archivedAt: NOW } };
    expect(planRegisterVersion(gone, '2.0.0', true, BY, NOW)).toMatchObject({ refused: expect.stringContaining('archived') });
    expect(planRegisterVersion({ ...NOTHING, key: '' }, '1.0.0', true, BY, NOW)).toMatchObject({ code: 'invalid' });
  });

  it('keeps a bound on live versions', () => {
    const { component, ...facts } = registered('1.0.0');
    const versions = Array.from({ length: 1_000 }, (_, index) => ({ ...component?.versions[0], version: `1.${index}.0` }));
    const full = { ...facts, component: { ...component, versions } as typeof component };
    expect(planRegisterVersion(full, '2.0.0', true, BY, NOW)).toMatchObject({ refused: expect.stringContaining('retire one') });
  });
});

describe('planRetireVersion', () => {
  it('takes a version out of the flag and keeps it in the registry', () => {
    const facts = registered('1.0.0', '2.0.0');
    const { flag, component } = after(facts, planRetireVersion(facts, '2.0.0', BY, NOW + 5));
    expect(flag?.variants).toEqual({ '1.0.0': '1.0.0' });
    expect(component?.versions.map(({ version, retiredAt }) => [version, retiredAt])).toEqual([
      ['1.0.0', null],
      ['2.0.0', NOW + 5],
    ]);
  });

  it('refuses what the flag names: stable, on, split and rules', () => {
    const facts = registered('1.0.0', '2.0.0', '3.0.0', '4.0.0');
    expect(planRetireVersion(facts, '1.0.0', BY, NOW)).toMatchObject({ refused: expect.stringContaining('is in use') });
    const flag = facts.flag && {
      ...facts.flag,
      onVariant: '2.0.0',
      split: [{ variant: '3.0.0', share: 100_000 }],
      rules: [{ if: {}, variant: '4.0.0' }],
    };
    for (const version of ['2.0.0', '3.0.0', '4.0.0'])
      expect(planRetireVersion({ ...facts, flag }, version, BY, NOW), version).toHaveProperty('refused');
  });

  it('never lets a version be used again, whatever is registered, swapped and retired', () => {
    const version = fc.constantFrom('1.0.0', '2.0.0', '2.0.0+b', '3.0.0-rc.1');
    const step = fc.tuple(fc.constantFrom('register', 'retire', 'swap'), version);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let facts = registered('1.0.0');
        const retired = new Set<string>();
        for (const [what, name] of steps) {
          const change =
            what === 'register'
              ? planRegisterVersion(facts, name, true, BY, NOW)
              : what === 'retire'
                ? planRetireVersion(facts, name, BY, NOW)
                : planSwap(facts, name, BY, NOW);
          const plain = name.split('+')[0] ?? '';
          if (retired.has(plain)) expect(change).toHaveProperty('refused');
          if (change === null || isRefusal(change)) continue;
          facts = after(facts, change);
          if (what === 'retire') retired.add(plain);
          const { flag, component } = facts;
          const live = component?.versions.filter((known) => known.retiredAt === null).map((known) => known.version);
          expect(Object.keys(flag?.variants ?? {}).sort()).toEqual(live?.sort());
          expect(live).toContain(flag?.offVariant);
          expect(flag?.onVariant).toBe(flag?.offVariant);
        }
      }),
    );
  });
});
