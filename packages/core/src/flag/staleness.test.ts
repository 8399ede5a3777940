import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Experiment } from '../experiment/experiment.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { finderOf } from '../segment/segment.testing.ts';
import { compileFlag } from './compile.ts';
import { newFlag } from './edit.ts';
import { evaluateCompiled } from './evaluate.ts';
import type { Flag } from './flag.ts';
import { parseStaleSettings, type StaleFacts, soleVariant, staleSigns } from './staleness.ts';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const flagOf = (fields: Partial<Flag> = {}): Flag => ({
  ...newFlag('f', DEFAULT_SCOPE, NOW - 30 * DAY),
  revision: 1,
  status: 'percentage',
  share: 50_000,
  ...fields,
});

function signs(flag: Partial<Flag>, facts: Partial<StaleFacts> = {}, settings: object = {}): string[] {
  const world = { lastEvaluatedAt: NOW - DAY, experiment: undefined, flags: new Map(), segments: finderOf(), isNeeded: false };
  return staleSigns({ flag: flagOf(flag), ...world, ...facts }, parseStaleSettings(settings), NOW).map(({ sign }) => sign);
}

describe('a flag is stale', () => {
  it('when the instant that it was given has come, and not before', () => {
    expect(signs({ expiresAt: NOW })).toEqual(['expired']);
    expect(signs({ expiresAt: NOW + 1 })).toEqual([]);
  });

  it('when everybody got one variant for long enough, and nobody moves it', () => {
    const settled = { status: 'enabled', updatedAt: NOW - 7 * DAY } as const;
    expect(signs(settled)).toEqual(['servesOne']);
    expect(signs({ ...settled, updatedAt: NOW - 7 * DAY + 1 })).toEqual([]);
    expect(signs(settled, {}, { settledDays: 8 })).toEqual([]);
    expect(signs({ ...settled, shareOwner: { kind: 'rollout', key: 'f' } })).toEqual([]);
    expect(signs({ ...settled, isComponent: true })).toEqual([]);
    expect(signs({ ...settled, status: 'disabled' })).toEqual(['servesOne']);
    expect(signs({ ...settled, status: 'percentage' })).toEqual([]);
  });

  it('when nobody asks it, unless it is new or asked through a flag that needs it', () => {
    expect(signs({}, { lastEvaluatedAt: NOW - 7 * DAY })).toEqual(['notEvaluated']);
    expect(signs({}, { lastEvaluatedAt: NOW - 7 * DAY + 1 })).toEqual([]);
    expect(signs({}, { lastEvaluatedAt: null })).toEqual(['notEvaluated']);
    expect(signs({ createdAt: NOW - DAY }, { lastEvaluatedAt: null })).toEqual([]);
    expect(signs({}, { lastEvaluatedAt: null, isNeeded: true })).toEqual([]);
    expect(signs({}, { lastEvaluatedAt: NOW - 7 * DAY }, { unusedDays: 30 })).toEqual([]);
  });

  it('when its test ended without an arm that was shipped', () => {
    const over = { phase: 'stopped', stoppedAt: NOW - 8 * DAY, shipped: null } as unknown as Experiment;
    expect(signs({}, { experiment: over })).toEqual(['testOver']);
    expect(signs({}, { experiment: { ...over, shipped: 'treatment' } })).toEqual([]);
    expect(signs({}, { experiment: { ...over, phase: 'running' } })).toEqual([]);
  });

  it('when it needs a flag or a segment that is not there', () => {
    const prerequisites = [{ flag: 'gone', variants: ['on'] }];
    expect(signs({ prerequisites })).toEqual(['brokenPrerequisite']);
    expect(signs({ prerequisites }, { flags: new Map([['gone', flagOf({ archivedAt: 5 })]]) })).toEqual(['brokenPrerequisite']);
    expect(signs({ prerequisites }, { flags: new Map([['gone', flagOf()]]) })).toEqual([]);
    expect(signs({ rules: [{ if: { in_segment: 'lost' }, variant: 'on' }] })).toEqual(['missingSegment']);
  });

  it('never when it is archived; one that is meant to stay only when it expired or is broken', () => {
    const all = { expiresAt: 1, status: 'enabled', prerequisites: [{ flag: 'x', variants: ['on'] }] } as const;
    expect(signs({ ...all, archivedAt: 1 }, { lastEvaluatedAt: null })).toEqual([]);
    expect(signs({ ...all, tags: ['permanent'] }, { lastEvaluatedAt: null })).toEqual(['expired', 'brokenPrerequisite']);
    expect(signs({ tags: ['ops'] }, { lastEvaluatedAt: null }, { permanentTags: ['ops'] })).toEqual([]);
  });

  it('by settings that are checked', () => {
    for (const [settings, place] of [
      [{ unusedDays: 0 }, '/unusedDays must be a number of days above 0; it is 0'],
      [{ settledDays: '7' }, '/settledDays'],
      [{ permanentTags: 'x' }, '/permanentTags must be a list'],
      [{ days: 3 }, '/days is not a setting of listStale'],
      [7, 'listStale takes settings'],
    ] as const)
      expect(() => parseStaleSettings(settings)).toThrow(place);
  });
});

it('the sole variant is what every unit gets, and there is none when two units differ', () => {
  const variants = { off: 0, a: 1, b: 2 };
  const fields = fc.record({
    status: fc.constantFrom('disabled', 'percentage', 'enabled', 'whitelist'),
    share: fc.constantFrom(0, 50_000, 100_000),
    split: fc.constantFrom(
      [],
      [{ variant: 'b', share: 100_000 }],
      [{ variant: 'off', share: 100_000 }],
      [
        { variant: 'a', share: 50_000 },
        { variant: 'b', share: 50_000 },
      ],
    ),
    conditions: fc.constantFrom({}, { plan: 'pro' }),
    rules: fc.constantFrom([], [{ if: { plan: 'free' }, variant: 'b' }]),
    enabledUsers: fc.constantFrom([], ['unit-3']),
  });
  const units = Array.from({ length: 40 }, (_, index) => ({
    userId: `unit-${index}`,
    attributes: { plan: ['pro', 'free', 'x'][index % 3] },
  }));
  fc.assert(
    fc.property(fields, (made) => {
      const flag = { ...flagOf({ variants, onVariant: 'a' }), ...(made as Partial<Flag>) };
      const compiled = compileFlag(flag);
      const served = new Set(units.map((unit) => evaluateCompiled(compiled, unit, null).variant));
      const sole = soleVariant(flag);
      if (sole !== null) expect([...served]).toEqual([sole]);
      if (served.size > 1) expect(sole).toBeNull();
    }),
    { numRuns: 500 },
  );
});
