import { describe, expect, it } from 'vitest';
import { isRefusal } from '../error.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { editFlag, type FlagEdit, newFlag } from './edit.ts';
import type { Flag } from './flag.ts';
import { type FlagSettings, parseFlagSettings } from './settings.ts';

const fresh = newFlag('f', DEFAULT_SCOPE, 0);
function edit(flag: Flag, change: FlagEdit): Flag {
  const edited = editFlag(flag, change, 1);
  if (isRefusal(edited)) throw new Error(edited.refused);
  return edited;
}
const set = (flag: Flag, settings: FlagSettings, force = false): Flag =>
  edit(flag, { type: 'set', settings: parseFlagSettings('f', settings), force });
const issuePaths = (settings: unknown): string[] => {
  try {
    parseFlagSettings('f', settings);
    return [];
  } catch (error) {
    return (error as { issues: { path: string }[] }).issues.map((issue) => issue.path);
  }
};

describe('setFlag', () => {
  it('maps enabled and percentage to a status on creation', () => {
    expect(set(fresh, {})).toMatchObject({ status: 'disabled', share: 0 });
    expect(set(fresh, { enabled: true })).toMatchObject({ status: 'enabled' });
    expect(set(fresh, { enabled: true, rolloutPercentage: 10 })).toMatchObject({ status: 'percentage', share: 10_000 });
    expect(set(fresh, { enabled: true, rolloutPercentage: 0 })).toMatchObject({ status: 'percentage', share: 0 });
    expect(set(fresh, { enabled: false, rolloutPercentage: 10 })).toMatchObject({ status: 'disabled', share: 10_000 });
    expect(set(fresh, { status: 'whitelist', enabledUsers: ['u'] })).toMatchObject({ status: 'whitelist', enabledUsers: ['u'] });
  });

  it('merges: what is not mentioned stays, and enabled: true never widens a live flag', () => {
    const ten = set(fresh, { enabled: true, rolloutPercentage: 10, description: 'd' });
    expect(set(ten, { enabled: true, tags: ['x'] })).toMatchObject({
      status: 'percentage',
      share: 10_000,
      description: 'd',
      tags: ['x'],
      revision: 2,
    });
    expect(set(ten, { rolloutPercentage: 12.345 })).toMatchObject({ status: 'percentage', share: 12_345 });
    expect(set(set(fresh, { rolloutPercentage: 10 }), { enabled: true })).toMatchObject({ status: 'percentage', share: 10_000 });
    expect(set(ten, {})).toBe(ten);
  });

  it('names every bad setting at once and clamps nothing', () => {
    expect(issuePaths({ enabled: 1, rolloutPercentage: 101, rollout_percentage: 5, enabledUsers: ['a', 7] })).toEqual([
      '/enabled',
      '/rolloutPercentage',
      '/rollout_percentage',
      '/enabledUsers/1',
    ]);
    for (const percentage of [Number.NaN, Number.POSITIVE_INFINITY, -0.001, 100.001, '50', null, 0.0001])
      expect(issuePaths({ rolloutPercentage: percentage }), String(percentage)).toEqual(['/rolloutPercentage']);
    expect(
      issuePaths({ conditions: { a: { near: 1 } }, rules: [{ if: {}, variant: 1 }], expires: 'soon', variants: { only: 1 } }),
    ).toEqual(['/conditions/a/near', '/rules/0/variant', '/expires', '/variants']);
    const onlyIf = { if: { plan: 'pro' } };
    expect(issuePaths({ rules: [{ condition: { plan: 'pro' }, variant: 'on' }] })).toEqual(['/rules/0/condition', '/rules/0']);
    expect(issuePaths({ rules: [onlyIf, { ...onlyIf, variant: 'on', rolloutPercentage: 5 }] })).toEqual(['/rules/0', '/rules/1']);
    expect(issuePaths({ rules: [{ ...onlyIf, rolloutPercentage: '5' }] })).toEqual(['/rules/0/rolloutPercentage']);
    expect(issuePaths({ variants: { off: 1, on: new Date(0) } })).toEqual(['/variants/on']);
    expect(issuePaths({ status: 'enabled', rolloutPercentage: 50 })).toEqual(['/rolloutPercentage']);
    expect(issuePaths({ status: 'enabled', enabled: false })).toEqual(['/status']);
    expect(() =>
      set(fresh, {
        rules: [
          { ...onlyIf, variant: 'on' },
          { ...onlyIf, variant: 'zz' },
        ],
      }),
    ).toThrow('/rules/1/variant "zz" is not one of its variants');
    expect(() => set(fresh, { onVariant: 'blue' })).toThrow('onVariant "blue" is not one of its variants (off, on)');
    expect(() => set(fresh, { split: { on: 60 } })).toThrow('/split adds up to 60 %; it must be 100 %');
  });
});

