import { afterAll, beforeAll, expect, it } from 'vitest';
import { documentHeaders, securityHeaders } from './security-headers.ts';
import { type World, world } from './world.testing.ts';

let at: World;
beforeAll(async () => {
  at = await world();
});
afterAll(() => at.close());

const EXPECTED = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
};
const OF_DOCUMENTS = {
  'cross-origin-opener-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};

it('browsers are told to load nothing, to be framed by nobody and to guess no type', () => {
  expect(securityHeaders()).toEqual(EXPECTED);
  expect(documentHeaders()).toEqual(OF_DOCUMENTS);
});

it.each([
  ['what is public', 'GET', '/healthz', 200],
  ['what needs a token that is not there', 'GET', '/api/v1/projects', 401],
  ['what there is not', 'GET', '/api/v1/nothing', 404],
  ['a method that there is not', 'DELETE', '/healthz', 405],
])('they are told so by an answer to %s', async (_what, method, path, status) => {
  const answer = await fetch(`${at.url}${path}`, { method });
  expect(answer.status).toBe(status);
  expect(Object.fromEntries(answer.headers)).toMatchObject(EXPECTED);
});

it('values of flags may be read by pages of any origin, and all else holds for them too', async () => {
  const answer = await fetch(`${at.url}/ofrep/v1/evaluate/flags/none`, { method: 'POST' });
  expect(answer.status).toBe(401);
  expect(Object.fromEntries(answer.headers)).toMatchObject({ ...EXPECTED, 'cross-origin-resource-policy': 'cross-origin' });
});
