import { createSluice, type ManualClock, manualClock, memoryStore, type RolloutStatus, type Sluice } from 'sluice';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { advanceUntil } from '../../../engine/src/clock/advance-until.testing.ts';
import { parseOutboundPolicy } from '../outbound/outbound-policy.ts';
import { type Receiver, receiver, sendJson } from '../receiver.testing.ts';
import { newSigningSecret } from '../signing/standard-webhook.ts';
import { parseValidatorSettings, registerHttpValidators } from './validator-settings.ts';

const policy = parseOutboundPolicy('127.0.0.1');
const secret = newSigningSecret();

let clock: ManualClock;
let sluice: Sluice;
let service: Receiver;

beforeEach(async () => {
  clock = manualClock(Date.now());
  sluice = createSluice({ store: memoryStore(), clock });
  service = await receiver();
  await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
  const settings = JSON.stringify({ smoke: { url: `${service.url}/judge`, secret } });
  registerHttpValidators(sluice.rollouts, await parseValidatorSettings(settings, policy), { policy, clock });
});

afterEach(async () => {
  await sluice.close();
  await service.close();
});

const start = (more: object = {}): Promise<RolloutStatus> =>
  sluice.rollouts.startRollout('f', {
    strategy: 'canary',
    stages: [10, 100],
    bakeMs: 2_000,
    minExposures: 0,
    validatorName: 'smoke',
    ...more,
  });
const status = (): RolloutStatus | undefined => sluice.rollouts.getRolloutStatus('f');

/** Until the rollout is in one of these phases; real answers come in real time. */
async function until(...phases: string[]): Promise<RolloutStatus | undefined> {
  for (let turn = 0; turn < 200 && !phases.includes(status()?.phase ?? ''); turn++) await clock.advance(500);
  return status();
}

describe('a validator over HTTP', () => {
  it('is asked with a signed request that says what about, once for each stage, and its true advances', async () => {
    service.answer = (response) => sendJson(response, { ok: true });
    await start();
    expect((await until('completed'))?.phase).toBe('completed');
    const asked = service.received.map(({ body, headers }) => {
      const signed = new Webhook(secret).verify(body, headers as Record<string, string>) as Record<string, unknown>;
      expect(signed.idempotencyKey).toBe(headers['webhook-id']);
      return signed;
    });
    const question = {
      type: 'rollout.validate',
      flag: 'f',
      rollout: 1,
      atEndOfBake: true,
      scope: { project: 'default', environment: 'production' },
    };
    expect(asked).toMatchObject([
      { ...question, stage: 0, percentage: 10 },
      { ...question, stage: 1, percentage: 100 },
    ]);
    expect(new Set(asked.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
  });

  it('whose answer is false rolls back', async () => {
    service.answer = (response) => sendJson(response, { ok: false });
    await start();
    expect(await until('failed', 'completed')).toMatchObject({ phase: 'failed' });
    expect(sluice.flags.getFlag('f')?.servedPercentage).toBe(0);
  });

  it.each<[string, Receiver['answer'], RegExp]>([
    ['status 500', (response) => sendJson(response, { ok: true }, 500), /answered 500, not status 200/],
    ['status 201', (response) => sendJson(response, { ok: true }, 201), /answered 201, not status 200/],
    ['"true" in quotes', (response) => sendJson(response, { ok: 'true' }), /answered 200, not .*"ok":"true"/],
    ['nothing', (response) => response.end(), /answered 200, not/],
    ['an array', (response) => sendJson(response, [true]), /answered 200, not/],
    ['null', (response) => sendJson(response, null), /answered 200, not/],
    ['no JSON', (response) => response.end('ok'), /answered 200, not .*: ok/],
    ['a redirect', (response) => response.writeHead(302, { location: '/yes' }).end(), /redirects are not followed/],
    ['2 MiB', (response) => response.end(Buffer.alloc(2_097_152)), /more than 1048576 bytes/],
    ['a broken connection', (response) => response.destroy(), /could not be asked/],
  ])('that answers with %s holds the rollout where it is', async (_, answer, message) => {
    service.answer = answer;
    await start();
    const held = await until('held', 'completed', 'failed');
    expect([held?.phase, held?.currentPercentage]).toEqual(['held', 10]);
    expect(held?.waitingFor).toMatch(message);
  });

  it.each<[string, Receiver['answer']]>([
    ['never answers', () => {}],
    ['drips', (response) => void response.write('{"ok":')],
  ])('that %s holds the rollout at the deadline of its plan', async (_, answer) => {
    service.answer = answer;
    await start({ validatorDeadlineMs: 20_000 });
    const held = await until('held', 'completed', 'failed');
    expect(held?.waitingFor).toContain('no answer for 10 % within 20000 ms');
  });

  it('that hangs keeps nobody from being taken back when there is harm', async () => {
    service.answer = () => {};
    await start({
      bakeMs: 60_000,
      validateEveryMs: 1_000,
      validatorDeadlineMs: 600_000,
      criteria: [{ metric: 'errorRate', max: 0.05, minSamples: 10 }],
    });
    await advanceUntil(clock, () => service.received.length > 0, { stepMs: 500 });
    expect(service.received).toHaveLength(1);
    for (let request = 0; request < 100; request++) {
      sluice.metrics.count('requests', { flag: 'f', variant: 'on' });
      sluice.metrics.count('errors', { flag: 'f', variant: 'on' });
    }
    await clock.advance(5_000);
    expect(status()).toMatchObject({ phase: 'failed' });
    expect(sluice.flags.getFlag('f')?.servedPercentage).toBe(0);
    expect(service.received).toHaveLength(1);
  });

  it('holds when its address is allowed no more', async () => {
    registerHttpValidators(sluice.rollouts, [{ name: 'smoke', url: new URL(service.url), secret }], {
      policy: parseOutboundPolicy(''),
      clock,
    });
    await start();
    expect((await until('held', 'completed'))?.waitingFor).toContain('private network');
    expect(service.received).toEqual([]);
  });
});

describe('the settings of validators', () => {
  it('are read whole or refused naming every bad place, and no secret is repeated', async () => {
    const settings = {
      'a/b': { url: 'http://169.254.169.254/', secret: 'whsec_c2hvcnQ=', method: 'GET' },
      c: 7,
      d: { url: `${service.url}/d`, secret },
    };
    const failing = parseValidatorSettings(JSON.stringify(settings), policy);
    await expect(failing).rejects.toThrow(
      /\/a~1b\/url must not lead .*\/a~1b\/secret must be .*\/a~1b\/method is not known.*\/c\/url/,
    );
    await expect(failing).rejects.not.toThrow(/c2hvcnQ/);
    await expect(parseValidatorSettings('[]', policy)).rejects.toThrow('SLUICE_VALIDATORS: must be a JSON object');
    await expect(parseValidatorSettings('{', policy)).rejects.toThrow('SLUICE_VALIDATORS: is no JSON');
  });
});