describe('a kill', () => {
  const ten = set(fresh, { enabled: true, rolloutPercentage: 10 });

  it('keeps the percentage, and is undone exactly', () => {
    const killed = edit(ten, { type: 'disable' });
    expect(killed).toMatchObject({ status: 'disabled', share: 10_000 });
    expect(edit(killed, { type: 'restore' })).toMatchObject({ status: 'percentage', share: 10_000, statusBeforeKill: null });
    expect(edit(edit(edit(ten, { type: 'enable', force: false }), { type: 'disable' }), { type: 'restore' })).toMatchObject({
      status: 'enabled',
    });
    expect(edit(killed, { type: 'disable' })).toBe(killed);
  });

  it('is not undone by a new percentage', () => {
    const killed = edit(ten, { type: 'disable' });
    const moved = edit(killed, { type: 'setShare', share: 50_000, force: false });
    expect(moved).toMatchObject({ status: 'disabled', share: 50_000 });
    expect(edit(moved, { type: 'restore' })).toMatchObject({ status: 'percentage', share: 50_000 });
    expect(set(killed, { rolloutPercentage: 50 })).toMatchObject({ status: 'disabled', share: 50_000 });
  });
});

describe('ownership of the share', () => {
  const owned: Flag = { ...set(fresh, { enabled: true, rolloutPercentage: 10 }), shareOwner: { kind: 'rollout', key: 'f' } };

  it('refuses to move an owned share, naming the owner, unless forced', () => {
    const moves: FlagEdit[] = [
      { type: 'setShare', share: 1, force: false },
      { type: 'enable', force: false },
      { type: 'archive' },
      { type: 'set', settings: parseFlagSettings('f', { rolloutPercentage: 3 }), force: false },
    ];
    for (const move of moves)
      expect(editFlag(owned, move, 1), move.type).toMatchObject({
        code: 'conflict',
        refused: expect.stringContaining('the rollout of "f"'),
      });
    expect(edit(owned, { type: 'setShare', share: 1, force: true })).toMatchObject({ share: 1 });
  });

  it('lets members in and out, excludes, and kills at any time', () => {
    expect(edit(owned, { type: 'addUser', userId: 'u' }).enabledUsers).toEqual(['u']);
    expect(edit(owned, { type: 'exclude', userIds: ['a', 'b', 'a'] }).disabledUsers).toEqual(['a', 'b']);
    expect(edit(owned, { type: 'disable' }).status).toBe('disabled');
    expect(set(owned, { enabled: false }).status).toBe('disabled');
    expect(set(owned, { description: 'new' }).description).toBe('new');
  });
});

it('lifts an exclusion when the user is added by name', () => {
  const excluded = edit(fresh, { type: 'exclude', userIds: ['u', 'v'] });
  expect(edit(excluded, { type: 'addUser', userId: 'u' })).toMatchObject({ enabledUsers: ['u'], disabledUsers: ['v'] });
});

it('refuses every edit of an archived flag, so that its key is not used again', () => {
  const archived = edit(fresh, { type: 'archive' });
  for (const type of ['enable', 'disable', 'restore', 'archive'] as const)
    expect(editFlag(archived, { type, force: true } as FlagEdit, 2)).toHaveProperty('refused');
});
