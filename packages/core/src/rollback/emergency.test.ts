import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoggedEvent, SluiceEvent } from '../event.ts';
import type { Flag } from '../flag/flag.ts';
import { BY, flagOf, START } from '../rollout/world.testing.ts';
import { type Emergency, type EmergencyAct, planReconciliation, withEmergencies } from './emergency.ts';
import { parseEmergency } from './parse-emergency.ts';

const flag: Flag = flagOf({ share: 40_000 });
const act: fc.Arbitrary<EmergencyAct> = fc.oneof(
  fc.constantFrom<EmergencyAct>({ type: 'kill' }, { type: 'rollback' }),
  fc.subarray(['u', 'v', 'w'], { minLength: 1 }).map((userIds): EmergencyAct => ({ type: 'exclude', userIds })),
);

function emergencyOf(fields: Partial<Emergency> = {}): Emergency {
  return { id: 'a', scope: flag.scope, key: flag.key, act: { type: 'kill' }, at: START, seq: 0, ...BY, ...fields };
}

function factsOf(kept: Flag | undefined) {
  return { scope: flag.scope, key: flag.key, flag: kept, rollout: undefined, experiment: undefined };
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
        expect([served.status, served.disabledUsers]).toEqual([once.kept.status, once.kept.disabledUsers]);
        expect(served.revision).toBe(flag.revision);
        for (const { id } of emergencies) expect(once.log.some(({ detail }) => detail.breakGlassId === id)).toBe(true);
        expect(once.log.every(({ at, actor }) => at === START && actor === BY.actor)).toBe(true);
      }),
    );
  });

  it('whose flag is not there is dropped', () => {
    expect(planReconciliation(emergencyOf(), factsOf(undefined), [], START)).toMatchObject({ outcome: 'gone' });
  });

  it('is read back as it was written, and anything else is named', () => {
    fc.assert(
      fc.property(act, fc.string(), (made, reason) => {
        const emergency = emergencyOf({ act: made, reason });
        expect(parseEmergency(JSON.parse(JSON.stringify(emergency)))).toEqual(emergency);
      }),
    );
    const bad = { id: '', key: 1, actor: null, reason: 3, scope: {}, at: null, seq: -1, act: { type: 'exclude', userIds: [''] } };
    for (const [name, value] of Object.entries(bad))
      expect(parseEmergency({ ...emergencyOf(), [name]: value }), name).toMatchObject({ problem: expect.stringContaining(name) });
    expect(parseEmergency([])).toMatchObject({ problem: 'it must be an object' });
  });
});
