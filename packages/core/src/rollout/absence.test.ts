import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Measurement } from '../analysis/criterion.ts';
import { parseCriterion } from '../analysis/parse-criterion.ts';
import { absenceOf, controlRange, type SilenceFacts, silenceAt } from './absence.ts';
import type { Silence } from './rollout.ts';
import type { RolloutFacts } from './step.ts';
import { unwatched } from './step.ts';
import { look, measured, openWorld, type World } from './world.testing.ts';

const WINDOW = 60_000;
const criteria = [{ metric: 'p95', max: 100 }];
const silent: Measurement = { kind: 'noData', at: null };
const stage = (percentage: number) =>
  ({ strategy: 'percentage', stages: [percentage, 100], criteria, bakeMs: 3_600_000, stageDeadlineMs: 86_400_000 }) as const;

interface Traffic {
  /** Serves a second, and reports of the control a second. */
  readonly canary: number;
  readonly control: number;
  readonly reports: number;
  /** Seconds in which the change reports. */
  readonly heard?: (second: number) => boolean;
}

/** Looks each second for `seconds`, asking for the control as the engine does. */
function run(world: World, seconds: number, { canary, control, reports, heard = () => false }: Traffic, from = 0): World {
  let now = world;
  let lastHeard: number | null = null;
  for (let second = from + 1; second <= from + seconds; second++) {
    const at = now.now + 1_000;
    if (heard(second)) lastHeard = at;
    const criterion = now.rollout.plan.stages[0].criteria[0];
    const asked = criterion === undefined ? null : controlRange(now.rollout, criterion, 0, at);
    const samples = asked === null ? 0 : Math.round((reports * (at - asked)) / 1_000);
    const facts: Partial<RolloutFacts> = {
      asked: second * (canary + control),
      served: second * canary,
      measurements: [lastHeard === null ? silent : lastHeard === at ? measured(50, at) : { kind: 'noData', at: lastHeard }],
      controls: [samples === 0 ? null : measured(50, at, samples)],
    };
    now = look(now, 1_000, facts);
  }
  return now;
}
const busy = { canary: 1, control: 99, reports: 99 };

