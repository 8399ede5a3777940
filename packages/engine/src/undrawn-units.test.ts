/** Units that a list, a group or a condition sent to their side: they are told of and counted, and not compared with the control. */
import { DEFAULT_SCOPE } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from './clock/manual-clock.ts';
import { IngestedMetrics } from './metrics/ingested-metrics.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';
import type { Store } from './store/store.ts';

const ERRORS = { metric: 'errorRate', versusControl: 1.2 } as const;
const MEAN = { metric: 'mean(render)', versusControl: 1.1 } as const;
const PLAN = { strategy: 'percentage', stages: [20, 50], bakeMs: 12_000 } as const;

interface World {
  readonly sluice: Sluice;
  readonly clock: ManualClock;
  readonly store: Store;
}

async function world(settings: object): Promise<World> {
  const [clock, store] = [manualClock(1_700_000_000_000), memoryStore()];
  const sluice = createSluice({ store, clock });
  await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0, ...settings });
  return { sluice, clock, store };
}

interface Visitor {
  readonly userId: string;
  readonly number: number;
  readonly groups: readonly string[];
  readonly attributes: { readonly plan: string };
}

/** Of 200 visitors a second one in ten is of the staff, and every other one of them has a plan that is paid for. */
function visitors(second: number): Visitor[] {
  return Array.from({ length: 200 }, (_, index) => {
    const number = second * 200 + index;
    const groups = number % 10 === 1 ? ['staff'] : [];
    return { userId: `user-${number}`, number, groups, attributes: { plan: number % 2 === 0 ? 'pro' : 'free' } };
  });
}

type Met = (visitor: Visitor, variant: string) => { readonly fails?: boolean; readonly ms?: number };

async function serve({ sluice, clock }: World, seconds: number, met: Met, isTold: Met | null = null): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    for (const visitor of visitors(second)) {
      const variant = sluice.flags.getVariant('f', visitor) ?? 'off';
      const { fails = false, ms } = met(visitor, variant);
      const hasUnit = isTold === null || isTold(visitor, variant).fails === true;
      const labels = { flag: 'f', variant, ...(hasUnit ? { unit: visitor.userId } : {}) };
      sluice.metrics.count('requests', labels);
      if (fails) sluice.metrics.count('errors', labels);
      if (ms !== undefined) sluice.metrics.observe('render', ms, labels);
    }
    await clock.advance(1000);
  }
}

const isStaff = ({ groups }: Visitor): boolean => groups.includes('staff');
const oneIn = (visitor: Visitor, hundred: number): boolean => (visitor.number * 37) % 100 < hundred;
/** The staff breaks things, whatever it is served. */
const staffFails: Met = (visitor) => ({ fails: oneIn(visitor, isStaff(visitor) ? 90 : 3) });

