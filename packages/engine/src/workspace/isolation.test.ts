/** Whatever is done in one environment: nothing of it is seen, changed or told in another. */
import type { LoggedEvent, Scope } from '@sluice/core';
import { EVENT_TYPES } from '@sluice/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sluice } from '../sluice.ts';
import { SharedStore, scopedStore } from './shared-store.ts';
import { openWorld, WHY, type WorkspaceWorld } from './workspace.testing.ts';

const SCOPES: readonly Scope[] = [
  { project: 'shop', environment: 'staging' },
  { project: 'shop', environment: 'production' },
  { project: 'toys', environment: 'staging' },
];
const unit = { userId: 'u1', groups: ['internal'], attributes: { plan: 'pro' } };

type Act = (sluice: Sluice, n: number) => Promise<unknown>;
const ACTS: Readonly<Record<string, Act>> = {
  enable: ({ flags }) => flags.enableFlag('f', WHY),
  share: ({ flags }, n) => flags.setRolloutPercentage('f', n, WHY),
  kill: ({ flags }) => flags.disableFlag('f', WHY),
  user: ({ flags }, n) => flags.addUserToFlag('f', `u${n}`, WHY),
  segment: ({ flags }, n) => flags.setSegment('internal', { members: [`m${n}`] }, WHY),
  schedule: ({ flags }) => flags.scheduleEdit('f', { rolloutPercentage: 1 }, { ...WHY, at: Date.UTC(2030, 0) }),
  rollout: ({ rollouts }) => rollouts.startRollout('f', { ...WHY, strategy: 'canary', unvalidated: true }),
  test: ({ abTests }, n) => abTests.createTest({ testId: `t${n}`, controlComponent: 'a', treatmentComponent: 'b' }, WHY),
  version: ({ hotSwap }, n) => hotSwap.registerVersion('model', `${n}.0.0`, undefined, WHY),
  rollback: ({ rollbacks }) => rollbacks.rollbackTargeted('f', { ...WHY, userIds: ['u1'] }),
  ask: async ({ flags }) => flags.isEnabled('f', unit),
};

interface Seen {
  readonly records: unknown;
  readonly log: readonly LoggedEvent[];
  readonly evaluation: unknown;
  readonly explanation: unknown;
  readonly lists: unknown;
  readonly evaluations: number;
  readonly document: unknown;
}

async function seenIn({ workspace, store }: WorkspaceWorld, scope: Scope): Promise<Seen> {
  const { flags, rollouts, abTests, hotSwap, export: exported } = workspace.environment(scope.project, scope.environment);
  return {
    records: workspace.records(scope.project, scope.environment).records,
    log: await store.log({ scope, limit: 1000 }),
    evaluation: flags.evaluate('f', unit, false),
    explanation: flags.explain('f', unit),
    lists: [flags.listFlags(), flags.listSegments(), flags.listScheduledEdits(), rollouts.listRollouts(), abTests.listTests()],
    // The evaluation above is one of them.
    evaluations: (await flags.getFlagStats('f')).evaluations,
    document: { ...(await exported()), versions: hotSwap.versions('model') },
  };
}

async function worldOfThree(): Promise<WorkspaceWorld> {
  const world = await openWorld();
  for (const key of ['shop', 'toys']) {
    await world.workspace.projects.create({ key, environments: [{ key: 'staging' }, { key: 'production' }] }, WHY);
    await world.workspace.define(key, 'f', { description: key }, WHY);
  }
  for (const { project, environment } of SCOPES)
    await world.workspace.environment(project, environment).flags.setFlag('f', { enabled: true, rolloutPercentage: 0 }, WHY);
  return world;
}

