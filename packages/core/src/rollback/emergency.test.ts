import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../change.ts';
import { type ComponentFacts, planRetireVersion } from '../component/register.ts';
import { planRollbackToVersion, planSwap } from '../component/swap.ts';
import { after, NOW, registered } from '../component/world.testing.ts';
import type { Refusal } from '../error.ts';
import type { LoggedEvent, SluiceEvent } from '../event.ts';
import type { Flag } from '../flag/flag.ts';
import { planFlagEdit } from '../flag/plan-edit.ts';
import { BY, flagOf, START } from '../rollout/world.testing.ts';
import { type Emergency, type EmergencyAct, planReconciliation, withEmergencies } from './emergency.ts';
import { parseEmergency } from './parse-emergency.ts';
import { planImmediateRollback } from './rollback.ts';

/** A component, so that every act fits it: everybody has 2.0.0. */
const facts: ComponentFacts = [registered('1.0.0', '2.0.0', '3.0.0')].map((made) =>
  after(made, planSwap(made, '2.0.0', BY, NOW)),
)[0] as ComponentFacts;
const flag: Flag = facts.flag as Flag;
const toVersion = (version: string): EmergencyAct => ({ type: 'toVersion', version });
const act: fc.Arbitrary<EmergencyAct> = fc.oneof(
  fc.constantFrom<EmergencyAct>({ type: 'kill' }, { type: 'rollback' }),
  fc.constantFrom('1.0.0', '2.0.0', '3.0.0').map(toVersion),
  fc.subarray(['u', 'v', 'w'], { minLength: 1 }).map((userIds): EmergencyAct => ({ type: 'exclude', userIds })),
);

function emergencyOf(fields: Partial<Emergency> = {}): Emergency {
  return { id: 'a', scope: flag.scope, key: flag.key, act: { type: 'kill' }, at: START, seq: 0, ...BY, ...fields };
}

function factsOf(kept: Flag | undefined): ComponentFacts {
  return { ...facts, flag: kept };
}

/** What the flag and its log are after each emergency was brought to the store, in turn. */
function reconciled(emergencies: readonly Emergency[]): { kept: Flag; log: LoggedEvent[] } {
  let kept = flag;
  const log: LoggedEvent[] = [];
  for (const emergency of emergencies) {
    const decision = planReconciliation(emergency, factsOf(kept), log, START + 5_000);
    if (decision.outcome !== 'commit') continue;
    kept = decision.change.records.find((record) => record.kind === 'flag') ?? kept;
    log.push(...decision.change.events.map((event: SluiceEvent, index) => ({ ...event, seq: log.length + index + 1 })));
  }
  return { kept, log };
}

describe('an emergency', () => {
  it('is served at once as it is kept later, and told once however often it is brought', () => {
    fc.assert(
      fc.property(fc.array(act, { minLength: 1, maxLength: 4 }), fc.nat(5), (acts, repeats) => {
        const emergencies = acts.map((made, index) => emergencyOf({ id: `e${index}`, act: made }));
        const once = reconciled(emergencies);
        const often = reconciled(Array.from({ length: repeats + 1 }, () => emergencies).flat());
        expect(often).toEqual(once);
        const served = withEmergencies(flag, acts);
        const allocation = ({ status, offVariant, onVariant, share, split, rules, disabledUsers }: Flag) => ({
          status,
          offVariant,
          onVariant,
          share,
          split,
          rules,
          disabledUsers,
        });
        expect(allocation(served)).toEqual(allocation(once.kept));
        expect(served.revision).toBe(flag.revision);
        for (const { id } of emergencies) expect(once.log.some(({ detail }) => detail.breakGlassId === id)).toBe(true);
        expect(once.log.every(({ at, actor }) => at === START && actor === BY.actor)).toBe(true);
      }),
    );
  });

  it('leaves a flag as it is served that has no such version', () => {
    const plain = flagOf({ share: 40_000 });
    expect(withEmergencies(plain, [toVersion('1.0.0')])).toBe(plain);
    expect(withEmergencies(flag, [toVersion('9.0.0'), toVersion('toString')])).toBe(flag);
    const archived = { ...flag, archivedAt: START };
    expect(withEmergencies(archived, [toVersion('1.0.0')])).toBe(archived);
  });

  it('whose flag is not there is dropped', () => {
    expect(planReconciliation(emergencyOf(), factsOf(undefined), [], START)).toMatchObject({ outcome: 'gone' });
  });

  it('is read back as it was written, and anything else is named', () => {
    fc.assert(
      fc.property(act, fc.string(), (made, reason) => {
        const emergency = emergencyOf({ act: made, reason, receipt: { id: 'r', fingerprint: reason } });
        expect(parseEmergency(JSON.parse(JSON.stringify(emergency)))).toEqual(emergency);
      }),
    );
    expect(parseEmergency(emergencyOf())).toEqual(emergencyOf());
    const bad = {
      receipt: { id: 'r' },
      id: '',
      key: 1,
      actor: null,
      reason: 3,
      scope: {},
      at: null,
      seq: -1,
      act: { type: 'exclude', userIds: [''] },
    };
    for (const [name, value] of Object.entries(bad))
      expect(parseEmergency({ ...emergencyOf(), [name]: value }), name).toMatchObject({ problem: expect.stringContaining(name) });
    expect(parseEmergency([])).toMatchObject({ problem: 'it must be an object' });
  });
});

