import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { FeatureFlagManager } from './feature-flag-manager.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const flagsOver = (): FeatureFlagManager => new FeatureFlagManager({ store: memoryStore() });
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('segments', () => {
  it('change who is in at once, for every flag that names them and for no other', async () => {
    const flags = flagsOver();
    await flags.setSegment('beta', { members: ['ann'] });
    await flags.setFlag('by_condition', { enabled: true, conditions: { in_segment: 'beta' } });
    await flags.setFlag('by_group', { status: 'whitelist', enabledGroups: ['beta'] });
    await flags.setFlag('other', { enabled: true });
    const isIn = (userId: string): boolean[] => ['by_condition', 'by_group'].map((name) => flags.isEnabled(name, { userId }));
    const compiled = ['by_condition', 'by_group', 'other'].map((name) => flags.runtime.view.flags.get(name)?.compiled);
    expect([isIn('ann'), isIn('bob')]).toEqual([
      [true, true],
      [false, false],
    ]);
    await flags.addSegmentMembers('beta', ['bob']);
    await flags.removeSegmentMembers('beta', ['ann']);
    expect([isIn('ann'), isIn('bob')]).toEqual([
      [false, false],
      [true, true],
    ]);
    await flags.setSegment('beta', { condition: { plan: 'pro' }, members: [] });
    expect(flags.isEnabled('by_group', { userId: 'cy', attributes: { plan: 'pro' } })).toBe(true);
    expect(flags.evaluateAll({ userId: 'cy', attributes: { plan: 'pro' } }).get('by_condition')?.value).toBe(true);
    expect(flags.evaluateAll({ userId: 'cy' }).get('by_condition')?.value).toBe(false);
    // A segment that changes is compiled by itself: no flag was compiled anew.
    expect(['by_condition', 'by_group', 'other'].map((name) => flags.runtime.view.flags.get(name)?.compiled)).toEqual(compiled);
  });

  it('take over a group of their name when they come, and leave it when they go', async () => {
    const flags = flagsOver();
    await flags.setFlag('f', { status: 'whitelist', enabledGroups: ['beta'] });
    expect(flags.isEnabled('f', { userId: 'ann' })).toBe(false);
    await flags.setSegment('beta', { members: ['ann'] });
    expect(flags.isEnabled('f', { userId: 'ann' })).toBe(true);
    expect(flags.isEnabled('f', { userId: 'bob', groups: ['beta'] })).toBe(true);
    await expect(flags.deleteSegment('beta')).rejects.toMatchObject({
      code: 'refused',
      message: 'segment "beta" is used by 1 flag ("f"); take it out of them first',
    });
    await flags.setFlag('f', { enabledGroups: [] });
    await flags.deleteSegment('beta', { reason: 'over', actor: 'ann' });
    await flags.setFlag('f', { enabledGroups: ['beta'] });
    expect(flags.isEnabled('f', { userId: 'ann' })).toBe(false);
    expect(flags.getSegment('beta')).toBeUndefined();
  });

  it('are described with who uses them, and listed without', async () => {
    const flags = flagsOver();
    await flags.setSegment('staff', { description: 'us', members: ['ann'], tags: ['internal'] });
    await flags.setSegment('all', { condition: { in_segment: 'staff' } });
    await flags.setFlag('f', { rules: [{ if: { in_segment: 'staff' }, variant: 'on' }] });
    expect(flags.getSegment('staff')).toMatchObject({
      memberCount: 1,
      members: ['ann'],
      usedBy: [
        { kind: 'flag', name: 'f' },
        { kind: 'segment', name: 'all' },
      ],
    });
    expect(flags.listSegments().map(({ name, memberCount, hasCondition }) => [name, memberCount, hasCondition])).toEqual([
      ['all', 0, true],
      ['staff', 1, false],
    ]);
    await expect(flags.setSegment('', {})).rejects.toThrow('segment name');
    await expect(flags.addSegmentMembers('staff', [''])).rejects.toThrow('/userIds/0 must be a text');
    await expect(flags.addSegmentMembers('nobody', ['x'])).rejects.toMatchObject({ code: 'notFound' });
  });

  it('must be there when a flag or a test names them', async () => {
    const sluice = createSluice({ store: memoryStore() });
    await sluice.flags.setSegment('staff', { members: ['ann'] });
    await expect(sluice.flags.setFlag('f', { conditions: { in_segment: 'stuff' } })).rejects.toMatchObject({
      code: 'invalid',
      issues: [{ path: '/conditions/in_segment' }],
      message: 'flag "f": /conditions/in_segment names the segment "stuff", which does not exist (did you mean "staff"?)',
    });
    await expect(
      sluice.flags.setFlag('f', {
        rules: [
          { if: {}, variant: 'on' },
          { if: { not: { in_segment: ['x'] } }, variant: 'on' },
        ],
      }),
    ).rejects.toThrow('/rules/1/if/not/in_segment/0 names the segment "x"');
    const test = { testId: 't', controlComponent: 'a', treatmentComponent: 'b', eligibility: { in_segment: 'x' } };
    await expect(sluice.abTests.createTest(test)).rejects.toThrow('/eligibility/in_segment names the segment "x"');
    expect(sluice.flags.listFlags()).toEqual([]);
  });

  it('stand in the journal and not in the flag file, and are there after a restart and in another process', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-segments-'));
    folders.push(folder);
    const file = join(folder, 'flags.json');
    const one = new FeatureFlagManager({ file });
    await one.setSegment('beta', { members: ['ann'] });
    await one.setFlag('f', { enabled: true, conditions: { in_segment: 'beta' } });
    const text = readFileSync(file, 'utf8');
    const other = new FeatureFlagManager({ file });
    expect(other.isEnabled('f', { userId: 'ann' })).toBe(true);
    await one.addSegmentMembers('beta', ['bob']);
    await other.reload();
    expect(other.isEnabled('f', { userId: 'bob' })).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(text).not.toContain('ann');
    await Promise.all([one.close(), other.close()]);
    const again = new FeatureFlagManager({ file });
    expect([again.isEnabled('f', { userId: 'bob' }), again.isEnabled('f', { userId: 'cy' })]).toEqual([true, false]);
    await again.close();
  });

  it('let the members of a ring in', async () => {
    const clock = manualClock(1_700_000_000_000);
    const { flags, rollouts } = createSluice({ store: memoryStore(), clock });
    await flags.setSegment('internal', { members: ['ann'] });
    await flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
    await rollouts.startRollout('f', { strategy: 'ring', unvalidated: true });
    expect([flags.isEnabled('f', { userId: 'ann' }), flags.isEnabled('f', { userId: 'bob' })]).toEqual([true, false]);
  });

  it('travel in a document, before what refers to them', async () => {
    const from = createSluice({ store: memoryStore() });
    await from.flags.setSegment('staff', { members: ['ann'] });
    await from.flags.setSegment('gone', { members: ['x'] });
    await from.flags.deleteSegment('gone');
    await from.flags.setFlag('f', { enabled: true, conditions: { in_segment: 'staff' } });
    const document = JSON.parse(JSON.stringify(await from.export())) as Awaited<ReturnType<typeof from.export>>;
    expect(document.segments).toMatchObject([{ name: 'staff', members: ['ann'] }]);
    const to = createSluice({ store: memoryStore() });
    await to.import(document, { reason: 'move' });
    expect(to.flags.isEnabled('f', { userId: 'ann' })).toBe(true);
    const without = createSluice({ store: memoryStore() });
    await expect(without.import({ ...document, segments: [] }, { reason: 'move' })).rejects.toThrow(
      'flag "f": /flags/0/conditions/in_segment names the segment "staff", which does not exist',
    );
  });
});