describe('an environment', () => {
  it('notices nothing of what is done in another', async () => {
    const script = fc.array(fc.tuple(fc.constantFrom(...SCOPES), fc.constantFrom(...Object.keys(ACTS)), fc.nat(9)), {
      minLength: 4,
      maxLength: 12,
      size: 'max',
    });
    const done = new Set<string>();
    await fc.assert(
      fc.asyncProperty(script, async (steps) => {
        const world = await worldOfThree();
        const told = new Map<Scope, number>(SCOPES.map((scope) => [scope, 0]));
        for (const scope of SCOPES) {
          const sluice = world.workspace.environment(scope.project, scope.environment);
          for (const type of EVENT_TYPES)
            sluice.on(type, (event) => {
              expect(event.scope).toEqual(scope);
              told.set(scope, (told.get(scope) ?? 0) + 1);
            });
        }
        for (const [scope, name, n] of steps) {
          const others = SCOPES.filter((other) => other !== scope);
          const before = await Promise.all(others.map((other) => seenIn(world, other)));
          const heard = others.map((other) => told.get(other));
          const sluice = world.workspace.environment(scope.project, scope.environment);
          await ACTS[name]?.(sluice, n).then(
            () => done.add(name),
            () => {},
          );
          const after = await Promise.all(others.map((other) => seenIn(world, other)));
          expect(after.map(({ evaluations, ...rest }) => rest)).toEqual(before.map(({ evaluations, ...rest }) => rest));
          expect(after.map(({ evaluations }) => evaluations)).toEqual(before.map(({ evaluations }) => evaluations + 1));
          expect(others.map((other) => told.get(other))).toEqual(heard);
        }
        await world.workspace.close();
      }),
      { numRuns: 25 },
    );
    expect([...done].sort()).toEqual(Object.keys(ACTS).sort());
  }, 60_000);

  it('hears of a change of all environments what of it is its own', async () => {
    const { workspace } = await worldOfThree();
    const heard: string[] = [];
    for (const { project, environment } of SCOPES) {
      const tell = ({ scope }: LoggedEvent): void => {
        heard.push(`${project}/${environment} of ${scope.project}/${scope.environment}`);
      };
      workspace.environment(project, environment).on('flag.updated', tell);
      workspace.follow(
        ({ records, events }) => {
          for (const { scope } of [...records, ...events]) expect(scope).toEqual({ project, environment });
        },
        { project, environment },
      );
    }
    await workspace.define('shop', 'f', { owner: 'web' }, WHY);
    expect(heard.sort()).toEqual(['shop/production of shop/production', 'shop/staging of shop/staging']);
  });

  it('has a store that reads, keeps and counts for no other', async () => {
    const { store } = await worldOfThree();
    const shared = new SharedStore(store, () => {});
    await shared.load();
    const [own, foreign] = [SCOPES[0] as Scope, SCOPES[2] as Scope];
    const scoped = scopedStore(shared, own, (change) => change);
    const { records } = await scoped.read();
    expect(records.map(({ scope }) => scope)).toEqual([own]);
    const refused = { code: 'refused', message: expect.stringContaining('reads and changes nothing of "toys"/"staging"') };
    const flag = shared.state(foreign).records[0];
    if (flag?.kind !== 'flag') throw new Error('there is a flag');
    await expect(scoped.commit({ records: [{ ...flag, revision: 2 }], events: [] })).rejects.toMatchObject(refused);
    await expect(scoped.log({ scope: foreign })).rejects.toMatchObject(refused);
    await expect(scoped.readTally(foreign, 'flag/f')).rejects.toMatchObject(refused);
    await expect(scoped.readTotals(foreign, 'test/t')).rejects.toMatchObject(refused);
    await expect(scoped.readUnitValues(foreign, 'test/t', 'm')).rejects.toMatchObject(refused);
    const batch = { instanceId: 'i', seq: 1, scope: foreign, tallies: [], units: [], observations: [] };
    await expect(scoped.addFacts(batch)).rejects.toMatchObject(refused);
  });

  it('keeps secrets of the installation from no answer of its own, because it holds none', async () => {
    const { workspace } = await worldOfThree();
    await workspace.access.createPerson(
      { email: 'ann@example.com', passwordHash: 'canary', roles: { '*': 'admin' } },
      { principal: { kind: 'system' } },
    );
    for (const { project, environment } of SCOPES) {
      const { records } = workspace.records(project, environment);
      const exported = await workspace.environment(project, environment).export();
      expect(JSON.stringify([records, exported])).not.toContain('canary');
    }
  });
});
