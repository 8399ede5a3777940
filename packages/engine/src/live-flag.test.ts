import { DEFAULT_SCOPE, evaluateCompiled, type Flag, newFlag, type Segment, type SluiceRecord } from '@sluice/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';
import { View } from './view.ts';

const KEYS = ['a', 'b', 'c'] as const;
const UNITS = [{ userId: 'ann' }, { userId: 'bob', groups: ['staff'] }, { userId: 'cy', attributes: { plan: 'pro' } }];

type Step = (view: View) => void;

const flagStep = fc
  .record({
    key: fc.constantFrom(...KEYS),
    status: fc.constantFrom<Flag['status']>('disabled', 'percentage', 'enabled', 'whitelist'),
    share: fc.constantFrom(0, 50_000, 100_000),
    enabledGroups: fc.constantFrom<string[]>([], ['staff']),
    conditions: fc.constantFrom<Flag['conditions']>({}, { plan: 'pro' }, { in_segment: 'staff' }),
    needs: fc.constantFrom(null, ...KEYS),
    archivedAt: fc.constantFrom(null, null, 5),
  })
  .map(({ needs, ...fields }): Step => {
    const prerequisites = needs === null ? [] : [{ flag: needs, variants: ['on'] }];
    return (view) => view.apply([{ ...newFlag(fields.key, DEFAULT_SCOPE, 0), ...fields, prerequisites, revision: 1 }]);
  });
const segmentStep = fc.record({ isGone: fc.boolean(), members: fc.subarray(['ann', 'bob', 'cy']) }).map(
  ({ isGone, members }): Step =>
    (view) =>
      view.apply([segment(members, isGone)]),
);
const overrideStep = fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom(null, true, false)).map(
  ([key, value]): Step =>
    (view) =>
      view.override(key, value, () => {}),
);

function segment(members: readonly string[], isGone: boolean): Segment {
  const meta = { description: '', tags: [], deletedAt: isGone ? 1 : null, createdAt: 0, updatedAt: 0 };
  return { kind: 'segment', scope: DEFAULT_SCOPE, key: 'staff', revision: 1, condition: null, members: [...members], ...meta };
}

function answersOf(view: View): unknown {
  return KEYS.map((key) => {
    const live = view.flags.get(key);
    return live === undefined ? null : UNITS.map((unit) => evaluateCompiled(live.compiled, unit, 'fallback'));
  });
}

it('answers alike whether it was asked all along or for the first time', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(flagStep, segmentStep, overrideStep), { maxLength: 12 }), (steps) => {
      const [asked, unasked] = [new View(DEFAULT_SCOPE), new View(DEFAULT_SCOPE)];
      for (const step of steps) {
        step(asked);
        answersOf(asked);
        step(unasked);
      }
      expect(answersOf(unasked)).toEqual(answersOf(asked));
    }),
    { numRuns: 1_000 },
  );
});

it('gives the fallback, tells of it and goes on where a kept flag cannot be made ready', async () => {
  const store = memoryStore();
  const kept = (key: string, conditions: object): SluiceRecord =>
    ({ ...newFlag(key, DEFAULT_SCOPE, 0), revision: 1, status: 'enabled', conditions }) as Flag;
  await store.commit({ records: [kept('bad', { plan: { matches: '(' } }), kept('good', {})], events: [] });
  const problems: string[] = [];
  const sluice = createSluice({ store, clock: manualClock(0) });
  sluice.on('problem', (problem) => problems.push(problem.message));
  expect(sluice.flags.isEnabled('bad', { userId: 'u' }, true)).toBe(true);
  expect(sluice.flags.evaluate('bad', { userId: 'u' }, 'fallback')).toMatchObject({ value: 'fallback', errorCode: 'GENERAL' });
  expect(sluice.flags.explain('bad', { userId: 'u' })).toMatchObject({ errorCode: 'GENERAL' });
  expect(sluice.flags.evaluateAll({ userId: 'u' }).get('bad')).toMatchObject({ errorCode: 'GENERAL' });
  expect(sluice.flags.isEnabled('good', { userId: 'u' })).toBe(true);
  expect(problems).toEqual([expect.stringContaining('flag "bad", revision 1, is kept in a form that cannot be asked')]);
  await sluice.close();
});
