import { describe, expect, it } from 'vitest';
import type { Change } from '../change.ts';
import { isRefusal, type Refusal } from '../error.ts';
import { createExperiment } from '../experiment/lifecycle.ts';
import { parseTestSettings } from '../experiment/settings.ts';
import type { Condition } from '../flag/condition.ts';
import { BY, flagOf, START, startedWorld } from '../rollout/world.testing.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { planSegmentEdit, type SegmentEdit, type SegmentFacts } from './plan-segment.ts';
import { finderOf, segmentOf } from './segment.testing.ts';
import type { Segment } from './segment.ts';
import { parseSegmentSettings } from './settings.ts';

function factsOf(key: string, segments: readonly Segment[], more: Partial<SegmentFacts> = {}): SegmentFacts {
  const living = finderOf(...segments.filter(({ deletedAt }) => deletedAt === null));
  const kept = segments.find((segment) => segment.key === key);
  return { scope: DEFAULT_SCOPE, key, kept, segments: living, flags: [], rollouts: [], experiments: [], ...more };
}
const plan = (facts: SegmentFacts, edit: SegmentEdit): Change | Refusal | null => planSegmentEdit(facts, edit, BY, START);
const set = (settings: object): SegmentEdit => ({ type: 'set', settings: parseSegmentSettings('s', settings) });
const refused = (change: Change | Refusal | null): string => (change !== null && isRefusal(change) ? change.refused : '');
const nested = (key: string, condition: Condition): Segment => segmentOf(key, condition);

