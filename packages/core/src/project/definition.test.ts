import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../change.ts';
import { isRefusal, type Refusal } from '../error.ts';
import { newFlag } from '../flag/edit.ts';
import type { Flag } from '../flag/flag.ts';
import { planFlagEdit } from '../flag/plan-edit.ts';
import { parseFlagSettings } from '../flag/settings.ts';
import { compareFlags, planCopyFlag } from './compare.ts';
import { changedDefinition, type DefinitionSettings, parseDefinition } from './definition.ts';
import {
  type EnvironmentFacts,
  levelDefinitions,
  planArchiveEverywhere,
  planDefinition,
  spreadDefinitions,
} from './plan-definition.ts';

const BY = { actor: 'ann', reason: 'why' };
const ENVIRONMENTS = ['development', 'staging', 'production'];
type Flags = Map<string, Flag>;

const scopeOf = (environment: string) => ({ project: 'shop', environment });
function factsOf(flags: Flags, isProtected = false): EnvironmentFacts[] {
  return ENVIRONMENTS.map((environment) => ({
    scope: scopeOf(environment),
    key: 'f',
    flag: flags.get(environment),
    rollout: undefined,
    experiment: undefined,
    isProtected: isProtected && environment === 'production',
  }));
}

function kept(flags: Flags, change: Change | Refusal | null): Flags {
  if (change === null || isRefusal(change)) return flags;
  const next = new Map(flags);
  for (const record of change.records) {
    if (record.kind !== 'flag') continue;
    expect(record.revision).toBe((next.get(record.scope.environment)?.revision ?? 0) + 1);
    next.set(record.scope.environment, record);
  }
  return next;
}

const definitions: fc.Arbitrary<DefinitionSettings> = fc.record(
  {
    description: fc.string(),
    owner: fc.option(fc.constantFrom('core', 'web')),
    tags: fc.subarray(['x', 'y']),
    expires: fc.constantFrom(null, '2027-01-31T00:00:00Z'),
    variants: fc.constantFrom({ off: false, on: true }, { off: 0, on: 1, more: 2 }),
  },
  { requiredKeys: [] },
);
const acts = fc.array(
  fc.oneof(
    fc.record({ define: definitions }),
    fc.record({ environment: fc.constantFrom(...ENVIRONMENTS), set: definitions }),
    fc.record({ environment: fc.constantFrom(...ENVIRONMENTS), set: fc.constant({ enabled: true, rolloutPercentage: 20 }) }),
    fc.record({ environment: fc.constantFrom(...ENVIRONMENTS), set: fc.constant({ onVariant: 'more' }) }),
  ),
  { minLength: 1, maxLength: 12 },
);

