import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SYSTEM, shopWorld, WHY, type WorkspaceWorld } from './workspace.testing.ts';

async function busyWorld(): Promise<WorkspaceWorld> {
  const world = await shopWorld();
  const { workspace } = world;
  await workspace.projects.create({ key: 'toys' }, WHY);
  await workspace.access.createPerson({ email: 'ann@example.com', passwordHash: 'canary', roles: { '*': 'admin' } }, SYSTEM);
  for (const key of ['a', 'b']) await workspace.define('shop', key, {}, WHY);
  await workspace.define('toys', 'c', {}, WHY);
  for (let i = 0; i < 7; i++)
    for (const environment of ['staging', 'production'])
      await workspace.environment('shop', environment).flags.addUserToFlag('a', `u${i}`, WHY);
  return world;
}

it('pages through the log of a project, newest first, without a gap and without a repetition', async () => {
  const { workspace, store } = await busyWorld();
  const scopes = ['*', 'development', 'staging', 'production'].map((environment) => ({ project: 'shop', environment }));
  const logs = await Promise.all(scopes.map((scope) => store.log({ scope, limit: 1000 })));
  const whole = logs
    .flat()
    .map(({ seq }) => seq)
    .sort((a, b) => b - a);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 30 }), async (limit) => {
      const found: number[] = [];
      let cursor: number | null | undefined;
      for (let page = 0; cursor !== null && page < 100; page++) {
        const answer = await workspace.history({ project: 'shop', limit, ...(cursor === undefined ? {} : { cursor }) });
        expect(answer.events.length).toBeLessThanOrEqual(limit);
        found.push(...answer.events.map(({ seq }) => seq));
        cursor = answer.cursor;
      }
      expect(found).toEqual(whole);
    }),
  );
});

it('is of one environment, of the project itself or of the installation, filtered', async () => {
  const { workspace } = await busyWorld();
  const environmentsOf = async (query: Parameters<typeof workspace.history>[0]): Promise<string[]> => {
    const { events } = await workspace.history({ limit: 1000, ...query });
    return [...new Set(events.map(({ scope }) => `${scope.project}/${scope.environment}`))].sort();
  };
  expect(await environmentsOf({ project: 'shop', environment: 'staging' })).toEqual(['shop/staging']);
  expect(await environmentsOf({ project: 'shop', environment: '*' })).toEqual(['shop/*']);
  expect(await environmentsOf({ project: '*' })).toEqual(['*/*']);
  const { events } = await workspace.history({ project: 'shop', key: 'b', types: ['flag.created'] });
  expect(events.map(({ key, type }) => `${type} ${key}`)).toEqual(Array(3).fill('flag.created b'));
  expect(JSON.stringify(await workspace.history({ project: '*' }))).not.toContain('canary');
  await expect(workspace.history({ project: 'moon' })).rejects.toMatchObject({ code: 'notFound' });
  await expect(workspace.history({ project: 'shop', environment: 'moon' })).rejects.toMatchObject({ code: 'notFound' });
  await expect(workspace.history({ project: 'shop', limit: 1001 })).rejects.toMatchObject({ issues: [{ path: '/limit' }] });
  await expect(workspace.history({ project: 'shop', cursor: 0.5 })).rejects.toMatchObject({ issues: [{ path: '/cursor' }] });
});
