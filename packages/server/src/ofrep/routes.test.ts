import { ofrepBulkFailure, ofrepBulkSuccess, ofrepFailure, ofrepSuccess } from '@sluice/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type AskOptions, E, type World, world } from '../world.testing.ts';

let at: World;
beforeAll(async () => {
  at = await world();
  const { flags } = at.sluice;
  await flags.setFlag('all', { enabled: true });
  await flags.setFlag('half', { enabled: true, rolloutPercentage: 50 });
  await flags.setFlag('killed', { enabled: true });
  await flags.disableFlag('killed');
  await flags.setFlag('german', { enabled: true, conditions: { country: 'de' } });
  await flags.setFlag('big', {
    enabled: true,
    variants: { none: null, big: 9_007_199_254_740_991, list: [1, 2] },
    offVariant: 'none',
    onVariant: 'big',
  });
  await flags.setFlag('list', { enabled: true, variants: { off: null, on: [1, 'two'] } });
  await flags.setFlag('empty', { enabled: true, variants: { off: 1, on: null } });
});
afterAll(() => at.close());

const one = (key: string, context: unknown, more: AskOptions = {}): Promise<Answer> =>
  at.ask('POST', `/ofrep/v1/evaluate/flags/${encodeURIComponent(key)}`, { as: 'client', body: { context }, ...more });
const all = (context: unknown, headers: Record<string, string> = {}, query = ''): Promise<Answer> =>
  at.ask('POST', `/ofrep/v1/evaluate/flags${query}`, { as: 'client', body: { context }, headers });
const itemOf = (answer: Answer, key: string) => (answer.body.flags as Record<string, unknown>[]).find((item) => item.key === key);
const ann = { targetingKey: 'ann' };

describe('OFREP, one flag', () => {
  it('answers key, reason, value and variant as application/json', async () => {
    const answer = await one('all', ann);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(ofrepSuccess.strict().parse(answer.body)).toEqual({
      key: 'all',
      reason: 'STATIC',
      variant: 'on',
      value: true,
      metadata: { flagSetId: 'shop/production', version: 1 },
    });
  });

  it('gives each reason as it is, and the off value of a killed flag', async () => {
    expect((await one('half', ann)).body.reason).toBe('SPLIT');
    expect((await one('killed', ann)).body).toMatchObject({ reason: 'DISABLED', value: false });
    expect((await one('german', ann)).body).toMatchObject({ reason: 'DEFAULT', value: false });
    expect((await one('german', { ...ann, country: 'de' })).body).toMatchObject({ value: true });
  });

  it('keeps integers whole, answers lists, and leaves the value out where it is null', async () => {
    expect((await one('big', ann)).text).toContain('"value":9007199254740991');
    expect((await one('list', ann)).body.value).toEqual([1, 'two']);
    const empty = await one('empty', ann);
    expect([empty.status, 'value' in empty.body, empty.body.variant]).toEqual([200, false, 'on']);
  });

  it('needs a targetingKey only where the flag divides units', async () => {
    expect((await one('all', {})).status).toBe(200);
    for (const context of [{}, { targetingKey: '' }, { targetingKey: null }]) {
      const answer = await one('half', context);
      expect([answer.status, ofrepFailure.strict().parse(answer.body)]).toMatchObject([
        400,
        { key: 'half', errorCode: 'TARGETING_KEY_MISSING' },
      ]);
    }
  });

  it('answers every 400 with key and errorCode, which clients need to understand it', async () => {
    const bad: readonly [AskOptions, string][] = [
      [{ text: '{"context":' }, 'PARSE_ERROR'],
      [{ text: '[]' }, 'PARSE_ERROR'],
      [{ text: '{"context":{"a":1,"a":2}}' }, 'PARSE_ERROR'],
      [{ text: '{"context":{"__proto__":{"plan":"pro"}}}' }, 'PARSE_ERROR'],
      [{ body: { context: 7 } }, 'INVALID_CONTEXT'],
      [{ body: { context: { targetingKey: 7 } } }, 'INVALID_CONTEXT'],
      [{ body: { context: { targetingKey: 'x'.repeat(2000) } } }, 'INVALID_CONTEXT'],
      [{ body: { context: { groups: 'beta' } } }, 'INVALID_CONTEXT'],
    ];
    for (const [sent, errorCode] of bad) {
      const answer = await at.ask('POST', '/ofrep/v1/evaluate/flags/half', { as: 'client', ...sent });
      expect([answer.status, ofrepFailure.strict().parse(answer.body)]).toMatchObject([400, { key: 'half', errorCode }]);
    }
  });

  it('knows no flag of an unknown name, whatever the name is', async () => {
    for (const key of ['none', '__proto__', 'constructor', 'toString', 'ünï/cødé %', 'x'.repeat(300)]) {
      const answer = await one(key, ann);
      expect([answer.status, ofrepFailure.strict().parse(answer.body)]).toMatchObject([
        404,
        { key, errorCode: 'FLAG_NOT_FOUND' },
      ]);
    }
  });

  it('takes the token as X-API-Key too, and refuses others without a schema', async () => {
    const path = '/ofrep/v1/evaluate/flags/all';
    const keyed = await at.ask('POST', path, { as: null, body: { context: ann }, headers: { 'x-api-key': at.secrets.client } });
    expect(keyed.status).toBe(200);
    expect((await at.ask('POST', path, { as: null, body: { context: ann } })).status).toBe(401);
    expect((await at.ask('POST', path, { as: 'viewer', body: { context: ann } })).status).toBe(403);
  });

  it('counts as an evaluation unless the context says that it is no exposure', async () => {
    const count = async () => (await at.sluice.flags.getFlagStats('all')).evaluations;
    const before = await count();
    await one('all', { ...ann, sluice: { exposure: false } });
    await all(ann);
    expect(await count()).toBe(before);
    await one('all', ann);
    expect(await count()).toBe(before + 1);
  });
});