describe('a comparison with the control', () => {
  it('does not blame a harmless change for the errors of a group that it was let into, nor of users on a list', async () => {
    const lists = [
      { enabledGroups: ['staff'] },
      {
        enabledUsers: Array.from({ length: 10_000 }, (_, number) => number)
          .filter((number) => number % 10 === 1)
          .map((number) => `user-${number}`),
      },
    ];
    for (const settings of lists) {
      const at = await world(settings);
      await at.sluice.rollouts.startRollout('f', { ...PLAN, criteria: [ERRORS] });
      await serve(at, 50, staffFails);
      expect(at.sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'completed' });
    }
  });

  it('does not take what a condition keeps out for the control', async () => {
    const at = await world({ conditions: { plan: 'pro' } });
    await at.sluice.rollouts.startRollout('f', { ...PLAN, criteria: [MEAN] });
    const ms = (visitor: Visitor) => (visitor.attributes.plan === 'pro' ? 300 : 100) + ((visitor.number * 61) % 50);
    await serve(at, 50, (visitor) => ({ ms: ms(visitor) }));
    expect(at.sluice.rollouts.getRolloutStatus('f')).toMatchObject({ phase: 'completed' });
  });

  it('still finds harm among those who were drawn', async () => {
    const at = await world({ enabledGroups: ['staff'] });
    await at.sluice.rollouts.startRollout('f', { ...PLAN, criteria: [ERRORS] });
    await serve(at, 25, (visitor, variant) => ({ fails: !isStaff(visitor) && oneIn(visitor, variant === 'on' ? 15 : 3) }));
    expect(at.sluice.rollouts.getRolloutStatus('f')?.verdicts[0]).toMatchObject({ verdict: 'fail', comparedBy: 'units' });
  });

  it('knows that units are given where only the group met an error or a value', async () => {
    const at = await world({ enabledGroups: ['staff'] });
    const criteria = [ERRORS, MEAN, { metric: 'p95(render)', versusControl: 1.2, slowerThan: 50 }] as const;
    await at.sluice.rollouts.startRollout('f', { ...PLAN, criteria });
    const onlyStaff: Met = (visitor, variant) => {
      const isMet = isStaff(visitor) || (variant === 'off' && visitor.number % 20 === 0);
      return { fails: isMet, ...(isMet ? { ms: 100 } : {}) };
    };
    await serve(at, 20, onlyStaff);
    const { verdicts = [], state } = at.sluice.rollouts.getRolloutStatus('f') ?? {};
    expect(state?.name).toBe('baking');
    expect(verdicts.map(({ comparedBy }) => comparedBy)).toEqual(['units', 'units', 'units']);
    for (const { message } of verdicts) expect(message).not.toContain('pass { unit }');
  });

  it('leaves out who is on a list, also where it was asked for elsewhere and the bucket would have let it in', async () => {
    const at = await world({});
    await at.sluice.rollouts.startRollout('f', { ...PLAN, criteria: [ERRORS] });
    const [listed = '', ...others] = visitors(0)
      .map(({ userId }) => userId)
      .filter((userId) => at.sluice.flags.explain('f', { userId })?.variant === 'on');
    await at.sluice.flags.addUserToFlag('f', listed);
    const samples = [listed, ...others.slice(0, 9)].map((unit) => {
      return { kind: 'count', name: 'errors', value: 1, flag: 'f', variant: 'on', unit } as const;
    });
    await new IngestedMetrics(at.sluice.flags).ingest({ samples });
    await at.clock.advance(2000);
    const exposed = ['rollout/f/1/0', 'rollout/f/1/0/undrawn'].map(async (subject) => {
      return (await at.store.readTotals(DEFAULT_SCOPE, subject)).arms.on?.exposed;
    });
    expect(await Promise.all(exposed)).toEqual([9, 1]);
  });

  it('leaves out by their bucket who was asked for elsewhere, where the flag lets in by more than that', async () => {
    for (const [settings, counted] of [
      [{ enabledGroups: ['staff'] }, 0],
      [{}, 30],
    ] as const) {
      const at = await world(settings);
      await at.sluice.rollouts.startRollout('f', { ...PLAN, criteria: [ERRORS] });
      await at.clock.advance(1000);
      const now = at.clock.now();
      const outside = visitors(0).filter(
        (visitor) => at.sluice.flags.explain('f', { userId: visitor.userId })?.variant === 'off',
      );
      const samples = outside.slice(0, 30).map(({ userId }) => {
        return { kind: 'count', name: 'errors', value: 1, flag: 'f', variant: 'on', unit: userId, at: now } as const;
      });
      await new IngestedMetrics(at.sluice.flags).ingest({ samples });
      await at.clock.advance(2000);
      const { arms } = await at.store.readTotals(DEFAULT_SCOPE, 'rollout/f/1/0');
      expect(arms.on?.exposed ?? 0).toBe(counted);
    }
  });
});

it('a rollback by a bound counts everybody who met an error, in its evidence and its report', async () => {
  const at = await world({ enabledGroups: ['staff'] });
  await at.sluice.rollouts.startRollout('f', { ...PLAN, criteria: [{ ...ERRORS, max: 0.05 }] });
  await serve(at, 5, (visitor) => ({ fails: isStaff(visitor) }));
  const [rollback] = await at.sluice.rollbacks.getRollbackHistory();
  expect(rollback?.detail.unitsWithError).toBeGreaterThan(19);
  const { exposed } = await at.sluice.rollbacks.getRollbackReport(rollback?.id ?? 0);
  expect(exposed.unitsWithError).toBe(rollback?.detail.unitsWithError);
});
