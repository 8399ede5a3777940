import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../change.ts';
import { isRefusal } from '../error.ts';
import { type FlagEdit, newFlag } from '../flag/edit.ts';
import { FLAG_STATUSES, type Flag, servedShare } from '../flag/flag.ts';
import type { FlagFacts } from '../flag/flag-facts.ts';
import { planFlagEdit } from '../flag/plan-edit.ts';
import { type FlagSettings, parseFlagSettings } from '../flag/settings.ts';
import { planImmediateRollback } from '../rollback/rollback.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { WHOLE_SHARE } from '../share.ts';
import { FIRST_STAGE_SHARE, protectionRefusal } from './protection.ts';

const BY = { actor: 'ann', reason: 'why' };
const VARIANTS = ['off', 'a', 'b'];

const flags: fc.Arbitrary<Flag> = fc
  .record({
    status: fc.constantFrom(...FLAG_STATUSES),
    share: fc.integer({ min: 0, max: 100 }).map((percent) => percent * 1000),
    onVariant: fc.constantFrom('a', 'b'),
    cut: fc.option(fc.integer({ min: 0, max: WHOLE_SHARE })),
  })
  .map(({ status, share, onVariant, cut }) => ({
    ...newFlag('f', DEFAULT_SCOPE, 1),
    revision: 1,
    variants: { off: 0, a: 1, b: 2 },
    status,
    share,
    onVariant,
    split:
      cut === null
        ? []
        : [
            { variant: 'a', share: cut },
            { variant: 'b', share: WHOLE_SHARE - cut },
          ],
  }));

const settings: fc.Arbitrary<FlagSettings> = fc.record(
  {
    enabled: fc.boolean(),
    rolloutPercentage: fc.integer({ min: 0, max: 100 }),
    onVariant: fc.constantFrom('a', 'b'),
    split: fc.constantFrom({}, { a: 100 }, { a: 50, b: 50 }, { b: 100 }),
    enabledUsers: fc.constant(['ann']),
    description: fc.string(),
  },
  { requiredKeys: [] },
);
const edits: fc.Arbitrary<FlagEdit> = fc.oneof(
  settings.map((each): FlagEdit => ({ type: 'set', settings: parseFlagSettings('f', each), force: false })),
  fc.constantFrom<FlagEdit>({ type: 'enable', force: true }, { type: 'disable' }, { type: 'restore' }, { type: 'archive' }),
  fc.integer({ min: 0, max: WHOLE_SHARE }).map((share): FlagEdit => ({ type: 'setShare', share, force: true })),
  fc.constant<FlagEdit>({ type: 'addUser', userId: 'u' }),
  fc.constant<FlagEdit>({ type: 'exclude', userIds: ['u'] }),
);

const factsOf = (flag: Flag): FlagFacts => ({
  scope: DEFAULT_SCOPE,
  key: 'f',
  flag,
  rollout: undefined,
  experiment: undefined,
});

function shareOf(flag: Flag, variant: string): number {
  const served = flag.archivedAt === null ? servedShare(flag) : 0;
  const parts = flag.split.length === 0 ? [{ variant: flag.onVariant, share: WHOLE_SHARE }] : flag.split;
  const part = parts.filter((each) => each.variant === variant).reduce((sum, { share }) => sum + share, 0);
  return (served * part) / WHOLE_SHARE;
}

describe('a protected environment', () => {
  it('takes no edit by hand after which more units get a variant than before, past the first stage', () => {
    let refused = 0;
    fc.assert(
      fc.property(flags, edits, (flag, edit) => {
        const change = planFlagEdit(factsOf(flag), edit, BY, 2);
        if (change === null || isRefusal(change)) return;
        const after = change.records[0] as Flag;
        const refusal = protectionRefusal(change, () => flag);
        const rises = VARIANTS.filter((variant) => variant !== 'off').some(
          (variant) => shareOf(after, variant) > Math.max(shareOf(flag, variant), FIRST_STAGE_SHARE) + 1,
        );
        if (rises) expect(refusal).toMatchObject({ code: 'refused' });
        if (servedShare(after) <= FIRST_STAGE_SHARE || after.status === 'disabled') expect(refusal).toBeNull();
        if (refusal !== null) refused += 1;
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(20);
  });

  it('takes kills, rollbacks and edits of who is named, of any flag', () => {
    fc.assert(
      fc.property(flags, (flag) => {
        const free: FlagEdit[] = [
          { type: 'disable' },
          { type: 'addUser', userId: 'u' },
          { type: 'addGroup', group: 'g' },
          { type: 'exclude', userIds: ['u'] },
          { type: 'setShare', share: Math.min(flag.share, servedShare(flag)), force: false },
        ];
        const changes = free.map((edit) => planFlagEdit(factsOf(flag), edit, BY, 2));
        for (const change of [...changes, planImmediateRollback(factsOf(flag), BY, 2)])
          if (change !== null && !isRefusal(change)) expect(protectionRefusal(change, () => flag)).toBeNull();
      }),
    );
  });

  it('asks everybody for a reason but the controller and the flag file', () => {
    const flag = { ...newFlag('f', DEFAULT_SCOPE, 1), revision: 1, status: 'percentage' as const };
    const changeBy = (actor: string, reason: string): Change =>
      planFlagEdit(factsOf(flag), { type: 'addUser', userId: 'u' }, { actor, reason }, 2) as Change;
    expect(protectionRefusal(changeBy('ann', ' '), () => flag)).toMatchObject({
      code: 'invalid',
      refused: 'flag "f": "production" is a protected environment, where every change needs a reason',
    });
    expect(protectionRefusal(changeBy('ann', 'an incident'), () => flag)).toBeNull();
    expect(protectionRefusal(changeBy('sluice', ''), () => flag)).toBeNull();
    expect(protectionRefusal(changeBy('file', ''), () => flag)).toBeNull();
  });

  it('says what the hand may do, and what a rollout is for', () => {
    const flag = { ...newFlag('f', DEFAULT_SCOPE, 1), revision: 1, status: 'percentage' as const, share: 500 };
    const change = planFlagEdit(factsOf(flag), { type: 'setShare', share: 50_000, force: false }, BY, 2) as Change;
    expect(protectionRefusal(change, () => flag)?.refused).toBe(
      'flag "f": "production" is a protected environment, where a share rises past 1 % only by a rollout; ' +
        '"on" would rise from 0.5 % to 50 %: set at most 1 %, and use startRollout',
    );
  });
});
