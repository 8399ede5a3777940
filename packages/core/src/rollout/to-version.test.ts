import { describe, expect, it } from 'vitest';
import type { Component } from '../component/component.ts';
import { planGradualRollback } from '../rollback/rollback.ts';
import type { RolloutSettings } from './settings.ts';
import { parseRolloutSettings } from './settings.ts';
import { ask, BY, factsOf, flagOf, happen, look, openWorld, pass, START, startedWorld, type World } from './world.testing.ts';

const component = flagOf({
  isComponent: true,
  variants: { '1.0.0': '1.0.0', '2.0.0': '2.0.0' },
  offVariant: '1.0.0',
  onVariant: '1.0.0',
  status: 'enabled',
  share: 100_000,
});
const TO_2: Partial<RolloutSettings> = { strategy: 'percentage', stages: [10, 100], toVersion: '2.0.0', unvalidated: true };

function through(world: World): World {
  let moved = world;
  for (let stage = 0; stage < world.rollout.plan.stages.length; stage++) moved = pass(moved);
  return moved;
}

describe('a rollout with toVersion', () => {
  it('gives those not in the stable version, and makes the new one stable when it completes', () => {
    const open = openWorld(TO_2, component);
    expect(open.flag).toMatchObject({ share: 10_000, offVariant: '1.0.0', onVariant: '2.0.0' });
    const done = through(open);
    expect(done.rollout.phase.name).toBe('completed');
    expect(done.flag).toMatchObject({ status: 'enabled', share: 100_000, offVariant: '2.0.0', onVariant: '2.0.0' });
  });

  it('does the same by the name toVariant, and when a part is brought to the whole', () => {
    const { toVersion: _, ...plain } = TO_2;
    expect(through(openWorld({ ...plain, toVariant: '2.0.0' }, component)).flag.offVariant).toBe('2.0.0');
    const half = through(openWorld({ ...TO_2, stages: [10, 50], targetPercentage: 50 }, component));
    expect(half.flag).toMatchObject({ status: 'percentage', share: 50_000, offVariant: '1.0.0', onVariant: '2.0.0' });
    const whole = through(openWorld({ ...plain, stages: [100] }, half.flag));
    expect(whole.flag).toMatchObject({ status: 'enabled', offVariant: '2.0.0', onVariant: '2.0.0' });
  });

  it('leaves the off variant of a plain flag alone', () => {
    const done = through(openWorld({ strategy: 'percentage', stages: [100], unvalidated: true }));
    expect(done.flag).toMatchObject({ status: 'enabled', offVariant: 'off', onVariant: 'on' });
  });

  it('gives the old stable version back when it is aborted, harmed or killed', () => {
    const back = { status: 'enabled', offVariant: '1.0.0', onVariant: '1.0.0' };
    expect(ask(openWorld(TO_2, component), 'abort').flag).toMatchObject(back);
    const judged = openWorld({ ...TO_2, criteria: [{ metric: 'errorRate', max: 0.05 }] }, component);
    const harmed = look(judged, 1_000, {
      measurements: [{ kind: 'value', value: 1, samples: 500, at: judged.now + 1_000 }],
    });
    expect(harmed.rollout.phase.name).toBe('rolledBack');
    expect(harmed.flag).toMatchObject(back);
    expect(openWorld(TO_2, component).flag.offVariant).toBe('1.0.0');
  });

  it('starts whatever the share says where off and on are one version', () => {
    expect(openWorld(TO_2, { ...component, status: 'percentage', share: 40_000 }).rollout.phase.name).toBe('baking');
  });

  it('fails its preflight when the version cannot be used here', () => {
    const world = startedWorld(TO_2, component);
    const facts = factsOf(world, { versionProblem: 'it does not load' });
    const refused = happen(world, { type: 'tick', facts });
    expect(refused.rollout.phase).toEqual({ name: 'preflightFailed', message: 'it does not load' });
    expect(refused.flag).toMatchObject({ onVariant: '1.0.0', shareOwner: null });
  });

  it('is refused for a plain flag, together with toVariant, and for versions that are not there', () => {
    const retired: Component = {
      kind: 'component',
      scope: component.scope,
      key: component.key,
      revision: 1,
      versions: [{ version: '3.0.0', build: null, registeredAt: START, registeredBy: 'ada', retiredAt: START }],
    };
    const refusal =
      (settings: Partial<RolloutSettings>, flag = component): (() => void) =>
      (): void =>
        void parseRolloutSettings(flag, { ...TO_2, ...settings }, retired);
    expect(refusal({}, flagOf())).toThrow('/toVersion is for components');
    expect(refusal({ toVariant: '2.0.0' })).toThrow('/toVersion says the same as toVariant');
    expect(refusal({ toVersion: '9.0.0' })).toThrow('version 9.0.0 is not registered; there are 1.0.0, 2.0.0');
    expect(refusal({ toVersion: '3.0.0' })).toThrow('version 3.0.0 was retired and is never used again');
    const { toVersion: _toVersion, ...nowhere } = TO_2;
    expect(() => parseRolloutSettings(component, nowhere)).toThrow('/toVersion is missing: every unit has 1.0.0; give toVersion');
    expect(refusal({ toVersion: 'two' })).toThrow('must be a semantic version');
    expect(refusal({ toVersion: '2.0.0+build' })).not.toThrow();
    expect(refusal({ toVersion: '1.0.0' })).toThrow('nothing is left to roll out');
  });
});

it('a gradual rollback of a component that has one version for all is refused with the way back', () => {
  const facts = { scope: component.scope, key: component.key, flag: component, rollout: undefined, experiment: undefined };
  expect(planGradualRollback(facts, [50, 0], 1_000, BY, START)).toMatchObject({
    refused: expect.stringContaining('rollbackToVersion'),
  });
});
