import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../error.ts';
import { compileFlag } from '../flag/compile.ts';
import { decide, evaluateCompiled, isDrawn, variantIndexOf } from '../flag/evaluate.ts';
import { explainCompiled } from '../flag/explain.ts';
import type { Flag } from '../flag/flag.ts';
import { FlagTable } from '../flag/flag-table.ts';
import { isWithinShare } from '../flag/within-share.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import type { Experiment } from './experiment.ts';
import { type Layer, type LayerFacts, takeRange } from './layer.ts';
import { createExperiment, startExperiment, stopExperiment } from './lifecycle.ts';
import { parseTestSettings } from './settings.ts';

const BY = { actor: 'ada', reason: '' };

/** Tests of one layer, started and stopped in any order. */
class World {
  layer: Layer | undefined;
  readonly flags = new Map<string, Flag>();
  readonly experiments = new Map<string, Experiment>();

  get facts(): LayerFacts {
    return { layer: this.layer, isRunning: (test) => this.experiments.get(test)?.phase === 'running' };
  }

  take(change: ReturnType<typeof startExperiment>): string | null {
    if (isRefusal(change)) return change.refused;
    for (const record of change.records) {
      if (record.kind === 'layer') this.layer = record;
      else if (record.kind === 'flag') this.flags.set(record.key, record);
      else if (record.kind === 'experiment') this.experiments.set(record.key, record);
    }
    return null;
  }

  start(testId: string, trafficShare: number, edit: Partial<Flag> = {}): string | null {
    const settings = parseTestSettings({
      testId,
      controlComponent: 'a',
      treatmentComponent: 'b',
      trafficShare,
      layer: 'checkout',
    });
    this.take(createExperiment(settings, DEFAULT_SCOPE, BY, 0));
    const flag = { ...(this.flags.get(testId) as Flag), ...edit };
    return this.take(startExperiment(this.experiments.get(testId) as Experiment, flag, BY, 0, this.facts));
  }

  stop(testId: string): void {
    this.take(stopExperiment(this.experiments.get(testId) as Experiment, this.flags.get(testId), BY, 0));
  }

