import { expect, it } from 'vitest';
import { contestedFields, patchOf, withTargetingOf } from './draft.ts';

it('sends what differs and nothing else, so that what others change meanwhile stays', () => {
  const base = { description: 'a', tags: ['x'], rules: [] };
  expect(patchOf(base, { ...base, tags: ['x'], rules: [{ if: {}, variant: 'on' }] })).toEqual({
    rules: [{ if: {}, variant: 'on' }],
  });
  expect(patchOf(base, base)).toEqual({});
});

it('is contested only where both changed the same setting, and not to the same', () => {
  const base = { description: 'a', tags: ['x'], owner: null };
  const theirs = { description: 'b', tags: ['y'], owner: null };
  expect(contestedFields(base, theirs, { ...base, owner: 'me' })).toEqual([]);
  expect(contestedFields(base, theirs, { ...base, description: 'c', tags: ['y'] })).toEqual(['description']);
});

it('takes over targeting and leaves status and share', () => {
  const here = { status: 'percentage', rolloutPercentage: 1, enabledUsers: ['ann'], conditions: {} } as const;
  const there = { status: 'enabled', enabledUsers: ['bob'], conditions: { plan: 'pro' }, bucketBy: null } as const;
  expect(withTargetingOf(here, there)).toMatchObject({
    status: 'percentage',
    rolloutPercentage: 1,
    enabledUsers: ['bob'],
    conditions: { plan: 'pro' },
  });
});