describe('planSegmentEdit', () => {
  it('creates a segment, merges into it and says nothing when nothing changes', () => {
    const created = plan(factsOf('s', []), set({ members: ['ann', 'bob', 'ann'], tags: ['t'] }));
    expect(created).toMatchObject({
      records: [{ kind: 'segment', key: 's', revision: 1, members: ['ann', 'bob'], condition: null, createdAt: START }],
      events: [{ type: 'segment.created', detail: { members: 2 } }],
    });
    const before = segmentOf('s', { plan: 'pro' }, ['ann']);
    expect(plan(factsOf('s', [before]), set({ description: 'd' }))).toMatchObject({
      records: [{ revision: 2, description: 'd', condition: { plan: 'pro' }, members: ['ann'] }],
      events: [{ type: 'segment.updated' }],
    });
    expect(plan(factsOf('s', [before]), set({ members: ['ann'] }))).toBeNull();
    expect(plan(factsOf('s', [before]), { type: 'addMembers', members: ['ann'] })).toBeNull();
    expect(plan(factsOf('s', [before]), { type: 'addMembers', members: ['bob'] })).toMatchObject({
      records: [{ members: ['ann', 'bob'] }],
    });
    expect(plan(factsOf('s', [before]), { type: 'removeMembers', members: ['ann'] })).toMatchObject({
      records: [{ members: [] }],
    });
    expect(plan(factsOf('x', [before]), { type: 'addMembers', members: ['bob'] })).toMatchObject({ code: 'notFound' });
  });

  it('refuses settings that are none, each at its place', () => {
    const issues = (settings: unknown): string => {
      try {
        parseSegmentSettings('s', settings);
        return '';
      } catch (error) {
        return String(error);
      }
    };
    expect(issues({ member: [] })).toContain('/member is not a setting of a segment (did you mean "members"?)');
    expect(issues({ members: ['a', ''] })).toContain('/members/1 must be a text of 1 byte to 1 KiB; it is ""');
    expect(issues({ members: ['ü'.repeat(600)] })).toContain('/members/0 must be a text of 1 byte to 1 KiB');
    expect(issues({ condition: {} })).toContain('/condition must not be empty');
    expect(issues({ condition: { in_segment: [] }, tags: [1] })).toMatch(/\/condition\/in_segment must be .*\/tags must be/);
    expect(issues(7)).toContain('settings must be an object');
  });

  it('refuses to name a segment that is not there, with the nearest that is', () => {
    const facts = factsOf('s', [segmentOf('staff', null)]);
    expect(refused(plan(facts, set({ condition: { not: { in_segment: ['staff', 'stuff'] } } })))).toBe(
      'segment "s": /condition/not/in_segment/1 names the segment "stuff", which does not exist (did you mean "staff"?)',
    );
  });

  it('refuses a circle, its own name included, and more than eight deep seen from whoever is highest', () => {
    const circle = [nested('a', { in_segment: 'b' }), segmentOf('b', null)];
    expect(refused(plan(factsOf('b', circle), set({ condition: { any: [{ in_segment: 'a' }] } })))).toContain('a → b → a');
    expect(refused(plan(factsOf('s', []), set({ condition: { in_segment: 's' } })))).toContain('s → s');
    const ring = Array.from({ length: 1_000 }, (_, n) => nested(`s${n}`, { in_segment: `s${(n + 1) % 1_000}` }));
    expect(refused(plan(factsOf('s0', ring), set({ condition: { in_segment: ['s1'] } })))).toContain(
      's1 → s2 → s3 → s4 → (996 more) → s1',
    );
    const chain = [2, 3, 4, 5, 6, 7, 8].map((n) => nested(`s${n}`, { in_segment: `s${n + 1}` }));
    const deep = [segmentOf('s9', null, ['x']), ...chain];
    expect(plan(factsOf('s9', deep), set({ condition: { plan: 'pro' } }))).toHaveProperty('records');
    expect(refused(plan(factsOf('s9', [...deep, segmentOf('s10', null)]), set({ condition: { in_segment: 's10' } })))).toBe(
      'segment "s2": its condition nests segments more than 8 deep',
    );
  });

  it('refuses nesting that would ask hundreds of segments', () => {
    const leaves = Array.from({ length: 300 }, (_, index) => segmentOf(`l${index}`, null, ['x']));
    const all = set({ condition: { in_segment: leaves.map(({ key }) => key) } });
    expect(refused(plan(factsOf('s', leaves), all))).toContain('asks more than 256 segments');
  });

  it('deletes only what nobody uses, naming and counting who does', () => {
    const flag = flagOf({ key: 'one', conditions: { not: { in_segment: 'beta' } } });
    const users = {
      flags: [
        flag,
        flagOf({ key: 'two', enabledGroups: ['beta'] }),
        flagOf({ key: 'three', rules: [{ if: { any: [{ in_segment: ['x', 'beta'] }] }, variant: 'on' }] }),
        flagOf({ key: 'gone', enabledGroups: ['beta'], archivedAt: 5 }),
        flagOf({ key: 'other' }),
      ],
      rollouts: [startedWorld({ strategy: 'ring' }, flagOf({ key: 'ringed' })).rollout],
      experiments: [testOf({ in_segment: 'beta' })],
    };
    const segments = [segmentOf('beta', null, ['ann']), nested('top', { in_segment: 'beta' })];
    expect(refused(plan(factsOf('beta', segments, users), { type: 'delete' }))).toBe(
      'segment "beta" is used by 3 flags ("one", "two", "three"), 1 rollout ("ringed"), 1 test ("t") and 1 segment ("top"); take it out of them first',
    );
    expect(plan(factsOf('beta', segments.slice(0, 1)), { type: 'delete' })).toMatchObject({
      records: [{ key: 'beta', deletedAt: START, members: [], revision: 2 }],
      events: [{ type: 'segment.deleted' }],
    });
  });

  it('uses a deleted name again as a new segment', () => {
    const tombstone = { ...segmentOf('s', null), deletedAt: 5, revision: 4, description: 'old' };
    expect(plan(factsOf('s', [tombstone]), set({ members: ['x'] }))).toMatchObject({
      records: [{ revision: 5, deletedAt: null, description: '', createdAt: START }],
      events: [{ type: 'segment.created' }],
    });
    expect(plan(factsOf('s', [tombstone]), { type: 'delete' })).toMatchObject({ code: 'notFound' });
  });
});

function testOf(eligibility: Condition) {
  const settings = parseTestSettings({ testId: 't', controlComponent: 'a', treatmentComponent: 'b', eligibility });
  const change = createExperiment(settings, DEFAULT_SCOPE, BY, START);
  const made = isRefusal(change) ? undefined : change.records[0];
  if (made?.kind !== 'experiment') throw new Error('no test was made');
  return made;
}
