import { expect, it } from 'vitest';
import { isRefusal } from '../error.ts';
import type { Flag } from '../flag/flag.ts';
import { NO_SEGMENTS, type SegmentLookup } from '../flag/match.ts';
import { planStart, type StartRequest } from './plan-start.ts';
import { parseRolloutSettings } from './settings.ts';
import { BY, flagOf, openWorld, START } from './world.testing.ts';

function request(more: Partial<StartRequest> = {}): StartRequest {
  const plan = (flag: Flag) => parseRolloutSettings(flag, { strategy: 'canary', unvalidated: true });
  return { plan, by: BY, onConflict: 'refuse', problem: () => null, underWay: [], ...more };
}

function factsOf(flag: Flag, rollout = openWorld().rollout) {
  return { scope: flag.scope, key: flag.key, flag, rollout, experiment: undefined };
}

it('says of an archived flag that it is archived and what to do, also where nothing would be left to roll out', () => {
  const archived = flagOf({ archivedAt: START, status: 'enabled', share: 100_000 });
  expect(planStart(factsOf(archived), request(), START)).toEqual({
    code: 'refused',
    refused:
      'rollout of "checkout": the flag is archived, and an archived key is not used again; make a flag of another name with setFlag',
  });
});

it('rehearses what takes something over with the segments as they are', () => {
  const { flag, rollout } = openWorld({}, flagOf({ enabledGroups: ['staff'] }));
  const asked: string[] = [];
  const segments: SegmentLookup = {
    ...NO_SEGMENTS,
    has: (key) => {
      asked.push(key);
      return false;
    },
  };
  const started = planStart(factsOf(flag, rollout), request({ onConflict: 'supersede', segments }), START + 1);
  expect(isRefusal(started)).toBe(false);
  expect(asked).toContain('staff');
});
