import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { E, PASSWORD, type World, world } from './world.testing.ts';

let at: World;
beforeAll(async () => {
  at = await world();
  await at.sluice.flags.setFlag('f', {});
});
afterAll(() => at.close());

const login = (email: string, password: string) => at.ask('POST', '/api/v1/session', { as: null, body: { email, password } });
const cookieOf = async (email = 'editor@example.org') =>
  (await login(email, PASSWORD)).headers.get('set-cookie')?.split(';')[0] ?? '';

describe('a session', () => {
  it('begins with the right password, in a cookie that scripts and other sites do not get', async () => {
    const answer = await login('editor@example.org', PASSWORD);
    expect([answer.status, answer.body.email]).toEqual([200, 'editor@example.org']);
    expect(answer.headers.get('set-cookie')).toMatch(
      /^sluice_session=[\w-]+\.[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/,
    );
  });

  it('tells in no way who exists', async () => {
    const wrong = await login('editor@example.org', 'a wrong password');
    const nobody = await login('nobody@example.org', 'a wrong password');
    const { instance: _one, ...told } = wrong.body;
    const { instance: _other, ...same } = nobody.body;
    expect([wrong.status, told]).toEqual([401, same]);
  });

  it('changes only what a page of this server asks for', async () => {
    const cookie = await cookieOf();
    const kill = (headers: Record<string, string>) =>
      at.ask('POST', `${E}/flags/f/kill`, { as: null, headers: { cookie, ...headers } });
    expect((await kill({})).status).toBe(403);
    expect((await kill({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await kill({ 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await kill({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await kill({ origin: 'null' })).status).toBe(403);
    expect((await kill({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await kill({ origin: at.url })).status).toBe(200);
    expect((await at.ask('GET', `${E}/flags/f`, { as: null, headers: { cookie } })).status).toBe(200);
  });

  it('is over after twelve hours, with the password, and with a cookie that was changed', async () => {
    const me = async (cookie: string) => (await at.ask('GET', '/api/v1/me', { as: null, headers: { cookie } })).status;
    const cookie = await cookieOf('approver@example.org');
    expect(await me(cookie)).toBe(200);
    expect(await me(`${cookie}x`)).toBe(401);
    const said = Buffer.from(JSON.stringify({ email: 'admin@example.org', startedAt: at.clock.now() })).toString('base64url');
    expect(await me(`sluice_session=${said}.${cookie.split('.')[1]}`)).toBe(401);
    await at.clock.advance(1);
    await at.workspace.access.endSessions('approver@example.org', { principal: { kind: 'system' } });
    expect(await me(cookie)).toBe(401);
    await at.clock.advance(1);
    const fresh = await cookieOf('approver@example.org');
    expect(await me(fresh)).toBe(200);
    await at.clock.advance(12 * 3_600_000);
    expect(await me(fresh)).toBe(401);
  });

  it('is over everywhere with the log-out, for whoever has copied the cookie too, and not by a token that is sent', async () => {
    const me = async (cookie: string) => (await at.ask('GET', '/api/v1/me', { as: null, headers: { cookie } })).status;
    const [here, elsewhere] = [await cookieOf('viewer@example.org'), await cookieOf('viewer@example.org')];
    await at.clock.advance(1);
    expect((await at.ask('DELETE', '/api/v1/session', { as: 'viewer', headers: { cookie: here } })).status).toBe(204);
    expect([await me(here), await me(elsewhere)]).toEqual([200, 200]);
    const headers = { cookie: here, 'sec-fetch-site': 'same-origin' };
    const out = await at.ask('DELETE', '/api/v1/session', { as: null, headers });
    expect([out.status, out.headers.get('set-cookie')]).toEqual([204, expect.stringMatching(/^sluice_session=; .*Max-Age=0/)]);
    expect([await me(here), await me(elsewhere)]).toEqual([401, 401]);
    await at.clock.advance(1);
    expect(await me(await cookieOf('viewer@example.org'))).toBe(200);
  });

  it('is tried so often a minute', async () => {
    const guarded = await world({ failedLoginsPerMinute: 2 });
    const attempt = () => guarded.ask('POST', '/api/v1/session', { as: null, body: { email: 'a@b.c', password: 'x' } });
    const statuses = [];
    for (let count = 0; count < 3; count++) statuses.push((await attempt()).status);
    expect(statuses).toEqual([401, 401, 429]);
    await guarded.close();
  });
});
