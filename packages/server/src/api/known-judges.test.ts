import { afterEach, beforeEach, expect, it } from 'vitest';
import { newSigningSecret } from '../signing/standard-webhook.ts';
import { E, type World, world } from '../world.testing.ts';

let at: World;
beforeEach(async () => {
  const validators = JSON.stringify({ smoke: { url: 'https://checks.example.org/smoke', secret: newSigningSecret() } });
  at = await world({ validators });
  await at.sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
});
afterEach(() => at.close());

const start = (settings: object) =>
  at.ask('POST', `${E}/rollouts/f`, { body: { settings: { strategy: 'canary', ...settings } } });
const criterion = { metric: 'errorRate', max: 0.05 };

it('a plan that names a validator or source which the server does not have is refused, with those that it has', async () => {
  const stages = [{ percentage: 10 }, { percentage: 50, criteria: [criterion, { ...criterion, source: 'grafana' }] }];
  const answer = await start({
    strategy: 'percentage',
    validatorName: 'smok',
    criteria: [{ ...criterion, source: 'prom' }],
    stages,
  });
  expect(answer.status).toBe(400);
  const issues = answer.body.issues as { path: string; message: string }[];
  expect(issues.map(({ path }) => path)).toEqual([
    '/settings/validatorName',
    '/settings/criteria/0/source',
    '/settings/stages/1/criteria/1/source',
  ]);
  expect(issues[0]?.message).toContain('there are "smoke", and "smok" is not among them');
  expect(issues[1]?.message).toContain('there are "collector"');
  expect((await at.ask('GET', `${E}/rollouts/f`)).status, 'nothing was started').toBe(404);
});

it('what the server has is taken', async () => {
  expect((await start({ validatorName: 'smoke', criteria: [{ ...criterion, source: 'collector' }] })).status).toBeLessThan(300);
});
