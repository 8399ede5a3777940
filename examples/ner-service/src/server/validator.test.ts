import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newSigningSecret, signedHeaders } from '@sluice/server';
import { expect, it } from 'vitest';
import { Validator } from './validator.ts';

it('a validator answers whom it shares a secret with, and refuses everybody else', async () => {
  let isGood = true;
  const validator = new Validator(() => isGood);
  const service = createServer((request, response) => {
    if (!validator.answer(request, response)) response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  const address = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const settings = JSON.parse(validator.settingAt(address)) as Record<string, { url: string; secret: string }>;
  const { url = '', secret = '' } = settings[validator.name] ?? {};
  const body = JSON.stringify({ type: 'rollout.validate', percentage: 5 });
  const ask = (by: string, to = url) =>
    fetch(to, { method: 'POST', body, headers: { ...signedHeaders(by, 'msg_1', Date.now(), body) } });
  expect(await (await ask(secret)).json()).toEqual({ ok: true });
  isGood = false;
  expect(await (await ask(secret)).json()).toEqual({ ok: false });
  expect((await ask(newSigningSecret())).status).toBe(401);
  expect((await ask(secret, `${address}/other`)).status).toBe(404);
  expect([validator.answered, validator.refused]).toEqual([[5, 5], 1]);
  service.close();
});
