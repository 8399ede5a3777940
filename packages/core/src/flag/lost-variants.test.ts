import { describe, expect, it } from 'vitest';
import { isRefusal } from '../error.ts';
import { createExperiment } from '../experiment/lifecycle.ts';
import { parseTestSettings } from '../experiment/settings.ts';
import { ask, BY, flagOf, openWorld, START } from '../rollout/world.testing.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { exportDocument } from '../transfer/document.ts';
import { type ImportPlan, planImport } from '../transfer/plan-import.ts';
import type { Flag } from './flag.ts';
import { lostVariantProblem, type VariantUsers } from './lost-variants.ts';

const VERSIONS = { variants: { none: null, v1: 1, v2: 2, v3: 3 }, offVariant: 'none', onVariant: 'v1' };
const without = (flag: Flag, ...gone: string[]): Flag => ({
  ...flag,
  variants: Object.fromEntries(Object.entries(flag.variants).filter(([name]) => !gone.includes(name))),
});
const needing = (key: string, ...variants: string[]): Flag => flagOf({ key, prerequisites: [{ flag: 'checkout', variants }] });

function problem(flag: Flag, gone: string[], users: Partial<VariantUsers> = {}): string | null {
  return lostVariantProblem(flag, without(flag, ...gone), { rollout: undefined, experiment: undefined, flags: [], ...users });
}

describe('a variant is not taken away', () => {
  it('while the prerequisites of other flags name it', () => {
    const flags = [needing('a', 'v1', 'v2'), needing('b', 'v2'), { ...needing('c', 'v2'), archivedAt: 5 }, flagOf({ key: 'd' })];
    expect(problem(flagOf(VERSIONS), ['v2', 'v3'], { flags })).toBe(
      'the variant "v2" is named by the prerequisites of the flag "a", the prerequisites of the flag "b"; change or end that first',
    );
    expect(problem(flagOf(VERSIONS), ['v3'], { flags })).toBeNull();
  });

  it('while a rollout leads to it or would go back to it, and after that it is', () => {
    const world = openWorld({ toVariant: 'v2' }, flagOf({ ...VERSIONS, status: 'enabled', share: 100_000 }));
    for (const variant of ['v2', 'v1', 'none'])
      expect(problem(world.flag, [variant], { rollout: world.rollout })).toContain(
        `"${variant}" is named by the rollout of "checkout"`,
      );
    expect(problem(world.flag, ['v3'], { rollout: world.rollout })).toBeNull();
    expect(problem(world.flag, ['v2'], { rollout: ask(world, 'abort').rollout })).toBeNull();
  });

  it('while it is an arm of a test that has not ended', () => {
    const settings = parseTestSettings({ testId: 'checkout', controlComponent: 'x', treatmentComponent: 'y' });
    const change = createExperiment(settings, DEFAULT_SCOPE, BY, START);
    const [experiment, flag] = isRefusal(change) ? [] : change.records;
    if (experiment?.kind !== 'experiment' || flag?.kind !== 'flag') throw new Error('no test was made');
    expect(problem(flag, ['treatment'], { experiment })).toContain('is named by the test "checkout"');
    expect(problem(flag, ['treatment'], { experiment: { ...experiment, phase: 'stopped' } })).toBeNull();
  });
});

describe('an import', () => {
  const kept = [flagOf(VERSIONS), needing('above', 'v2')];
  const plan = (wanted: Flag, how: 'merge' | 'replace'): ImportPlan => planImport([wanted], kept, how, BY, START);

  it('takes no variant away, nor a flag, that flags which stay need', () => {
    for (const wanted of [without(flagOf(VERSIONS), 'v2'), flagOf({ ...VERSIONS, archivedAt: 5 })])
      expect(plan(wanted, 'merge')).toMatchObject({
        change: null,
        entries: [
          { outcome: 'refused', message: expect.stringContaining('"v2" is named by the prerequisites of the flag "above"') },
        ],
      });
    expect(plan(without(flagOf(VERSIONS), 'v3'), 'merge').change?.records).toHaveLength(1);
  });

  it('that archives what it does not name minds only what it names, and may need nothing else', () => {
    expect(plan(without(flagOf(VERSIONS), 'v2'), 'replace').change?.records).toHaveLength(2);
    expect(exportDocument(kept, DEFAULT_SCOPE, START).flags).toHaveLength(2);
    const alone = planImport([needing('above', 'v1')], kept, 'replace', BY, START);
    expect(alone).toMatchObject({
      change: null,
      entries: [{ message: expect.stringContaining('which this import archives') }, {}],
    });
  });
});
