import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

async function shop(isProtected = false) {
  const sluice = createSluice({ store: memoryStore(), clock: manualClock(1_800_000_000_000), isProtected });
  await sluice.flags.setFlag(
    'checkout',
    { enabled: true, rolloutPercentage: 1, enabledUsers: ['ann'], description: 'One page' },
    { reason: 'new' },
  );
  await sluice.flags.setSegment('staff', { members: ['bob'] }, { reason: 'new' });
  return sluice.flags;
}

describe('a preview of an edit', () => {
  it('says what the edit then does, and does nothing itself', async () => {
    const percentages = fc.integer({ min: 0, max: 100_000 }).map((share) => share / 1000);
    const users = fc.array(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 3 });
    const settings = fc.record(
      {
        rolloutPercentage: percentages,
        enabledUsers: users,
        disabledUsers: users,
        conditions: fc.constantFrom({}, { plan: 'pro' }, { in_segment: 'staff' }),
        rules: fc.constantFrom([], [{ if: { in_segment: 'staff' }, variant: 'on' }], [{ if: {}, rolloutPercentage: 40 }]),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(settings, async (edit) => {
        const flags = await shop();
        const units = ['ann', 'bob', 'cid', ...Array.from({ length: 20 }, (_, n) => `u${n}`)].map((userId) => ({ userId }));
        const kept = flags.getFlag('checkout');
        const preview = flags.previewEdit('checkout', edit, { units });
        expect(flags.getFlag('checkout')).toEqual(kept);
        expect(preview.before).toEqual(await flags.settingsOf('checkout'));
        expect(preview.units.map(({ before }) => before?.variant)).toEqual(
          units.map((unit) => flags.getVariant('checkout', unit)),
        );
        await flags.setFlag('checkout', edit);
        expect(preview.refusal).toBeNull();
        expect(preview.after).toEqual(await flags.settingsOf('checkout'));
        expect(preview.units.map(({ after }) => after?.variant)).toEqual(units.map((unit) => flags.getVariant('checkout', unit)));
        expect(preview.units.map(({ after }) => after?.isIn)).toEqual(units.map((unit) => flags.isEnabled('checkout', unit)));
        await flags.close();
      }),
      { numRuns: 25 },
    );
  });

  it('refuses with the words and places of the edit', async () => {
    const flags = await shop();
    for (const edit of [
      { rolloutPercentage: 120, tags: 7 },
      { conditions: { in_segment: 'nobody' } },
      { prerequisites: [{ flag: 'none', variants: ['on'] }] },
      { onVariant: 'blue' },
      { rules: [{ if: { age: { above: 3 } }, variant: 'on' }] },
    ] as object[]) {
      const { refusal, after } = flags.previewEdit('checkout', edit);
      const failure = await flags.setFlag('checkout', edit).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: refusal?.code, message: refusal?.message, issues: refusal?.issues });
      expect(refusal?.issues.length).toBeGreaterThan(0);
      expect(after).toBeNull();
    }
  });

  it('counts neither as an evaluation nor as an exposure', async () => {
    const flags = await shop();
    flags.previewEdit('checkout', { rolloutPercentage: 100 }, { units: [{ userId: 'ann' }] });
    expect((await flags.getFlagStats('checkout')).evaluations).toBe(0);
  });

  it('of a rise in a protected environment shows what would be, and why it is not', async () => {
    const flags = await shop(true);
    const preview = flags.previewEdit('checkout', { rolloutPercentage: 50 }, { units: [{ userId: 'ann' }] });
    expect(preview.refusal?.message).toContain('only by a rollout');
    expect(preview.after).toMatchObject({ rolloutPercentage: 50 });
    expect(flags.previewEdit('checkout', { tags: ['ui'] }).refusal).toBeNull();
    expect(flags.previewEdit('checkout', { tags: ['ui'] }, { reason: '' }).refusal?.issues).toEqual([
      { path: '/reason', message: 'must say why' },
    ]);
  });

  it('of a flag that is not there says what it would be, and has a limit of units', async () => {
    const flags = await shop();
    const preview = flags.previewEdit('search', { enabled: true }, { units: [{ userId: 'ann' }] });
    expect(preview).toMatchObject({ revision: 0, before: null, after: { status: 'enabled' } });
    expect(preview.units).toMatchObject([{ before: null, after: { variant: 'on', isIn: true } }]);
    expect(flags.previewEdit('no/name\n', {}).refusal?.issues).toMatchObject([{ path: '/name' }]);
    const units = Array.from({ length: 101 }, () => ({ userId: 'ann' }));
    expect(() => flags.previewEdit('checkout', {}, { units })).toThrow(/at most 100 units/);
  });
});

describe('settings of a flag', () => {
  it('are told as they are, and as they were at an earlier revision', async () => {
    const flags = await shop();
    await flags.setFlag('checkout', { rules: [{ if: { plan: 'pro' }, rolloutPercentage: 12.5 }], tags: ['ui'] });
    expect(await flags.settingsOf('checkout')).toMatchObject({
      rules: [{ if: { plan: 'pro' }, rolloutPercentage: 12.5 }],
      tags: ['ui'],
    });
    expect(await flags.settingsOf('checkout', 1)).toMatchObject({ rules: [], tags: [], rolloutPercentage: 1 });
    await expect(flags.settingsOf('checkout', 9)).rejects.toMatchObject({ code: 'notFound' });
    await expect(flags.settingsOf('nothing')).rejects.toMatchObject({ code: 'notFound' });
  });
});
