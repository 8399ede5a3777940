import { describe, expect, it } from 'vitest';
import { sourceStatuses } from './source-status.ts';
import { ask, look, measured, openWorld, type World } from './world.testing.ts';

const CRITERIA = [
  { metric: 'errorRate', max: 0.05, name: 'errors' },
  { metric: 'p95', max: 300, name: 'latency', source: 'prometheus' },
];
const statusesOf = (world: World, present = ['collector', 'prometheus']) => sourceStatuses(present, [world.rollout]);
const healths = (statuses: ReturnType<typeof sourceStatuses>) =>
  Object.fromEntries(statuses.map(({ name, health }) => [name, health]));

describe('sourceStatuses', () => {
  it('knows nothing of a source that no rollout under way is judged by', () => {
    expect(sourceStatuses(['collector'], [])).toEqual([{ name: 'collector', health: 'unasked', asked: [] }]);
    expect(healths(statusesOf(ask(openWorld({ criteria: CRITERIA }), 'abort')))).toEqual({
      collector: 'unasked',
      prometheus: 'unasked',
    });
  });

  it('tells of each criterion what its source last said', () => {
    const world = look(openWorld({ criteria: CRITERIA }));
    const [collector, prometheus] = statusesOf(world);
    expect(collector).toMatchObject({ health: 'answers', asked: [{ flag: 'checkout', criterion: 'errors', at: world.now }] });
    expect(prometheus).toMatchObject({ health: 'answers', asked: [{ criterion: 'latency' }] });
  });

  it('says that one fails when it cannot be asked, and not when it only has no data', () => {
    const world = openWorld({ criteria: CRITERIA });
    const failure = { kind: 'error', cause: 'provider', message: 'connection refused' } as const;
    const cut = look(world, 1_000, { measurements: [{ kind: 'noData', at: null }, failure] });
    expect(healths(statusesOf(cut))).toEqual({ collector: 'answers', prometheus: 'fails' });
    const [, prometheus] = statusesOf(cut);
    expect(prometheus?.asked[0]?.message).toContain('connection refused');
    const healed = look(cut, 1_000, { measurements: [measured(0.01, cut.now), measured(100, cut.now)] });
    expect(healths(statusesOf(healed))).toEqual({ collector: 'answers', prometheus: 'answers' });
  });

  it('names one that a rollout needs and this process does not have', () => {
    expect(healths(statusesOf(openWorld({ criteria: CRITERIA }), ['collector']))).toMatchObject({ prometheus: 'missing' });
  });
});
