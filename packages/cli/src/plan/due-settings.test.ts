import { DEFAULT_SCOPE, editFlag, type Flag, type FlagSettings, isRefusal, newFlag, parseFlagSettings } from '@sluice/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareFlag } from './compare-flag.ts';
import { settingsAt } from './due-settings.ts';
import type { PlannedFlag } from './plan.ts';

const percentage = fc.integer({ min: 0, max: 99 });
/** What is sound in one edit: a part of the units is no status of its own. */
const edit: fc.Arbitrary<FlagSettings> = fc
  .record(
    {
      enabled: fc.boolean(),
      rolloutPercentage: percentage,
      description: fc.constantFrom('one', 'two'),
      tags: fc.constantFrom(['a'], []),
      enabledUsers: fc.constantFrom(['ann'], ['bob']),
    },
    { requiredKeys: [] },
  )
  .chain((settings) =>
    settings.enabled !== undefined
      ? fc.constant(settings)
      : fc.constantFrom('disabled', 'percentage', 'enabled', 'whitelist', undefined).map((status): FlagSettings => {
          if (status === undefined) return settings;
          const { rolloutPercentage: _part, ...whole } = settings;
          return status === 'enabled' ? { ...whole, status } : { ...settings, status };
        }),
  );

function set(flag: Flag, settings: FlagSettings): Flag {
  const edited = editFlag(flag, { type: 'set', settings: parseFlagSettings(flag.key, settings), force: false }, 1);
  if (isRefusal(edited)) throw new Error(edited.refused);
  return edited;
}

const EMPTY = newFlag('flag', DEFAULT_SCOPE, 0);
const plannedOf = (settings: FlagSettings, edits: readonly FlagSettings[]): PlannedFlag => ({
  name: 'flag',
  path: '/flags/0',
  settings,
  rollout: null,
  schedule: edits.map((one, index) => ({ path: `/flags/0/schedule/${index}`, at: 10 * (index + 1), settings: one })),
});

describe('what a plan wants of a flag once edits of its schedule are due', () => {
  it('is what the schedule made of it: applying the plan again changes nothing', () => {
    fc.assert(
      fc.property(edit, fc.array(edit, { maxLength: 4 }), (base, edits) => {
        const made = edits.reduce(set, set(EMPTY, base));
        const wanted = { ...plannedOf(base, edits), settings: settingsAt(plannedOf(base, edits), 10 * edits.length) };
        const step = compareFlag(wanted, made, 1);
        expect([step.changes, ['none', 'left'].includes(step.action)]).toEqual([[], true]);
      }),
      { numRuns: 1000 },
    );
  });

  it('is the plan alone before the first of them, and without a schedule', () => {
    fc.assert(
      fc.property(edit, fc.array(edit), (base, edits) => {
        expect(settingsAt(plannedOf(base, edits), 9)).toEqual(base);
        expect(settingsAt({ ...plannedOf(base, edits), schedule: null }, 1e9)).toEqual(base);
      }),
    );
  });

  it('makes late what the schedule could not make, and keeps a kill', () => {
    const planned = plannedOf({ status: 'percentage', rolloutPercentage: 20 }, [{ rolloutPercentage: 60 }]);
    const wanted = { ...planned, settings: settingsAt(planned, 10) };
    const kept = set(EMPTY, planned.settings);
    expect(compareFlag(wanted, kept, 1).changes).toEqual([{ field: 'rollout_percentage', from: 20, to: 60 }]);
    const killed = editFlag(kept, { type: 'disable' }, 1) as Flag;
    const step = compareFlag(wanted, killed, 1);
    expect([step.action, set(killed, step.settings).status]).toEqual(['update', 'disabled']);
  });
});
