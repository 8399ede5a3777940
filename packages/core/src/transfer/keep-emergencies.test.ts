import { describe, expect, it } from 'vitest';
import type { Flag } from '../flag/flag.ts';
import { BY, flagOf, START } from '../rollout/world.testing.ts';
import { type ImportPlan, type OnExisting, planImport } from './plan-import.ts';

const plan = (wanted: Partial<Flag>, here: Partial<Flag>, how: OnExisting = 'merge'): ImportPlan =>
  planImport([flagOf(wanted)], [flagOf(here)], how, BY, START);
const killed = { status: 'disabled', statusBeforeKill: 'percentage', share: 10_000 } as const;

describe('an import over a flag that is here', () => {
  it('undoes no kill and says so; restored, the flag is what the document says', () => {
    for (const how of ['merge', 'replace'] as const) {
      const { entries, change } = plan({ status: 'enabled', share: 100_000 }, killed, how);
      expect(entries).toMatchObject([
        { outcome: 'update', message: 'it was killed here and stays so; restoreFlag("checkout") undoes it' },
      ]);
      expect(change?.records).toMatchObject([{ status: 'disabled', statusBeforeKill: 'enabled', share: 100_000 }]);
      expect(change?.events.map(({ type }) => type)).toEqual(['flag.updated']);
    }
  });

  it('lifts no targeted rollback and says so', () => {
    const { entries, change } = plan(
      { share: 20_000, disabledUsers: ['bob'] },
      { share: 10_000, disabledUsers: ['ann', 'bob', 'cid'] },
    );
    expect(entries).toMatchObject([{ outcome: 'update', message: 'exclusions of users kept: 2; addUserToFlag lifts one' }]);
    expect(change?.records).toMatchObject([{ share: 20_000, disabledUsers: ['bob', 'ann', 'cid'] }]);
  });

  it('has nothing to change where the kill is all that differs', () => {
    const { entries, change } = plan({ share: 10_000 }, killed);
    expect(entries).toMatchObject([{ outcome: 'unchanged', message: expect.stringContaining('stays so') }]);
    expect(change?.records).toEqual([]);
  });

  it('brings up a flag that was never live, and refuses what differs unless it is told to write over it', () => {
    expect(plan({ status: 'enabled' }, { status: 'disabled' }).change?.records).toMatchObject([{ status: 'enabled' }]);
    expect(plan({ share: 10_000 }, killed, 'refuse').entries).toMatchObject([{ outcome: 'refused' }]);
  });
});
