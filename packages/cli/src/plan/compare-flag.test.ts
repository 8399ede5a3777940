import { DEFAULT_SCOPE, editFlag, type Flag, type FlagSettings, isRefusal, newFlag, parseFlagSettings } from '@sluice/core';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { compareFlag } from './compare-flag.ts';
import { planSchema } from './plan-schema.ts';
import { readPlan } from './read-plan.ts';

const names = fc.uniqueArray(fc.constantFrom('ann', 'bob', 'beta', 'staff'), { maxLength: 3 });
const settings: fc.Arbitrary<FlagSettings> = fc.record(
  {
    description: fc.string({ maxLength: 20 }),
    status: fc.constantFrom('disabled', 'percentage', 'enabled', 'whitelist'),
    rolloutPercentage: fc.integer({ min: 0, max: 99_999 }).map((parts) => parts / 1000),
    enabledUsers: names,
    enabledGroups: names,
    tags: names,
    owner: fc.constantFrom('nlp', null),
    expires: fc.constantFrom('2028-01-01T00:00:00Z', null),
    conditions: fc.constantFrom({}, { plan: 'pro' }),
    rules: fc.constantFrom([], [{ if: { plan: 'pro' }, rolloutPercentage: 12.5 }]),
  },
  { requiredKeys: [] },
);
/** `status: enabled` and a part of the units contradict each other. */
const sound = settings.filter(({ status, rolloutPercentage }) => status !== 'enabled' || rolloutPercentage === undefined);

function set(flag: Flag, wanted: FlagSettings): Flag {
  const edited = editFlag(flag, { type: 'set', settings: parseFlagSettings(flag.key, wanted), force: false }, 1);
  if (isRefusal(edited)) throw new Error(edited.refused);
  return edited;
}

const planned = (wanted: FlagSettings) => ({ name: 'flag', path: '/flags/0', settings: wanted, rollout: null, schedule: null });

describe('a flag of a plan', () => {
  it('is as the plan has it once the step is done, whatever it was before', () => {
    fc.assert(
      fc.property(sound, fc.option(sound), (wanted, before) => {
        const kept = before === null ? undefined : set(newFlag('flag', DEFAULT_SCOPE, 0), before);
        const step = compareFlag(planned(wanted), kept, 1);
        const after = set(kept ?? newFlag('flag', DEFAULT_SCOPE, 0), step.settings);
        // One that keeps what it served when it was switched off is as good as killed.
        const expected = (after.statusBeforeKill === null ? ['none'] : ['none', 'left']) as string[];
        const again = compareFlag(planned(wanted), after, 1);
        expect([again.changes, expected.includes(again.action)]).toEqual([[], true]);
      }),
    );
  });

  it('stays off once it was killed, whatever the plan says', () => {
    fc.assert(
      fc.property(sound, (wanted) => {
        const live = set(newFlag('flag', DEFAULT_SCOPE, 0), { status: 'percentage', rolloutPercentage: 40 });
        const killed = editFlag(live, { type: 'disable' }, 1);
        if (isRefusal(killed)) throw new Error(killed.refused);
        const step = compareFlag(planned(wanted), killed, 1);
        expect(set(killed, step.action === 'update' ? step.settings : {}).status).toBe('disabled');
      }),
    );
  });

  it('is as the plan has it while a rollout or a test moves its share, whatever the plan says of variants; what else differs is set', () => {
    const variants = { off: false, on: true, third: 3 };
    const many = fc.record(
      {
        onVariant: fc.constantFrom('on', 'third'),
        split: fc.constantFrom({ on: 40, third: 60 }, { third: 100 }),
        salt: fc.constantFrom('flag', 'other'),
        bucketBy: fc.constantFrom('account', null),
      },
      { requiredKeys: [] },
    );
    const owner = fc.constantFrom('rollout', 'experiment');
    fc.assert(
      fc.property(sound, many, owner, fc.string(), (some, more, kind, description) => {
        const { status: _status, ...rest } = some;
        const wanted = { ...rest, ...more, variants, status: 'percentage' } as const;
        const kept: Flag = { ...set(newFlag('flag', DEFAULT_SCOPE, 0), wanted), shareOwner: { kind, key: 'flag' } };
        expect(compareFlag(planned(wanted), kept, 1)).toMatchObject({ action: 'none', changes: [] });
        const step = compareFlag(planned({ ...wanted, description }), kept, 1);
        const after = step.action === 'update' ? set(kept, step.settings) : kept;
        expect(after).toMatchObject({ description, shareOwner: kept.shareOwner });
        expect(compareFlag(planned({ ...wanted, salt: 'new' }), kept, 1).action).toBe('blocked');
      }),
    );
  });

  it('that is read is one that the schema for editors accepts', () => {
    const accepts = new Ajv({ strict: false }).compile(planSchema());
    fc.assert(
      fc.property(settings, (wanted) => {
        const snake = Object.fromEntries(
          Object.entries(wanted).map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
        );
        const rules = wanted.rules?.map((rule) =>
          'variant' in rule ? rule : { if: rule.if, rollout_percentage: rule.rolloutPercentage },
        );
        const plan = { version: 1, flags: [{ name: 'flag', ...snake, ...(rules === undefined ? {} : { rules }) }] };
        if ('plan' in readPlan(stringify(plan))) expect([plan, accepts(plan)]).toEqual([plan, true]);
        else expect(wanted).toMatchObject({ status: 'enabled' });
      }),
    );
  });
});
