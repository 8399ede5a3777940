import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { E, type World, world } from '../world.testing.ts';

let at: World;
beforeAll(async () => {
  at = await world();
});
afterAll(() => at.close());

describe('flags over HTTP', () => {
  it('are created by a PATCH, with the caller as actor and the revision as ETag', async () => {
    const made = await at.ask('PATCH', `${E}/flags/new_model`, {
      body: { settings: { enabled: true, rolloutPercentage: 10 }, reason: 'first users' },
    });
    expect(made.status).toBe(200);
    expect(made.headers.get('etag')).toBe('W/"r1"');
    expect(made.body).toMatchObject({ name: 'new_model', rolloutPercentage: 10, revision: 1 });
    const history = await at.ask('GET', `${E}/history?key=new_model`);
    expect(history.body).toMatchObject({
      members: [{ type: 'flag.created', actor: 'admin@example.org', reason: 'first users' }],
      nextCursor: null,
    });
  });

  it('name the place of every bad setting in what was sent', async () => {
    const { status, headers, body } = await at.ask('PATCH', `${E}/flags/bad`, {
      body: { settings: { rolloutPercentage: 120, tags: 7 } },
    });
    expect([status, headers.get('content-type')]).toEqual([400, 'application/problem+json; charset=utf-8']);
    expect(body).toMatchObject({ code: 'invalid', status: 400 });
    expect((body.issues as { path: string }[]).map(({ path }) => path)).toEqual([
      '/settings/rolloutPercentage',
      '/settings/tags',
    ]);
    expect((await at.ask('GET', `${E}/flags/bad`)).status).toBe(404);
  });

  it('are changed at the revision that was seen, or not at all', async () => {
    await at.ask('PATCH', `${E}/flags/seen`, { body: { settings: { tags: ['a'] } } });
    const first = await at.ask('PATCH', `${E}/flags/seen`, {
      body: { settings: { tags: ['b'] } },
      headers: { 'if-match': 'W/"r1"' },
    });
    expect([first.status, first.headers.get('etag')]).toEqual([200, 'W/"r2"']);
    const late = await at.ask('PATCH', `${E}/flags/seen`, {
      body: { settings: { tags: ['c'] } },
      headers: { 'if-match': 'W/"r1"' },
    });
    expect([late.status, late.body.code]).toEqual([412, 'conflict']);
    const twice = await at.ask('PATCH', `${E}/flags/seen`, { body: { settings: {} }, headers: { 'if-none-match': '*' } });
    expect(twice.status).toBe(412);
    const bad = await at.ask('PATCH', `${E}/flags/seen`, { body: { settings: {} }, headers: { 'if-match': 'r1' } });
    expect([bad.status, bad.body.issues]).toEqual([
      400,
      [{ path: 'header if-match', message: 'must be the ETag of the record, such as W/"r12"; it is "r1"' }],
    ]);
  });

  it('of rivals that saw the same revision, one wins', async () => {
    await at.ask('PATCH', `${E}/flags/contested`, { body: { settings: {} } });
    const rivals = await Promise.all(
      Array.from({ length: 10 }, (_, rival) =>
        at.ask('PUT', `${E}/flags/contested/percentage`, { body: { percentage: rival + 1 }, headers: { 'if-match': 'W/"r1"' } }),
      ),
    );
    expect(rivals.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(412)]);
  });

  it('are killed without a body, and brought back as they were', async () => {
    await at.ask('PATCH', `${E}/flags/killed`, { body: { settings: { enabled: true, rolloutPercentage: 30 } } });
    expect((await at.ask('POST', `${E}/flags/killed/kill`)).body).toMatchObject({ status: 'disabled', rolloutPercentage: 30 });
    expect((await at.ask('POST', `${E}/flags/killed/unkill`)).body).toMatchObject({ status: 'percentage', servedPercentage: 30 });
    const restored = await at.ask('POST', `${E}/flags/killed/restore`, { body: { revision: 2, reason: 'try' } });
    expect(restored.body).toMatchObject({ status: 'disabled', revision: 4 });
  });

  it('take users and groups by names that need escaping', async () => {
    await at.ask('PATCH', `${E}/flags/named`, { body: { settings: { status: 'whitelist' } } });
    const user = encodeURIComponent('ann/o’hara?%');
    expect((await at.ask('PUT', `${E}/flags/named/users/${user}`)).body.enabledUsers).toEqual(['ann/o’hara?%']);
    expect((await at.ask('PUT', `${E}/flags/named/groups/beta`)).body.enabledGroups).toEqual(['beta']);
    expect((await at.ask('DELETE', `${E}/flags/named/users/${user}?reason=left`)).body.enabledUsers).toEqual([]);
    expect((await at.ask('DELETE', `${E}/flags/named/groups/beta`)).body.enabledGroups).toEqual([]);
  });

  it('are explained, counted and listed in pages', async () => {
    await at.ask('PATCH', `${E}/flags/zz_last`, { body: { settings: { enabled: true, tags: ['ui'], owner: 'team-a' } } });
    const explained = await at.ask('POST', `${E}/flags/zz_last/explain`, { body: { unit: { userId: 'ann' } } });
    expect(explained.body).toMatchObject({ value: true, variant: 'on', bucket: expect.any(Number) });
    expect((await at.ask('GET', `${E}/flags/zz_last/stats`)).body).toMatchObject({ evaluations: 0 });
    const seen: string[] = [];
    let cursor: string | null = '';
    do {
      const page = await at.ask('GET', `${E}/flags?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...(page.body.members as { name: string }[]).map(({ name }) => name));
      cursor = page.body.nextCursor as string | null;
    } while (cursor !== null);
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen.length).toBe(at.sluice.flags.listFlags().length);
    const filtered = await at.ask('GET', `${E}/flags?tag=ui&owner=team-a&q=LAST`);
    expect((filtered.body.members as unknown[]).length).toBe(1);
    expect((await at.ask('GET', `${E}/flags?cursor=nonsense`)).body.issues).toMatchObject([{ path: 'query cursor' }]);
  });

  it('are edited when the instant comes', async () => {
    await at.ask('PATCH', `${E}/flags/later`, { body: { settings: { enabled: true, rolloutPercentage: 10 } } });
    const edit = { at: '2027-01-15T13:00:00Z', settings: { rolloutPercentage: 20 } };
    const made = await at.ask('POST', `${E}/flags/later/scheduled-edits`, { body: edit });
    expect([made.status, made.body]).toMatchObject([201, { flag: 'later', at: '2027-01-15T13:00:00.000Z' }]);
    const second = await at.ask('POST', `${E}/flags/later/scheduled-edits`, { body: edit });
    const id = encodeURIComponent(second.body.id as string);
    expect((await at.ask('DELETE', `${E}/scheduled-edits/${id}`)).status).toBe(204);
    expect((await at.ask('GET', `${E}/scheduled-edits?flag=later`)).body.edits).toHaveLength(1);
    await at.clock.advance(3_600_000);
    expect((await at.ask('GET', `${E}/flags/later`)).body.rolloutPercentage).toBe(20);
  });

  it('are archived for good, and found stale', async () => {
    const expires = new Date(at.clock.now() + 60_000).toISOString();
    await at.ask('PATCH', `${E}/flags/old`, { body: { settings: { expires } } });
    await at.clock.advance(120_000);
    const { body } = await at.ask('GET', `${E}/stale-flags`);
    expect((body.flags as { name: string }[]).map(({ name }) => name)).toContain('old');
    expect((await at.ask('POST', `${E}/flags/old/archive`)).body.isArchived).toBe(true);
    const again = await at.ask('PATCH', `${E}/flags/old`, { body: { settings: { enabled: true } } });
    expect([again.status, again.body.code]).toEqual([422, 'refused']);
  });
});