describe('absence of the reports of a change that is served while the control reports', () => {
  it('is harm after a window, with its own cause and the figures', () => {
    const before = run(openWorld(stage(1)), 66, busy);
    expect(before.rollout.phase.name).toBe('held');
    const world = run(openWorld(stage(1)), 90, busy);
    expect(world.rollout.phase).toMatchObject({ name: 'rolledBack', cause: 'harm' });
    expect(world.rollout.verdicts).toMatchObject([{ verdict: 'fail', cause: 'absence', value: null }]);
    expect(world.flag.share).toBe(0);
    expect(world.rollout.phase).toMatchObject({
      message: expect.stringMatching(
        /^no p95 for \d+ s from the change, which was served \d+ times, while the control reported \d+/,
      ),
    });
  });

  it('is none while the control is silent too, or the change was not served', () => {
    expect(run(openWorld(stage(1)), 600, { ...busy, reports: 0 }).rollout.phase).toMatchObject({
      name: 'held',
      reason: 'noData',
    });
    expect(run(openWorld(stage(1)), 600, { ...busy, canary: 0 }).rollout.phase).toMatchObject({ name: 'held', reason: 'noData' });
  });

  it('is none beside nobody: in a preview, in a ring and at 100 %', () => {
    for (const plan of [
      { strategy: 'blueGreen' as const, criteria },
      { strategy: 'ring' as const, criteria },
      { ...stage(1), stages: [100] },
    ])
      expect(run(openWorld({ ...plan, bakeMs: 3_600_000 }), 600, { ...busy, canary: 50 }).rollout.phase).toMatchObject({
        name: 'held',
        reason: 'noData',
      });
  });

  it('is none of a metric that is rare in both arms, and is told when that many serves should have brought one', () => {
    const rare = { canary: 10, control: 90, reports: 0.09 };
    // 10 serves a second of which one in a thousand reports: 600 s bring 6 reports, and e^-6 is above one in a thousand.
    expect(run(openWorld(stage(10)), 600, rare).rollout.phase).toMatchObject({ name: 'held' });
    const often = { ...criteria[0], metric: 'p95', windowMs: 86_400_000 };
    expect(run(openWorld({ ...stage(10), criteria: [often] }), 900, rare).rollout.phase).toMatchObject({ name: 'rolledBack' });
  });

  it('begins anew with each report, and then takes more to be believed', () => {
    const world = run(openWorld(stage(1)), 300, { ...busy, heard: (second) => second % 50 === 0 });
    expect(world.rollout.phase.name).toBe('baking');
    const stopped = run(openWorld(stage(1)), 400, { ...busy, heard: (second) => second < 200 });
    expect(stopped.rollout.phase).toMatchObject({ name: 'rolledBack' });
    expect(
      run(openWorld(stage(1)), 290, { ...busy, canary: 0.1, control: 99.9, heard: (second) => second < 200 }).rollout.phase.name,
    ).toBe('held');
  });

  it('takes nobody for silent who was only just served', () => {
    // Served at once after a minute without a serve: the first reports are still under way.
    const idle = run(openWorld(stage(1)), 100, { ...busy, canary: 0 });
    const served = look(idle, 1_000, {
      asked: 9_910,
      served: 20,
      measurements: [silent],
      controls: [measured(50, idle.now, 9_000)],
    });
    const after = look(served, 1_000, {
      asked: 9_920,
      served: 20,
      measurements: [silent],
      controls: [measured(50, served.now, 9_000)],
    });
    expect(after.rollout.phase.name).toBe('held');
  });

  it('does not count time that nobody watched, nor what was served before a restart', () => {
    const world = run(openWorld(stage(1)), 55, busy);
    const restarted = { ...world, rollout: unwatched(world.rollout) };
    const later = run(restarted, 60, busy, 55);
    expect(later.rollout.phase.name).toBe('held');
    const slept = run({ ...world, now: world.now + 3_600_000 }, 60, busy, 55);
    expect(slept.rollout.phase.name).toBe('held');
    expect(run(slept, 60, busy, 115).rollout.phase.name).toBe('rolledBack');
  });

  it('rolls back in a hold and while an approval is waited for too', () => {
    const held = run(openWorld(stage(1)), 62, busy);
    expect(held.rollout.phase.name).toBe('held');
    expect(run(held, 30, busy, 62).rollout.phase.name).toBe('rolledBack');
  });

  it('never comes of a change that reports at least once in every window', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 1, max: WINDOW / 1_000 - 11 }),
        (canary, reports, every) => {
          const world = run(openWorld(stage(10)), 300, {
            canary,
            control: 100,
            reports,
            heard: (second) => second === 1 || second % every === 0,
          });
          expect(world.rollout.phase.name).not.toBe('rolledBack');
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('a silence', () => {
  const parsed = parseCriterion(criteria[0], '');
  if (!('criterion' in parsed)) throw new Error('bad criterion');
  const { criterion } = parsed;
  const before: Silence = { since: 10_000, asked: 100, served: 10, isFirst: true, ripe: null };
  const facts: SilenceFacts = {
    measurement: silent,
    criterion,
    serves: { asked: 500, served: 50 },
    tickMs: 1_000,
    lookedAt: 19_000,
    enteredAt: 0,
    now: 20_000,
  };
  const anew = { since: 20_000, asked: 500, served: 50, isFirst: false, ripe: null };

  it('begins anew after a restart, an answer that failed, and a clock that was set back', () => {
    expect(silenceAt(before, facts)).toBe(before);
    expect(silenceAt(before, { ...facts, lookedAt: null })).toEqual(anew);
    expect(silenceAt(before, { ...facts, measurement: { kind: 'error', cause: 'provider', message: '' } })).toEqual(anew);
    expect(silenceAt({ ...before, since: 30_000 }, facts)).toEqual(anew);
  });

  it('begins only when what was served before the last report has surely been counted', () => {
    expect(silenceAt(before, { ...facts, measurement: { kind: 'noData', at: 9_000 } })).toBe(before);
    expect(silenceAt({ ...before, since: 17_000 }, { ...facts, measurement: { kind: 'noData', at: 11_000 } })).toEqual(anew);
    expect(silenceAt(before, { ...facts, measurement: { kind: 'noData', at: 16_000 }, enteredAt: 16_500 })).toBe(before);
  });

  it('says something only while the control reports, by at most one report for a serve, and more is needed between two reports', () => {
    const ripe = { ...before, ripe: { at: 30_000, asked: 1_100, served: 20 } };
    const now = 90_000;
    // (1 - 10/1000)^990 is one in 21 000.
    expect(absenceOf(ripe, measured(1, now, 990), criterion, now)).toMatchObject({ cause: 'absence' });
    expect(absenceOf({ ...ripe, isFirst: false }, measured(1, now, 990), criterion, now)).toBeNull();
    expect(absenceOf(ripe, measured(1, now - 60_001, 990), criterion, now)).toBeNull();
    expect(absenceOf(ripe, measured(1, now, 600), criterion, now)).toBeNull();
    const few = { ...ripe, ripe: { at: 30_000, asked: 106, served: 13 } };
    expect(absenceOf(few, measured(1, now, 1_000_000), criterion, now)).toBeNull();
    expect(absenceOf(ripe, null, criterion, now)).toBeNull();
  });
});
