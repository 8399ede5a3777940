import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { advanceUntil } from '../../../engine/src/clock/advance-until.testing.ts';
import { parseOutboundPolicy } from '../outbound/outbound-policy.ts';
import { type Receiver, receiver, sendJson } from '../receiver.testing.ts';
import { newSigningSecret } from '../signing/standard-webhook.ts';
import { E, type World, world } from '../world.testing.ts';

const SECOND = 1000;
let at: World;
let metrics: Receiver;
let checks: Receiver;
let hook: Receiver;
beforeEach(async () => {
  [metrics, checks, hook] = await Promise.all([receiver(), receiver(), receiver()]);
  const queries = {
    errorRate: { value: 'errors{flag=$flag,variant=$variant,env=$environment}[$window]', samples: 'requests{flag=$flag}' },
  };
  const sources = {
    prometheus: { kind: 'prometheus', url: metrics.url, queries },
    json: {
      kind: 'httpJson',
      url: `${metrics.url}/{project}/{environment}?flag={flag}&variant={variant}`,
      pointer: '/value',
      samples: '/samples',
    },
  };
  const validators = { smoke: { url: checks.url, secret: newSigningSecret() } };
  at = await world({
    outbound: parseOutboundPolicy('127.0.0.1'),
    metricSources: JSON.stringify(sources),
    validators: JSON.stringify(validators),
  });
});
afterEach(async () => {
  // What hangs there is waited for by a clock that stands still now.
  await Promise.all([metrics, checks, hook].map((server) => server.close()));
  await at.close();
});

const criterion = (source: string) => ({ metric: 'errorRate', max: 0.05, minSamples: 10, windowMs: 60 * SECOND, source });

async function start(settings: object, environment = E): Promise<void> {
  await at.ask('PATCH', `${environment}/flags/f`, { body: { settings: { enabled: true, rolloutPercentage: 0 } } });
  const plan = { strategy: 'percentage', stages: [10, 100], bakeMs: 60 * SECOND, ...settings };
  const started = await at.ask('POST', `${environment}/rollouts/f`, { body: { settings: plan } });
  expect(started.status, started.text).toBeLessThan(300);
  const [project = '', name = ''] = environment.split('/').filter((_, index) => index === 4 || index === 6);
  for (let user = 0; user < 5000; user++) at.workspace.environment(project, name).flags.isEnabled('f', { userId: `u${user}` });
}

const status = async (environment = E) => (await at.ask('GET', `${environment}/rollouts/f`)).body;

/** Lets time pass until the rollout is in one of these phases, five seconds at a time; what hangs is waited for by the clock alone. */
async function until(...phases: readonly string[]): Promise<Record<string, unknown>> {
  for (let turn = 0; turn < 120; turn++) {
    const now = await status();
    if (phases.includes(String(now.phase))) return now;
    await at.clock.advance(5 * SECOND);
  }
  return status();
}

/** What Prometheus answers for both queries: the value, and a thousand samples. */
function prometheus(value: string | null): Receiver['answer'] {
  return (response, { body }) => {
    const time = Number(new URLSearchParams(body).get('time'));
    const isValue = new URLSearchParams(body).get('query')?.startsWith('errors') === true;
    const sample = [time, isValue ? value : '1000'];
    const result = value === null ? [] : [{ metric: {}, value: sample }];
    sendJson(response, { status: 'success', data: { resultType: 'vector', result } });
  };
}

describe('a rollout that was started over HTTP', () => {
  it.each([
    ['prometheus', prometheus('0.01'), /env="production"/],
    [
      'json',
      ((response) => sendJson(response, { value: 0.01, samples: 1000 })) as Receiver['answer'],
      /^\/shop\/production\?flag=f&variant=on/,
    ],
  ])('advances by what %s measured of its environment', async (source, answer, asked) => {
    metrics.answer = answer;
    await start({ criteria: [criterion(source)] });
    const end = await until('finalizing', 'failed', 'held');
    expect(end).toMatchObject({ phase: 'finalizing', currentPercentage: 100 });
    const [first] = metrics.received;
    expect(source === 'json' ? first?.path : new URLSearchParams(first?.body).get('query')).toMatch(asked);
  });

  it('is judged so in an environment that was made after the start of the server', async () => {
    await at.ask('POST', '/api/v1/projects/shop/environments', { body: { settings: { key: 'canary' } } });
    const canary = '/api/v1/projects/shop/environments/canary';
    metrics.answer = prometheus('0.9');
    await start({ criteria: [criterion('prometheus')], validatorName: 'smoke' }, canary);
    for (let turn = 0; turn < 90 && (await status(canary)).phase !== 'failed'; turn++) await at.clock.advance(SECOND);
    expect(await status(canary)).toMatchObject({ phase: 'failed' });
    expect(new URLSearchParams(metrics.received[0]?.body).get('query')).toContain('env="canary"');
  });

  it.each<[string, Receiver['answer'], string, RegExp]>([
    ['answers 500', (response) => response.writeHead(500).end(), 'prometheus', /answered 500/],
    ['hangs', () => {}, 'prometheus', /gave no answer/],
    ['has no series', prometheus(null), 'prometheus', /data/],
    ['answers NaN', prometheus('NaN'), 'prometheus', /data/],
    ['answers an empty body', (response) => response.end(), 'prometheus', /answered 200 with/],
    ['closes the connection', (response) => response.destroy(), 'prometheus', /could not be asked/],
    ['answers 500', (response) => response.writeHead(500).end(), 'json', /answered 500/],
    ['hangs', () => {}, 'json', /gave no answer/],
    ['answers null', (response) => sendJson(response, { value: null, samples: 0 }), 'json', /data/],
    ['answers an empty body', (response) => response.end(), 'json', /answered 200 with/],
    ['answers a text', (response) => sendJson(response, { value: 'NaN', samples: 100 }), 'json', /at "\/value"/],
  ])('holds with its reason and never advances while the metric server %s', async (_, answer, source, why) => {
    metrics.answer = answer;
    await start({ criteria: [criterion(source)] });
    const held = await until('held', 'completed', 'failed');
    expect([held.phase, held.currentPercentage]).toEqual(['held', 10]);
    expect(held.waitingFor).toMatch(why);
    await at.clock.advance(300 * SECOND);
    expect(await status()).toMatchObject({ phase: 'held', currentPercentage: 10 });
  });

  it('goes back for harm while its webhook, its validator and its approval are all failing', async () => {
    checks.answer = () => {};
    metrics.answer = prometheus('0.01');
    await at.ask('PATCH', '/api/v1/projects/shop/webhooks/hook', { body: { settings: { url: hook.url } } });
    // That begins the sending.
    await at.ask('POST', '/api/v1/projects/shop/webhooks/hook/test');
    hook.answer = (response) => response.writeHead(500).end();
    await start({
      criteria: [criterion('prometheus')],
      validatorName: 'smoke',
      validateEveryMs: SECOND,
      validatorDeadlineMs: 600 * SECOND,
      autoAdvance: false,
    });
    await advanceUntil(at.clock, () => checks.received.length > 0);
    expect([checks.received.length, hook.received.length > 0]).toEqual([1, true]);
    expect(await status()).toMatchObject({ currentPercentage: 10 });
    metrics.answer = prometheus('0.9');
    expect(await until('failed', 'completed')).toMatchObject({ phase: 'failed' });
    expect((await at.ask('GET', `${E}/flags/f`)).body).toMatchObject({ servedPercentage: 0 });
    await expect.poll(() => hook.received.length).toBeGreaterThan(1);
  });
});