describe('OFREP, all flags', () => {
  it('answers every flag; one that cannot answer is an item', async () => {
    const answer = await all({});
    const { flags } = ofrepBulkSuccess.strict().parse(answer.body);
    expect(answer.status).toBe(200);
    expect(flags.map(({ key }) => key).sort()).toEqual(['all', 'big', 'empty', 'german', 'half', 'killed', 'list']);
    expect(itemOf(answer, 'half')).toMatchObject({ errorCode: 'TARGETING_KEY_MISSING' });
    expect(itemOf(answer, 'all')).toMatchObject({ value: true });
  });

  it('answers a bad request without a key', async () => {
    for (const text of ['{', '{"context":7}', '[]']) {
      const answer = await at.ask('POST', '/ofrep/v1/evaluate/flags', { as: 'client', text });
      expect(answer.status).toBe(400);
      expect(ofrepBulkFailure.strict().parse(answer.body)).toHaveProperty('errorCode');
    }
  });

  it('answers 304 to the same question, and not to one with another attribute, caller or configuration', async () => {
    const first = await all({ ...ann, plan: 'free', nested: { a: 1, b: [2] } });
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    const same = await all({ nested: { b: [2], a: 1 }, plan: 'free', ...ann }, { 'if-none-match': etag });
    expect([same.status, same.text, same.headers.get('etag')]).toEqual([304, '', etag]);
    expect((await all({ ...ann, plan: 'free', nested: { a: 1, b: [2] } }, { 'if-none-match': `W/${etag}` })).status).toBe(304);
    expect((await all({ ...ann, plan: 'pro', nested: { a: 1, b: [2] } }, { 'if-none-match': etag })).status).toBe(200);
    const other = await at.ask('POST', '/ofrep/v1/evaluate/flags', {
      as: 'server',
      body: { context: { ...ann, plan: 'free', nested: { a: 1, b: [2] } } },
      headers: { 'if-none-match': etag },
    });
    expect(other.status).toBe(200);
    await at.sluice.flags.setRolloutPercentage('half', 51);
    const changed = await all({ ...ann, plan: 'free', nested: { a: 1, b: [2] } }, { 'if-none-match': etag });
    expect([changed.status, changed.headers.get('etag') === etag]).toEqual([200, false]);
  });

  it('hides no step of a ramp behind a 304', async () => {
    await at.sluice.flags.setFlag('ramp', { enabled: true, rolloutPercentage: 0 });
    await at.sluice.flags.scheduleEdit('ramp', { rolloutPercentage: 100 }, { at: at.clock.now() + 60_000 });
    const etag = (await all(ann)).headers.get('etag') ?? '';
    expect((await all(ann, { 'if-none-match': etag })).status).toBe(304);
    await at.clock.advance(60_000);
    const stepped = await all(ann, { 'if-none-match': etag });
    expect([stepped.status, itemOf(stepped, 'ramp')]).toMatchObject([200, { value: true }]);
  });

  it('answers whoever was told of another configuration anew, whatever their If-None-Match', async () => {
    const etag = (await all(ann)).headers.get('etag') ?? '';
    expect((await all(ann, { 'if-none-match': etag }, '?flagConfigEtag=another')).status).toBe(200);
    expect((await all(ann, { 'if-none-match': etag }, '?flagConfigLastModified=1767225600')).status).toBe(304);
    expect((await all(ann, {}, '?flagConfigLastModified=2026-01-01T00:00:00Z')).status).toBe(200);
  });

  it('lets a page of any origin ask, send the token, and read ETag and Retry-After', async () => {
    const preflight = await at.ask('OPTIONS', '/ofrep/v1/evaluate/flags', {
      as: null,
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,if-none-match,x-api-key',
      },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    expect(preflight.headers.get('access-control-allow-headers')).toBe(
      'Content-Type, Authorization, X-API-Key, If-None-Match, Last-Event-ID, Cache-Control',
    );
    const answer = await all(ann, { origin: 'https://shop.example' });
    expect(answer.headers.get('access-control-expose-headers')).toBe('ETag, Retry-After, Sluice-Served-As-Of');
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    const api = await at.ask('GET', `${E}/flags`, { headers: { origin: 'https://shop.example' } });
    expect(api.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('OFREP, by the letter', () => {
  it('answers no reason and no type that the schema does not have, where it is told to be strict', async () => {
    const strict = await world({ isOfrepStrict: true });
    await strict.sluice.flags.setFlag('german', { enabled: true, conditions: { country: 'de' } });
    await strict.sluice.flags.setFlag('list', { enabled: true, variants: { off: null, on: [1] } });
    const answer = await strict.ask('POST', '/ofrep/v1/evaluate/flags', { as: 'client', body: { context: ann } });
    expect(itemOf(answer, 'german')).toMatchObject({ reason: 'UNKNOWN' });
    expect(itemOf(answer, 'list')).toMatchObject({ errorCode: 'GENERAL' });
    await strict.close();
  });

  it('says when to come back to whoever asks too much', async () => {
    const busy = await world({ requestsPerMinute: 2 });
    const ask = () => busy.ask('POST', '/ofrep/v1/evaluate/flags', { as: 'client', body: { context: ann } });
    await ask();
    await ask();
    const refused = await ask();
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
    await busy.close();
  });
});
