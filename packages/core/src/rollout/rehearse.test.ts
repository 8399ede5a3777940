import { describe, expect, it } from 'vitest';
import type { Flag } from '../flag/flag.ts';
import { segmentOf } from '../segment/segment.testing.ts';
import { segmentLookup } from '../segment/segment-matchers.ts';
import { rehearse } from './rehearse.ts';
import type { RolloutSettings } from './settings.ts';
import { flagOf, look, startedWorld } from './world.testing.ts';

const VERSIONS = { variants: { none: null, v1: 1, v2: 2 }, offVariant: 'none', onVariant: 'v1' };

function problem(settings: Partial<RolloutSettings>, fields: Partial<Flag> = {}, after: Partial<Flag> = {}): string | null {
  const flag = flagOf(fields);
  return rehearse(startedWorld(settings, flag).rollout, { ...flag, ...after });
}

describe('rehearse', () => {
  it('finds nothing wrong with ways back that work', () => {
    const lists = { enabledUsers: ['ada'], disabledUsers: ['bob'], enabledGroups: ['team'], disabledGroups: ['banned'] };
    expect(problem({}, { share: 3_000, ...lists })).toBeNull();
    expect(problem({ strategy: 'ring' }, { status: 'whitelist', ...lists })).toBeNull();
    expect(problem({ strategy: 'blueGreen' }, { bucketBy: 'tenant' })).toBeNull();
    expect(problem({ toVariant: 'v2' }, { ...VERSIONS, status: 'enabled', share: 100_000 })).toBeNull();
    expect(problem({ toVariant: 'v2' }, VERSIONS)).toBeNull();
  });

  it('asks that a move between variants begins with everybody or nobody', () => {
    const moving = problem({ toVariant: 'v2' }, { ...VERSIONS, share: 30_000 });
    expect(moving).toBe('the flag serves "v1" to 30 %; bring that to 0 or 100 % before moving to "v2"');
    expect(problem({ toVariant: 'v2' }, { ...VERSIONS, status: 'whitelist' })).toContain('the flag is a whitelist');
  });

  it('refuses a variant that is gone or that everybody has already', () => {
    expect(problem({}, {}, { variants: { off: false, neu: true } })).toBe('variant "on" is not one of the flag\'s');
    expect(problem({ toVariant: 'none' }, VERSIONS)).toBe(
      'units that are not in get "none" already, so there is nothing to roll out',
    );
  });

  it('refuses a kill switch that would not give the off variant', () => {
    expect(problem({}, {}, { variants: { on: true } })).toContain('the kill switch does not give "off"');
  });

  it('refuses when the flag is no longer what going back would restore', () => {
    expect(problem({}, { share: 500 }, { share: 700 })).toContain('going back from stage 1 does not give what was there before');
    expect(problem({}, { share: 500 }, { share: 501 })).toBe('the flag changed since the rollout was started');
  });

  it('proves as much for a flag whose prerequisites or conditions hold for nobody', () => {
    const hidden = { prerequisites: [{ flag: 'other', variants: ['on'] }], conditions: { plan: 'pro' } };
    for (const fields of [{ prerequisites: hidden.prerequisites }, { conditions: hidden.conditions }, hidden]) {
      expect(problem({}, { share: 500, ...fields })).toBeNull();
      expect(problem({}, { share: 500, ...fields }, { share: 700 })).toContain('going back from stage 1 does not give');
    }
  });

  it('walks with the segments as they are', () => {
    const { rollout, flag } = startedWorld({}, flagOf());
    const changed = { ...flag, stageGroups: ['staff'] };
    expect(rehearse(rollout, changed)).toBe('the flag changed since the rollout was started');
    expect(rehearse(rollout, changed, segmentLookup([segmentOf('staff', null, ['rehearsal-3'])]))).toContain(
      'going back from stage 1 does not give',
    );
  });

  it('waits in preflight for its validator, as after a restart, and opens the first stage when it is there', () => {
    const waiting = look(startedWorld(), 0, { validator: 'missing' });
    expect(waiting).toMatchObject({ rollout: { phase: { name: 'preflight' } }, flag: { share: 0 }, step: { changed: false } });
    expect(look(waiting).rollout.phase).toEqual({ name: 'baking', stage: 0 });
  });
});
