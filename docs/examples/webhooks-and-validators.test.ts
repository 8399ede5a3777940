import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  guardedFetch,
  newSigningSecret,
  parseOutboundPolicy,
  parseValidatorSettings,
  registerHttpValidators,
  signedHeaders,
} from '@sluice/server';
import { createSluice, manualClock, memoryStore } from 'sluice';
import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';

const SECRET = newSigningSecret();
const policy = parseOutboundPolicy('127.0.0.1');

async function receiving(isGood: (question: object) => Promise<boolean>): Promise<{ server: Server; url: string }> {
  // #region receive
  const webhook = new Webhook(SECRET);
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    try {
      const message = webhook.verify(body, request.headers as Record<string, string>) as { type: string; ok?: boolean };
      const answer = message.type === 'rollout.validate' ? { ok: await isGood(message) } : {};
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    } catch {
      response.writeHead(401).end();
    }
  });
  // #endregion
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

it('answers a validator’s question, takes an event, and refuses what somebody else signed', async () => {
  const asked: object[] = [];
  const { server, url } = await receiving(async (question) => {
    asked.push(question);
    return false;
  });
  const clock = manualClock(Date.now());
  const sluice = createSluice({ store: memoryStore(), clock });
  await sluice.flags.setFlag('new_search', { enabled: true, rolloutPercentage: 0 });
  const settings = JSON.stringify({ 'smoke-test': { url, secret: SECRET } });
  registerHttpValidators(sluice.rollouts, await parseValidatorSettings(settings, policy), { policy, clock });
  await sluice.rollouts.startRollout('new_search', {
    strategy: 'canary',
    bakeMs: 1_000,
    minExposures: 0,
    validatorName: 'smoke-test',
  });
  const phase = (): string | undefined => sluice.rollouts.getRolloutStatus('new_search')?.phase;
  const look = async () => {
    await clock.advance(500);
    return phase();
  };
  await expect.poll(look).toBe('failed');
  expect(asked).toEqual([
    expect.objectContaining({ flag: 'new_search', rollout: 1, stage: 0, percentage: 1, atEndOfBake: true }),
  ]);
  const fetch = guardedFetch({ policy });
  const body = JSON.stringify({ type: 'flag.killed' });
  const statusOf = async (secret: string): Promise<number> =>
    (await fetch(new URL(url), { method: 'POST', body, headers: { ...signedHeaders(secret, 'evt_1', Date.now(), body) } }))
      .status;
  expect([await statusOf(SECRET), await statusOf(newSigningSecret())]).toEqual([200, 401]);
  await sluice.close();
  server.close();
});