  /** The units of each running test, exposed as the engine exposes them. */
  exposed(units = 400): Map<string, string[]> {
    const running = [...this.experiments.values()].filter(({ phase }) => phase === 'running');
    return new Map(running.map(({ key }) => [key, this.#exposedTo(key, units)]));
  }

  #exposedTo(test: string, units: number): string[] {
    const compiled = compileFlag(this.flags.get(test) as Flag);
    return Array.from({ length: units }, (_, unit) => `u${unit}`).flatMap((userId) => {
      const outcome = decide(compiled, { userId });
      expect(new FlagTable([compiled]).decide({ userId })).toEqual([outcome]);
      const isExposed = isDrawn(outcome) && isWithinShare(compiled, userId);
      return isExposed ? [`${userId} ${compiled.variants[variantIndexOf(outcome)]}`] : [];
    });
  }
}

describe('tests of one layer', () => {
  it('never share a unit, and the units and arms of a running test never change, whatever starts and stops', () => {
    const step = fc.oneof(
      fc.record({ start: fc.integer({ min: 1, max: 40_000 }).map((share) => share / 100_000) }),
      fc.record({ stop: fc.nat(12) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const world = new World();
        const before = new Map<string, string[]>();
        for (const [index, one] of steps.entries()) {
          if ('start' in one) world.start(`t${index}`, one.start);
          else if (world.experiments.get(`t${one.stop}`)?.phase === 'running') world.stop(`t${one.stop}`);
          const now = world.exposed(60);
          const units = [...now.values()].flat().map((exposure) => exposure.split(' ')[0]);
          expect(new Set(units).size).toBe(units.length);
          for (const [test, exposures] of now) expect(before.get(test) ?? exposures).toEqual(exposures);
          for (const [test, exposures] of now) before.set(test, exposures);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('get all of the layer between them, each its part of it, divided into its arms', () => {
    const world = new World();
    for (const [test, share] of Object.entries({ a: 0.5, b: 0.3, c: 0.2 })) expect(world.start(test, share)).toBeNull();
    const exposed = world.exposed(10_000);
    const sizes = [...exposed.values()].map(({ length }) => length);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(10_000);
    for (const [index, part] of [0.5, 0.3, 0.2].entries())
      expect(Math.abs((sizes[index] ?? 0) - 10_000 * part)).toBeLessThan(4 * Math.sqrt(10_000 * part * (1 - part)));
    const treated = exposed.get('a')?.filter((exposure) => exposure.endsWith('treatment')).length ?? 0;
    expect(Math.abs(treated - 2_500)).toBeLessThan(200);
  });

  it('are refused beyond the free room, naming it and who has the rest; a stopped test frees its range', () => {
    const world = new World();
    for (const [test, share] of Object.entries({ a: 0.2, b: 0.5, c: 0.2 })) world.start(test, share);
    expect(world.start('d', 0.15)).toBe(
      'test "d": the layer "checkout" has 10 % free, and 15 % is asked for; "a" has 20 %, "b" has 50 %, "c" has 20 %; stop one of them, or lower trafficShare',
    );
    world.stop('a');
    expect(world.start('e', 0.25)).toContain('has 30 % free, in pieces of 20 % and 10 %, and 25 % is asked for');
    expect(world.start('f', 0.2)).toBeNull();
    expect(world.experiments.get('f')?.slots).toEqual({ layer: 'checkout', from: 0, share: 20_000 });
    expect(world.start('g', 0.15)).toContain('has 10 % free, and 15 %');
    expect(world.flags.get('a')?.slots).toBeNull();
    expect(world.experiments.get('d')?.phase).toBe('draft');
  });

  it('draw by one thing: slots of users and slots of tenants exclude nobody', () => {
    const world = new World();
    world.start('a', 0.2);
    expect(world.start('b', 0.2, { bucketBy: 'tenant' })).toContain(
      'draws by the unit\'s key, and this test\'s flag by the attribute "tenant"',
    );
    world.stop('a');
    expect(world.start('c', 0.2, { bucketBy: 'tenant' })).toBeNull();
  });

  it('are planned on one revision of the layer, so of two processes that start at once the second reads again', () => {
    const facts: LayerFacts = { layer: undefined, isRunning: () => false };
    const wanted = { layer: 'x', scope: DEFAULT_SCOPE, share: 60_000, bucketBy: null, from: null };
    const [one, two] = [takeRange({ ...wanted, test: 'a' }, facts), takeRange({ ...wanted, test: 'b' }, facts)];
    if (isRefusal(one) || isRefusal(two)) throw new Error('refused');
    expect([one.layer.revision, two.layer.revision]).toEqual([1, 1]);
    const again = takeRange({ ...wanted, test: 'b' }, { layer: one.layer, isRunning: () => true });
    expect(isRefusal(again) && again.code).toBe('conflict');
  });
});

describe('the flag of a test in a layer', () => {
  const world = new World();
  world.start('a', 0.5);
  world.start('b', 0.5);
  const flag = world.flags.get('b') as Flag;
  const ofA = new Set(
    world
      .exposed()
      .get('a')
      ?.map((exposure) => exposure.split(' ')[0]),
  );

  it('reaches nobody beyond its slots, whatever share or status is forced on it', () => {
    for (const forced of [
      { share: 100_000 },
      { status: 'enabled' as const },
      { share: 70_000 },
      { share: 10_000 },
      { share: 0 },
    ]) {
      const compiled = compileFlag({ ...flag, ...forced });
      for (const userId of ofA) expect(isDrawn(decide(compiled, { userId: String(userId) }))).toBe(false);
    }
  });

  it('gives a unit outside its slots, and one without a key, control uncounted, and says why', () => {
    for (const unit of [{ userId: '' }, {}])
      for (const each of [flag, world.flags.get('a') as Flag])
        expect(evaluateCompiled(compileFlag(each), unit, 'fallback')).toMatchObject({ variant: 'control', reason: 'DEFAULT' });
    const compiled = compileFlag(flag);
    for (const unit of [{ userId: String([...ofA][0]) }, {}]) {
      const outcome = decide(compiled, unit);
      expect(compiled.variants[variantIndexOf(outcome)]).toBe('control');
      expect(isDrawn(outcome)).toBe(false);
      expect(explainCompiled(compiled, unit).steps.find(({ outcome: how }) => how === 'decided')?.message).toContain(
        'slot in the layer "checkout" lies outside 50 to 100 %',
      );
    }
  });
});
