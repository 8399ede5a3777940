/** Plans whose flags have variants of their own, while rollouts move them and after. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Served, served } from '../at.testing.ts';
import type { PlanStep } from '../plan/plan-step.ts';

const PLAN = `version: 1
flags:
  - name: theme
    variants: { off: old, on: new, third: other }
    split: { on: 50, third: 50 }
    salt: of its own
    rollout: { strategy: percentage, stages: [10, 100], bake: 2m, unvalidated: true }
  - name: model
    variants: { off: none, v1: one, v2: two }
    on_variant: v1
    off_variant: off
    rollout: { strategy: percentage, to_variant: v2, stages: [10, 100], bake: 2m, unvalidated: true }
`;

let at: Served;
beforeEach(async () => {
  at = await served();
  await mkdir(join(at.folder, 'config/deployment'), { recursive: true });
});
afterEach(() => at.close());

const write = (text: string): Promise<void> => writeFile(join(at.folder, 'config/deployment/rollout_plan.yaml'), text);
const actions = (json: unknown): string[] => (json as { steps: PlanStep[] }).steps.map(({ key, action }) => `${key} ${action}`);
const flag = async (name: string): Promise<unknown> => (await at.run(`flag get ${name} --json`)).json;

describe('a plan of flags with variants', () => {
  it('is applied again without any change while its rollouts are under way, and when they are over', async () => {
    await write(PLAN);
    expect((await at.run('plan apply')).exit).toBe(0);
    for (const minutes of [0, 1, 2, 10]) {
      await at.clock.advance(minutes * 60_000);
      const again = await at.run('plan apply --json');
      expect([minutes, again.exit, actions(again.json)]).toEqual([
        minutes,
        0,
        ['theme none', 'model none', 'theme none', 'model none'],
      ]);
    }
    expect(await flag('theme')).toMatchObject({ servedPercentage: 100, split: { on: 50, third: 50 }, shareOwner: null });
    expect(await flag('model')).toMatchObject({ servedPercentage: 100, onVariant: 'v2' });
  });

  it('has what else it says set while its rollouts are under way, and another split left for them', async () => {
    await write(PLAN);
    await at.run('plan apply');
    await write(PLAN.replaceAll('    rollout:', '    owner: nlp\n    rollout:'));
    expect(actions((await at.run('plan apply --json')).json)).toEqual([
      'theme update',
      'model update',
      'theme none',
      'model none',
    ]);
    expect([await flag('theme'), await flag('model')]).toMatchObject([{ owner: 'nlp' }, { owner: 'nlp', onVariant: 'v2' }]);
    await write(PLAN.replace('{ on: 50, third: 50 }', '{ on: 60, third: 40 }'));
    const blocked = await at.run('plan apply --json');
    expect([blocked.exit, actions(blocked.json)[0]]).toEqual([4, 'theme blocked']);
    const [{ because = '' } = {}] = (blocked.json as { steps: PlanStep[] }).steps;
    expect(because).toMatch(/is moved by the rollout of "theme"; end that first \(`sluice rollout abort`\)$/);
  });
});
