import { expect, it } from 'vitest';
import { world } from './world.testing.ts';

it('a token is taken back by the project that it is of, and not by another that knows its id', async () => {
  const at = await world();
  const [token] = at.workspace.access.listTokens('shop');
  const revoke = (project: string, as: string) => at.ask('DELETE', `/api/v1/projects/${project}/tokens/${token?.key}`, { as });
  expect((await revoke('other', 'foreign')).status).toBe(404);
  expect((await revoke('other', 'admin')).status).toBe(404);
  expect(at.workspace.access.listTokens('shop')[0]?.revokedAt).toBeNull();
  expect((await revoke('shop', 'admin')).status).toBe(204);
  await at.close();
});
