import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../change.ts';
import { compileFlag } from '../flag/compile.ts';
import { evaluateCompiled } from '../flag/evaluate.ts';
import { FLAG_STATUSES, type Flag } from '../flag/flag.ts';
import { parseRolloutSettings } from '../rollout/settings.ts';
import { startRollout } from '../rollout/start.ts';
import type { ComponentFacts } from './register.ts';
import { versionShares, versionsInUse } from './served.ts';
import { planRollbackToVersion, planSwap } from './swap.ts';
import { after, BY, NOW, registered } from './world.testing.ts';

function withFlag(facts: ComponentFacts, fields: Partial<Flag>): ComponentFacts {
  return { ...facts, flag: facts.flag && { ...facts.flag, ...fields } };
}

/** With the rollout to 2.0.0 under way that owns the share. */
function rolling(): ComponentFacts {
  const facts = registered('1.0.0', '2.0.0');
  const flag = facts.flag as Flag;
  const plan = parseRolloutSettings(flag, { strategy: 'canary', toVersion: '2.0.0', unvalidated: true }, facts.component);
  const rollout = startRollout(flag, plan, undefined, BY, NOW);
  if ('refused' in rollout) throw new Error(rollout.refused);
  return { ...withFlag(facts, { shareOwner: { kind: 'rollout', key: facts.key } }), rollout };
}

const detailOf = (change: ReturnType<typeof planSwap>, type: string) =>
  (change as Change).events.find((event) => event.type === type)?.detail;

describe('planSwap', () => {
  it('gives everybody the version, stable from then on, in one commit with its event', () => {
    const facts = registered('1.0.0', '2.0.0');
    const change = planSwap(facts, '2.0.0', BY, NOW);
    expect(after(facts, change).flag).toMatchObject({
      status: 'enabled',
      share: 100_000,
      offVariant: '2.0.0',
      onVariant: '2.0.0',
    });
    expect(detailOf(change, 'component.swapped')).toEqual({
      fromVersion: '1.0.0',
      toVersion: '2.0.0',
      fromPercentage: 100,
      toPercentage: 0,
      rulesDropped: 0,
    });
    expect(planSwap(after(facts, change), '2.0.0', BY, NOW)).toBeNull();
  });

  it('is refused for what is not registered or retired, while the share has an owner, and for a killed component', () => {
    const facts = registered('1.0.0', '2.0.0');
    expect(planSwap(facts, '9.0.0', BY, NOW)).toMatchObject({
      code: 'notFound',
      refused: expect.stringContaining('there are 1.0.0, 2.0.0'),
    });
    expect(planSwap(rolling(), '2.0.0', BY, NOW)).toMatchObject({ code: 'conflict' });
    expect(planSwap(withFlag(facts, { status: 'disabled' }), '2.0.0', BY, NOW)).toMatchObject({
      refused: expect.stringContaining('never undoes a kill'),
    });
  });
});

describe('planRollbackToVersion', () => {
  it('ends the rollout that moves the share in the same commit', () => {
    const facts = rolling();
    const next = after(facts, planRollbackToVersion(facts, '1.0.0', BY, NOW));
    expect(next.rollout?.phase.name).toBe('superseded');
    expect(next.flag).toMatchObject({ shareOwner: null, offVariant: '1.0.0', onVariant: '1.0.0', status: 'enabled' });
  });

  it('restores from a kill, and changes nothing where everybody has the version already', () => {
    const facts = registered('1.0.0', '2.0.0');
    expect(planRollbackToVersion(facts, '1.0.0', BY, NOW)).toBeNull();
    const killed = withFlag(facts, { status: 'disabled', statusBeforeKill: 'enabled' });
    const change = planRollbackToVersion(killed, '1.0.0', BY, NOW);
    expect(after(killed, change).flag).toMatchObject({ status: 'enabled', statusBeforeKill: null });
    expect((change as Change).events.map(({ type }) => type)).toEqual(['flag.restored', 'rollback.immediate']);
  });

  it('gives every unit the version, whatever the flag said before', () => {
    const version = fc.constantFrom('1.0.0', '2.0.0', '3.0.0');
    const flag = fc.record({
      status: fc.constantFrom(...FLAG_STATUSES),
      share: fc.integer({ min: 0, max: 100_000 }),
      offVariant: version,
      onVariant: version,
      enabledUsers: fc.constantFrom([], ['u1']),
      disabledUsers: fc.constantFrom([], ['u2']),
      stageGroups: fc.constantFrom([], ['beta']),
      conditions: fc.constantFrom({}, { plan: 'pro' }),
      split: fc.option(
        version.map((variant) => [{ variant, share: 100_000 }]),
        { nil: [] },
      ),
      rules: fc.array(
        fc.oneof(
          version.map((variant) => ({ if: { plan: 'pro' }, variant })),
          fc.constant({ if: {}, share: 40_000 }),
        ),
        { maxLength: 3 },
      ),
    });
    fc.assert(
      fc.property(flag, version, (fields, target) => {
        const facts = withFlag(registered('1.0.0', '2.0.0', '3.0.0'), fields);
        const next = after(facts, planRollbackToVersion(facts, target, BY, NOW)).flag as Flag;
        const compiled = compileFlag(next);
        for (const userId of ['u1', 'u2', 'u3', 'u4'])
          for (const attributes of [{}, { plan: 'pro' }])
            expect(evaluateCompiled(compiled, { userId, groups: ['beta'], attributes }, null).value).toBe(target);
        expect([...versionsInUse(next, undefined)]).toEqual([target]);
      }),
    );
  });
});

describe('versionShares', () => {
  it('says what the allocation gives each version, and never more or less than everybody', () => {
    const { flag } = withFlag(registered('1.0.0', '2.0.0'), { status: 'percentage', share: 25_000, onVariant: '2.0.0' });
    expect([...versionShares(flag as Flag)]).toEqual([
      ['1.0.0', 75_000],
      ['2.0.0', 25_000],
    ]);
    expect([...versionShares({ ...(flag as Flag), status: 'disabled' })]).toEqual([['1.0.0', 100_000]]);
    expect([...versionShares({ ...(flag as Flag), archivedAt: NOW, status: 'enabled' })]).toEqual([['1.0.0', 100_000]]);
    const split = [
      { variant: '2.0.0', share: 50_000 },
      { variant: '1.0.0', share: 50_000 },
    ];
    expect([...versionShares({ ...(flag as Flag), status: 'enabled', split })]).toEqual([
      ['2.0.0', 50_000],
      ['1.0.0', 50_000],
    ]);
  });
});

describe('versionsInUse', () => {
  it('names both ends of a rollout as long as it runs', () => {
    const { flag, rollout } = rolling();
    expect([...versionsInUse(flag as Flag, rollout)].sort()).toEqual(['1.0.0', '2.0.0']);
    const ended = rollout && { ...rollout, phase: { name: 'aborted', message: '' } as const };
    expect([...versionsInUse(flag as Flag, ended)]).toEqual(['1.0.0']);
  });
});