describe('the definition of a flag', () => {
  it('is one in all environments after whatever was done in any, and what is refused in one is done in none', () => {
    fc.assert(
      fc.property(acts, fc.boolean(), (script, isProtected) => {
        let flags: Flags = new Map();
        for (const act of script) {
          const facts = factsOf(flags, isProtected);
          let change: Change | Refusal | null;
          if ('define' in act) change = planDefinition(facts, parseDefinition('f', act.define), BY, 1);
          else {
            const own = facts.find(({ scope }) => scope.environment === act.environment) as EnvironmentFacts;
            const edit = { type: 'set', settings: parseFlagSettings('f', act.set), force: false } as const;
            const planned = planFlagEdit(own, edit, BY, 1);
            const siblings = facts.filter((other) => other !== own);
            change =
              planned === null || isRefusal(planned)
                ? planned
                : spreadDefinitions(
                    planned,
                    () => own.flag,
                    () => siblings,
                    1,
                  );
          }
          flags = kept(flags, change);
          const all = ENVIRONMENTS.flatMap((environment) => flags.get(environment) ?? []);
          expect([0, ENVIRONMENTS.length]).toContain(all.length);
          for (const flag of all) expect(changedDefinition(all[0], flag)).toEqual({});
        }
      }),
    );
  });

  it('begins disabled everywhere, with the definition that it has elsewhere', () => {
    const change = planDefinition(factsOf(new Map()), parseDefinition('f', { description: 'd' }), BY, 1) as Change;
    expect(change.records).toMatchObject(
      ENVIRONMENTS.map(() => ({ status: 'disabled', share: 0, description: 'd', revision: 1 })),
    );
    expect(change.events.map(({ type, scope }) => [type, scope.environment])).toEqual(
      ENVIRONMENTS.map((environment) => ['flag.created', environment]),
    );
    const one = new Map([['staging', { ...newFlag('f', scopeOf('staging'), 1), revision: 3, salt: 's', owner: 'core' }]]);
    const levelled = kept(one, planDefinition(factsOf(one), parseDefinition('f', { tags: ['x'] }), BY, 1));
    for (const flag of levelled.values()) expect(flag).toMatchObject({ salt: 's', owner: 'core', tags: ['x'] });
  });

  it('is spread with the receipt of the request that it was changed for', () => {
    const flag: Flag = { ...newFlag('f', scopeOf('staging'), 1), revision: 1 };
    const receipt = { id: 'r', fingerprint: 'f' };
    const siblings = factsOf(new Map()).filter(({ scope }) => scope.environment !== 'staging');
    const change = spreadDefinitions(
      { records: [flag], events: [], receipt },
      () => undefined,
      () => siblings,
      1,
    ) as Change;
    expect([change.records.length, change.receipt]).toEqual([3, receipt]);
  });

  it('is refused whole, naming the environment that refuses', () => {
    const flags = kept(new Map(), planDefinition(factsOf(new Map()), parseDefinition('f', {}), BY, 1));
    const owned = { ...(flags.get('staging') as Flag), shareOwner: { kind: 'rollout', key: 'f' } as const };
    const settings = parseDefinition('f', { variants: { off: 1, on: 2, more: 3 } });
    const refusal = planDefinition(factsOf(new Map(flags).set('staging', owned)), settings, BY, 1);
    expect(refusal).toMatchObject({
      code: 'conflict',
      refused: expect.stringMatching(/^nothing was changed: in "staging", flag "f"/),
    });
    const silent = planDefinition(
      factsOf(flags, true),
      parseDefinition('f', { description: 'x' }),
      { actor: 'a', reason: '' },
      1,
    );
    expect(silent).toMatchObject({ code: 'invalid', refused: expect.stringContaining('in "production"') });
  });

  it('is not asked of an environment where the flag is archived, and is nobody’s when it is so everywhere', () => {
    const flags = kept(new Map(), planDefinition(factsOf(new Map()), parseDefinition('f', {}), BY, 1));
    const archived = new Map(flags).set('staging', { ...(flags.get('staging') as Flag), archivedAt: 1 });
    const change = planDefinition(factsOf(archived), parseDefinition('f', { owner: 'core' }), BY, 2) as Change;
    expect(change.records.map(({ scope }) => scope.environment)).toEqual(['development', 'production']);
    const all = planArchiveEverywhere(factsOf(archived, true), BY, 3);
    const gone = kept(archived, all);
    expect([...gone.values()].map(({ archivedAt }) => archivedAt)).toEqual([3, 1, 3]);
    expect(planArchiveEverywhere(factsOf(gone), BY, 4)).toBeNull();
    expect(planDefinition(factsOf(gone), parseDefinition('f', { owner: 'web' }), BY, 4)).toMatchObject({ code: 'refused' });
    expect(planArchiveEverywhere(factsOf(new Map()), BY, 4)).toMatchObject({ code: 'notFound' });
  });

  it('of components and of the flags of tests is each environment’s own', () => {
    const flag: Flag = { ...newFlag('f', scopeOf('staging'), 1), revision: 1, isComponent: true };
    const change: Change = { records: [flag], events: [] };
    const siblings = (): EnvironmentFacts[] => factsOf(new Map());
    expect(spreadDefinitions(change, () => undefined, siblings, 1)).toBe(change);
    const flags = [{ scope: scopeOf('staging'), flags: [flag], testKeys: new Set<string>() }];
    const empty = { scope: scopeOf('production'), flags: [], testKeys: new Set<string>() };
    expect(levelDefinitions([...flags, empty], BY, 1).records).toEqual([]);
    const own = { ...flag, isComponent: false };
    expect(levelDefinitions([{ scope: own.scope, flags: [own], testKeys: new Set(['f']) }, empty], BY, 1).records).toEqual([]);
    expect(levelDefinitions([{ scope: own.scope, flags: [own], testKeys: new Set() }, empty], BY, 1).records).toMatchObject([
      { scope: scopeOf('production'), status: 'disabled', revision: 1 },
    ]);
  });
});

describe('two environments', () => {
  const source: Flag = {
    ...newFlag('f', scopeOf('staging'), 1),
    revision: 4,
    status: 'percentage',
    share: 25_000,
    enabledUsers: ['ann'],
    conditions: { plan: 'pro' },
  };
  const target: Flag = { ...newFlag('f', scopeOf('production'), 1), revision: 2 };
  const facts = { scope: target.scope, key: 'f', flag: target, rollout: undefined, experiment: undefined };

  it('are compared field by field', () => {
    expect(compareFlags([source], [target])).toEqual([
      {
        key: 'f',
        onlyIn: null,
        differences: [
          { part: 'targeting', field: 'enabledUsers', from: ['ann'], to: [] },
          { part: 'targeting', field: 'conditions', from: { plan: 'pro' }, to: {} },
          { part: 'status', field: 'status', from: 'percentage', to: 'disabled' },
          { part: 'share', field: 'share', from: 25_000, to: 0 },
        ],
      },
    ]);
    expect(compareFlags([source], [])).toEqual([{ key: 'f', onlyIn: 'from', differences: [] }]);
    expect(compareFlags([], [target])).toMatchObject([{ onlyIn: 'to' }]);
    expect(compareFlags([source], [{ ...target, archivedAt: 1 }])).toMatchObject([{ onlyIn: 'from' }]);
  });

  it('are the same after everything was copied, and then there is nothing to copy', () => {
    const change = planCopyFlag(source, facts, ['targeting', 'status', 'share'], BY, 2) as Change;
    const after = change.records[0] as Flag;
    expect(compareFlags([source], [after])).toEqual([]);
    expect(after).toMatchObject({ revision: 3, scope: target.scope });
    expect(planCopyFlag(source, { ...facts, flag: after }, ['targeting', 'status', 'share'], BY, 3)).toBeNull();
  });

  it('differ as before in what was not copied', () => {
    const change = planCopyFlag(source, facts, ['targeting'], BY, 2) as Change;
    expect(change.records[0]).toMatchObject({ enabledUsers: ['ann'], status: 'disabled', share: 0 });
    expect(planCopyFlag(source, { ...facts, flag: undefined }, ['share'], BY, 2)).toMatchObject({ code: 'notFound' });
  });
});
