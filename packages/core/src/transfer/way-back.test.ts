import { expect, it } from 'vitest';
import type { Flag } from '../flag/flag.ts';
import type { Rollout } from '../rollout/rollout.ts';
import { ask, BY, openWorld, START } from '../rollout/world.testing.ts';
import { type ImportPlan, planImport } from './plan-import.ts';

const world = openWorld();
const flag: Flag = { ...world.flag, shareOwner: { kind: 'rollout', key: 'checkout' } };
const imported = (moved: Flag, rollout: Rollout): ImportPlan => planImport([moved, rollout], [], 'refuse', BY, START);
const before = { ...world.rollout.before, onVariant: 'gone' };

it('refuses a rollout under way that would give its flag a variant that it does not have', () => {
  expect(imported(flag, { ...world.rollout, before }).entries).toMatchObject([
    { kind: 'flag', outcome: 'create' },
    {
      kind: 'rollout',
      outcome: 'invalid',
      message:
        '/rollouts/0/before/onVariant names the variant "gone", which the flag "checkout" does not have; there are off, on',
    },
  ]);
  const parts = { ...world.rollout.before, split: [{ variant: 'gone', share: 100_000 }] };
  expect(imported(flag, { ...world.rollout, before: parts }).entries[1]?.message).toContain(
    '/rollouts/0/before/split/gone names',
  );
});

it('refuses one that would divide its flag into parts that are no whole', () => {
  const half = { ...world.rollout.before, split: [{ variant: 'on', share: 50_000 }] };
  expect(imported(flag, { ...world.rollout, before: half }).entries[1]?.message).toBe(
    '/rollouts/0/before/split must sum to 100 %; it sums to 50 %',
  );
  const whole = { ...world.rollout.before, split: [{ variant: 'on', share: 100_000 }] };
  expect(imported(flag, { ...world.rollout, before: whole }).change).not.toBeNull();
});

it('takes the history of one that has ended as it is', () => {
  const ended = ask(world, 'abort').rollout;
  expect(imported({ ...flag, shareOwner: null }, { ...ended, before }).change).not.toBeNull();
});