describe('a rollback to a version, brought to a store that went on without it', () => {
  const asked = emergencyOf({ act: toVersion('1.0.0'), at: START });
  /** The store after each of these changes, made `ms` after the rollback was asked for, and what became of it then. */
  function brought(
    ...changes: readonly (readonly [ms: number, plan: (now: ComponentFacts, at: number) => Change | Refusal | null])[]
  ) {
    let now = facts;
    const log: LoggedEvent[] = [];
    for (const [ms, plan] of changes) {
      const change = plan(now, START + ms) as Change;
      now = after(now, change);
      log.push(...change.events.map((event, index) => ({ ...event, seq: log.length + index + 1 })));
    }
    const decision = planReconciliation(asked, now, log, START + 60_000);
    const kept = decision.outcome === 'commit' ? (after(now, decision.change).flag as Flag) : (now.flag as Flag);
    return { decision, kept: [kept.status, kept.offVariant, kept.onVariant] };
  }
  const swap = (version: string) => (now: ComponentFacts, at: number) => planSwap(now, version, BY, at);
  const kill = (now: ComponentFacts, at: number) => planFlagEdit(now, { type: 'disable' }, BY, at);
  const restore = (now: ComponentFacts, at: number) => planFlagEdit(now, { type: 'restore' }, BY, at);
  const back = (version: string) => (now: ComponentFacts, at: number) => planRollbackToVersion(now, version, BY, at);

  it('stands over a swap from before it and yields to one after it', () => {
    expect(brought([-5, swap('3.0.0')]).kept).toEqual(['enabled', '1.0.0', '1.0.0']);
    expect(brought([5, swap('3.0.0')])).toMatchObject({
      decision: { outcome: 'undone', by: { type: 'component.swapped' } },
      kept: ['enabled', '3.0.0', '3.0.0'],
    });
    expect(brought([5, back('3.0.0')])).toMatchObject({ decision: { outcome: 'undone', by: { type: 'rollback.immediate' } } });
    expect(brought([5, swap('3.0.0')], [6, back('1.0.0')]).decision.outcome).toBe('commit');
  });

  it('keeps a kill that came after it, and makes the version what the kill gives', () => {
    const { decision, kept } = brought([5, kill]);
    expect(kept).toEqual(['disabled', '1.0.0', '1.0.0']);
    if (decision.outcome !== 'commit') throw new Error(decision.outcome);
    expect(decision.change.events.map(({ type }) => type)).toEqual(['flag.updated', 'rollback.immediate']);
    expect(decision.change.records[0]).toMatchObject({ statusBeforeKill: 'enabled' });
    expect(brought([5, kill], [6, restore]).kept).toEqual(['enabled', '1.0.0', '1.0.0']);
    expect(brought([-5, kill]).kept).toEqual(['enabled', '1.0.0', '1.0.0']);
  });

  it('is told beside the same rollback by somebody else, and knows its own record from a kill of the same instant', () => {
    const { decision } = brought([5, back('1.0.0')]);
    expect(decision).toMatchObject({
      outcome: 'commit',
      change: {
        events: [{ type: 'flag.updated' }, { type: 'rollback.immediate', detail: { fromVersion: '1.0.0', toVersion: '1.0.0' } }],
      },
    });
    expect(brought([0, back('1.0.0')]).decision.outcome).toBe('recorded');
    expect(brought([0, (now, at) => planImmediateRollback(now, BY, at)]).decision.outcome).toBe('commit');
  });

  it('is dropped when the version was retired meanwhile', () => {
    const retire = (now: ComponentFacts, at: number) => planRetireVersion(now, '1.0.0', BY, at);
    expect(brought([5, retire]).decision).toMatchObject({ outcome: 'gone', why: expect.stringContaining('1.0.0 was retired') });
  });
});
