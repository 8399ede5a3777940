import { type Flag, type FlagSettings, protectionRefusal } from '@sluice/core';
import fc from 'fast-check';
import { createSluice, manualClock, memoryStore } from 'sluice';
import { expect, it } from 'vitest';
import { NOON } from '../at.testing.ts';
import { foretoldEdits } from './foretold-edits.ts';

const SECOND = 1_000;
const percentage = fc.constantFrom(0, 0.5, 1, 2, 50, 100);
const edit: fc.Arbitrary<FlagSettings> = fc.oneof(
  percentage.map((rolloutPercentage) => ({ rolloutPercentage })),
  fc.boolean().map((enabled) => ({ enabled })),
  percentage.map((rolloutPercentage) => ({ enabled: true, rolloutPercentage })),
  fc.constantFrom('disabled', 'percentage', 'enabled', 'whitelist').map((status): FlagSettings => ({ status })),
  fc.constantFrom('one', 'two').map((description) => ({ description })),
);
const reason = fc.constantFrom('why', 'why', 'why', ' ');

it('edits are refused and made at their instants as was foretold, for the reasons that were, in a protected environment and in another', async () => {
  await fc.assert(
    fc.asyncProperty(
      edit,
      fc.array(fc.tuple(edit, reason), { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      async (base, edits, isProtected) => {
        let isOn = false;
        const [clock, store] = [manualClock(NOON), memoryStore()];
        const { flags, close } = createSluice({ store, clock, isProtected: () => isOn });
        await flags.setFlag('f', base);
        const flag = (await store.read()).records.find((record): record is Flag => record.kind === 'flag') as Flag;
        const waiting = [];
        for (const [index, [settings, why]] of edits.entries()) {
          const [at, by] = [NOON + (index + 1) * SECOND, { actor: 'ann', reason: why }];
          const { id } = await flags.scheduleEdit('f', settings, { at, ...by });
          const planned = { path: '', at, settings };
          waiting.push({ planned, kept: { id, at, settings, by } });
        }
        isOn = isProtected;
        const foretold = foretoldEdits(flag, waiting, (change, before) =>
          isProtected ? protectionRefusal(change, () => before) : null,
        );
        await clock.advance(60 * SECOND);
        const log = await store.log({ scope: flag.scope, types: ['schedule.refused', 'schedule.applied'] });
        expect(foretold.map(({ refusal }) => refusal)).toEqual(
          log.map(({ type, reason }) => (type === 'schedule.refused' ? reason : null)),
        );
        await close();
      },
    ),
    { numRuns: 150 },
  );
});
