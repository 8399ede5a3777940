import { createHash } from 'node:crypto';
import { memoryStore, openWorkspace, permits } from 'sluice';
import { expect, it } from 'vitest';

it('keeps projects, environments and who may come in', async () => {
  const store = memoryStore();
  // #region workspace
  const workspace = openWorkspace({ store });
  await workspace.ready;
  await workspace.projects.create({ key: 'shop' }, { actor: 'ann', reason: 'a new shop' });
  const staging = workspace.environment('shop', 'staging'); // a Sluice like any other
  // #endregion
  // #region define
  await workspace.define(
    'shop',
    'checkout',
    { type: 'boolean', description: 'the new checkout', owner: 'web' },
    { actor: 'ann', reason: 'first of three steps' },
  );
  await staging.flags.enableFlag('checkout');
  workspace.projects.compare('shop', { from: 'staging', to: 'production' }); // what is not the same, field by field
  await workspace.projects.copyFlag('shop', 'checkout', { from: 'staging', to: 'development', parts: ['status', 'share'] });
  // #endregion
  expect(workspace.environment('shop', 'development').flags.getFlag('checkout')).toMatchObject({
    status: 'enabled',
    owner: 'web',
  });
  const told: unknown[] = [];
  const console = { log: (...what: unknown[]) => told.push(...what) };
  // #region protected
  const production = workspace.environment('shop', 'production');
  await production.flags.setFlag('checkout', { enabled: true, rolloutPercentage: 1 }, { actor: 'ann', reason: 'first users' });
  const refused = await production.flags.enableFlag('checkout', { actor: 'ann', reason: 'all of them' }).catch((error) => error);
  console.log(refused.code); // refused
  await production.rollouts.startRollout('checkout', {
    strategy: 'canary',
    unvalidated: true,
    actor: 'ann',
    reason: 'as planned',
  });
  // #endregion
  expect(told.splice(0)).toEqual(['refused']);
  // #region access
  const system = { principal: { kind: 'system' } } as const;
  await workspace.access.createPerson({ email: 'ann@example.com', roles: { '*': 'admin' } }, system);
  const boundTo = { project: 'shop', environment: 'production' };
  const { secret } = await workspace.access.createToken({ kind: 'server', label: 'backend', boundTo }, system);
  const principal = workspace.access.authenticate(secret); // from memory; null for a secret that is wrong, expired or taken back
  const mayRead = principal !== null && permits(principal, 'snapshot.read', boundTo);
  // #endregion
  expect(mayRead).toBe(true);
  expect(JSON.stringify((await store.read()).records)).toContain(createHash('sha256').update(secret).digest('hex'));
  // #region requests
  const request = { id: 'ann/7f3a', fingerprint: 'POST /flags/checkout/tags' };
  await staging.flags.setFlag('checkout', { tags: ['q3'] }, { request, actor: 'ann', reason: 'planning' });
  const again = await staging.flags.setFlag('checkout', { tags: ['q3'] }, { request }).catch((error) => error);
  console.log(again.code, again.repeats); // repeated, and the request as it was kept
  const page = await workspace.history({ project: 'shop', environment: 'staging', request: request.id });
  await workspace.close();
  // #endregion
  expect(told).toEqual(['repeated', request]);
  expect(page.events).toMatchObject([{ type: 'flag.updated', actor: 'ann', receipt: request }]);
});
