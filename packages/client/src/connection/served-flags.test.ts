import {
  compileFlag,
  DEFAULT_SCOPE,
  evaluateCompiled,
  type Flag,
  type FlagHolder,
  type Segment,
  SegmentMatchers,
  snapshotOf,
} from '@sluice/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ServedFlags } from './served-flags.ts';
import { flagOf, START } from './stream-server.testing.ts';

const segmentOf = (key: string, members: string[], condition: Segment['condition']): Segment => ({
  kind: 'segment',
  scope: DEFAULT_SCOPE,
  key,
  revision: 1,
  description: '',
  condition,
  members,
  tags: [],
  deletedAt: null,
  createdAt: START,
  updatedAt: START,
});

const USERS = ['ann', 'bob', 'cy'];
const KEYS = ['a', 'b', 'c'];
const flag = fc.record({
  key: fc.constantFrom(...KEYS),
  status: fc.constantFrom('enabled' as const, 'disabled' as const, 'percentage' as const, 'whitelist' as const),
  share: fc.constantFrom(0, 50_000, 100_000),
  enabledGroups: fc.subarray(['x', 'y']),
  conditions: fc.constantFrom({}, { plan: 'pro' }, { segment: 'x' }, { segment: 'z' }),
  prerequisites: fc.constantFrom([], [{ flag: 'a', variants: ['on'] }], [{ flag: 'b', variants: ['off'] }]),
});
const segment = fc.record({
  key: fc.constantFrom('x', 'y', 'z'),
  members: fc.subarray(USERS),
  condition: fc.constantFrom(null, { plan: 'pro' }, { segment: 'y' }),
});
const state = fc.record({
  flags: fc.uniqueArray(flag, { selector: ({ key }) => key, maxLength: 3 }),
  segments: fc.uniqueArray(segment, { selector: ({ key }) => key, maxLength: 3 }),
  killed: fc.subarray(KEYS),
});

const units = USERS.flatMap((userId) => [{ userId }, { userId, attributes: { plan: 'pro' } }, { userId, groups: ['x'] }]);

/** Every answer, by a set of flags that was made for this snapshot alone. */
function answersOf(flags: readonly Flag[], segments: readonly Segment[], killed: readonly string[]): Record<string, unknown[]> {
  const matchers = new SegmentMatchers();
  matchers.apply(segments);
  const holders = new Map<string, FlagHolder>(flags.map(({ key }) => [key, { compiled: null }]));
  const compiled = flags.map((given) => {
    const served = killed.includes(given.key) ? { ...given, status: 'disabled' as const } : given;
    const made = compileFlag(served, undefined, (key) => holders.get(key) ?? { compiled: null }, matchers);
    const holder = holders.get(given.key);
    if (holder !== undefined) holder.compiled = made;
    return made;
  });
  return Object.fromEntries(compiled.map((one) => [one.flag.key, units.map((unit) => evaluateCompiled(one, unit, null).value)]));
}

const answersBy = ({ byKey }: ServedFlags): Record<string, unknown[]> =>
  Object.fromEntries(
    [...byKey].map(([key, { compiled }]) => [key, units.map((unit) => evaluateCompiled(compiled, unit, null).value)]),
  );

describe('the flags that a connection serves', () => {
  it('answer after any series of snapshots as if the last were the first, and every flag that answers otherwise is told of', () => {
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 5 }), (states) => {
        const served = new ServedFlags(
          () => {},
          (error) => {
            throw error;
          },
        );
        let before: Record<string, unknown[]> = {};
        for (const [index, { flags, segments, killed }] of states.entries()) {
          const records = [
            ...flags.map((fields) => flagOf(fields.key, fields)),
            ...segments.map(({ key, members, condition }) => segmentOf(key, members, condition)),
          ];
          const emergencies = killed.map((key) => ({ id: key, key, act: { type: 'kill' as const } }));
          const snapshot = { ...snapshotOf(DEFAULT_SCOPE, { seq: index, records }), emergencies };
          const told = served.become(snapshot);
          const after = answersBy(served);
          expect(after).toEqual(answersOf(snapshot.flags, snapshot.segments, killed));
          for (const key of KEYS)
            if (JSON.stringify(before[key]) !== JSON.stringify(after[key])) expect(told, key).toContain(key);
          before = after;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not make anew, nor tell of, what a whole snapshot repeats', () => {
    const served = new ServedFlags(
      () => {},
      () => {},
    );
    const snapshot = (): ReturnType<typeof snapshotOf> =>
      snapshotOf(DEFAULT_SCOPE, { seq: 1, records: [flagOf('a'), segmentOf('x', ['ann'], null)] });
    expect([...served.become(snapshot())]).toEqual(['a']);
    const before = served.byKey.get('a')?.compiled;
    expect([...served.become(structuredClone(snapshot()))]).toEqual([]);
    expect(served.byKey.get('a')?.compiled).toBe(before);
  });

  it('serves a flag that this version does not understand as it was, and the others as they are', () => {
    const problems: string[] = [];
    const served = new ServedFlags(
      () => {},
      ({ message }) => problems.push(message),
    );
    const at = (seq: number, ...flags: Flag[]) => served.become(snapshotOf(DEFAULT_SCOPE, { seq, records: flags }));
    at(1, flagOf('a'));
    at(
      2,
      flagOf('a', { revision: 2, conditions: { plan: { later_operator: 1 } as never } }),
      flagOf('b'),
      flagOf('c', { conditions: { plan: { later_operator: 1 } as never } }),
    );
    expect([...served.byKey.keys()]).toEqual(['a', 'b', 'c']);
    expect(evaluateCompiled(served.byKey.get('c')?.compiled ?? expect.fail(), { userId: 'u' }, 'mine')).toMatchObject({
      value: 'mine',
      errorCode: 'GENERAL',
    });
    expect(evaluateCompiled(served.byKey.get('a')?.compiled ?? expect.fail(), { userId: 'u' }, null).value).toBe(true);
    expect(problems).toEqual([
      'flag "a" at revision 2 cannot be understood, and is served as it was before, if it was',
      'flag "c" at revision 1 cannot be understood, and is served as it was before, if it was',
    ]);
  });
});
