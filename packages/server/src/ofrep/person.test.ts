/** An engineer asks with a token of their own, and says where. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type World, world } from '../world.testing.ts';

let at: World;
beforeEach(async () => {
  at = await world();
  await at.sluice.flags.setFlag('f', { enabled: true });
});
afterEach(() => at.close());

const ask = (as: string, environment: string | null, path = '/f') =>
  at.ask('POST', `/ofrep/v1/evaluate/flags${path}`, {
    as,
    body: { context: { targetingKey: 'ann' } },
    headers: environment === null ? {} : { 'x-sluice-environment': environment },
  });

it('is answered for the environment that the header names, one flag and all', async () => {
  expect((await ask('viewer', 'shop/production')).body).toMatchObject({ key: 'f', value: true });
  expect((await ask('viewer', 'shop/staging')).status, 'the flag is defined there, and off').toBe(200);
  const all = await ask('viewer', 'shop/production', '');
  expect([all.status, (all.body.flags as unknown[]).length, all.body.eventStreams]).toEqual([200, 1, undefined]);
});

it('without the header, with one that is malformed, or elsewhere, is not', async () => {
  const missing = await ask('viewer', null);
  expect([missing.status, missing.text.includes('x-sluice-environment')]).toEqual([403, true]);
  expect((await ask('viewer', 'shop')).status).toBe(403);
  expect((await ask('viewer', 'shop/production/x')).status).toBe(403);
  expect((await ask('viewer', 'shop/nowhere')).status).toBe(404);
  expect((await ask('foreign', 'shop/production')).status).toBe(404);
});

it('a token of an environment stays with it whatever the header says', async () => {
  expect((await ask('client', 'other/production')).body).toMatchObject({ metadata: { flagSetId: 'shop/production' } });
});
