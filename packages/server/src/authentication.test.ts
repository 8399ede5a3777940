import { INSTALLATION_SCOPE, permits, projectScope } from '@sluice/core';
import { ROUTE_IDS, routeOf } from '@sluice/protocol';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refuseUndeclaredRoutes } from './registration.ts';
import { CALLERS, E, PASSWORD, type World, world } from './world.testing.ts';

let at: World;
beforeAll(async () => {
  at = await world({ failedLoginsPerMinute: 1_000_000, requestsPerMinute: 1_000_000 });
});
afterAll(() => at.close());

/** With bodies that could not even be read: who may not call is refused before that. */
const ask = (id: (typeof ROUTE_IDS)[number], as: string | null, project = 'shop', environment = 'production') => {
  const route = routeOf(id);
  const path = route.path.replace(':project', project).replace(':environment', environment).replace(/:\w+/g, 'x');
  const text = route.method === 'GET' ? {} : { text: '{' };
  return at.ask(route.method, path, { as, ...text, headers: { 'content-type': 'application/json' } });
};
const closed = ROUTE_IDS.filter((id) => routeOf(id).permission !== 'public');

describe('who may call', () => {
  it('is everybody for these routes, and for no others', () => {
    expect(ROUTE_IDS.filter((id) => routeOf(id).permission === 'public')).toEqual([
      'session.login',
      'session.setUp',
      'system.health',
      'system.ready',
      'system.openapi',
      'page.index',
      'page.asset',
    ]);
  });

  it('is said of every route, or it is not registered', () => {
    for (const { method, path } of ROUTE_IDS.map(routeOf)) expect(at.app.http.hasRoute({ method, url: path }), path).toBe(true);
    const app = fastify();
    refuseUndeclaredRoutes(app);
    expect(() => app.get('/debug', () => 'secret')).toThrow('GET /debug is not in the route table');
    expect(() => app.get('/debug', { config: { routeId: 'system.health' } }, () => 'secret')).toThrow('not in the route table');
  });

  it('is nobody without a token, or with one that is not known: 401 on every route, before the body is read', async () => {
    for (const id of closed) {
      for (const as of [null, 'nobody', '__proto__']) {
        const answer = await ask(id, as);
        expect([id, as, answer.status]).toEqual([id, as, 401]);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="sluice"');
      }
    }
  });

  it('is not told of projects and environments in which they may do nothing: 404, the same as for what does not exist', async () => {
    for (const id of closed.filter((route) => ['environment', 'project'].includes(routeOf(route).reach))) {
      const foreign = await ask(id, 'foreign');
      const none = await ask(id, 'foreign', 'nowhere');
      expect([id, foreign.status, none.status]).toEqual([id, 404, 404]);
      expect(foreign.body.detail).toBe(String(none.body.detail).replace('nowhere', 'shop'));
      expect((await ask(id, 'viewer', 'other')).status).toBe(404);
      expect((await ask(id, 'server', 'other')).status).toBe(404);
      expect((await ask(id, 'admin', '__proto__')).status).toBe(404);
      expect((await ask(id, 'admin', 'shop%2f..%2fother')).status).toBe(404);
      if (routeOf(id).reach === 'environment') expect((await ask(id, 'server', 'shop', 'staging')).status).toBe(404);
    }
  });

  it('may do what the table of roles says, on every route: whoever may not is answered 403 or 404, and nobody else', async () => {
    for (const id of closed) {
      const { permission, reach } = routeOf(id);
      for (const caller of CALLERS) {
        const principal = at.principals[caller];
        const own = principal.kind === 'token' ? principal.boundTo : null;
        const scope = {
          environment: { project: 'shop', environment: 'production' },
          project: projectScope('shop'),
          installation: INSTALLATION_SCOPE,
          token: own,
        }[reach];
        const may = permission === 'known' || (scope !== null && permits(principal, permission as 'evaluate', scope));
        const { status, body } = await ask(id, caller);
        const isRefused = status === 403 || (status === 404 && /^there is not an? /.test(String(body.detail)));
        expect([id, caller, isRefused]).toEqual([id, caller, !may]);
        expect(status, `${id} as ${caller}`).not.toBe(401);
        expect(status, `${id} as ${caller}`).toBeLessThan(500);
      }
    }
  });

  it('changes nothing of it that the path is written otherwise', async () => {
    const tricks = [
      '//api/v1/projects/shop/environments/production/flags',
      '/API/v1/projects/shop/environments/production/flags',
    ];
    const dotted = '/healthz/../api/v1/projects/shop/environments/production/flags';
    for (const path of [...tricks, dotted, '/api/v1/projects/shop/environments/production/flags/', '/healthz/x', '/metrics;x'])
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE']) {
        const { status } = await at.ask(method, path, { as: null, headers: { 'x-http-method-override': 'GET' } });
        expect([method, path, [401, 404, 405].includes(status)]).toEqual([method, path, true]);
      }
  });

  it('has so many tries a minute with secrets that are not known', async () => {
    const guarded = await world({ failedLoginsPerMinute: 3 });
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 5; attempt++)
      statuses.push((await guarded.ask('GET', '/metrics', { as: `guess-${attempt}` as never })).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    // Whoever is known shares the address with the one who guesses, and is heard.
    expect((await guarded.ask('GET', '/metrics')).status).toBe(200);
    expect((await guarded.ask('POST', `${E}/flags/none/kill`, { as: 'editor' })).status).not.toBe(429);
    await guarded.close();
  });

  it('has no more tries by writing addresses before that of the proxy', async () => {
    const guarded = await world({ failedLoginsPerMinute: 2, trustedProxies: 1 });
    const attempt = async (given: string) =>
      (await guarded.ask('GET', '/metrics', { as: 'guess', headers: { 'x-forwarded-for': given } })).status;
    const statuses: number[] = [];
    for (const forged of ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4']) statuses.push(await attempt(`${forged}, 192.0.2.1`));
    expect([...statuses, await attempt('192.0.2.2')]).toEqual([401, 401, 429, 429, 401]);
    await guarded.close();
    const open = await world({ failedLoginsPerMinute: 1 });
    const direct = (given: string) => open.ask('GET', '/metrics', { as: 'guess', headers: { 'x-forwarded-for': given } });
    expect([(await direct('10.0.0.1')).status, (await direct('10.0.0.2')).status]).toEqual([401, 429]);
    await open.close();
  });

  it('has so many requests a minute, whatever else the cookie header says', async () => {
    const busy = await world({ requestsPerMinute: 2 });
    const login = await busy.ask('POST', '/api/v1/session', {
      as: null,
      body: { email: 'editor@example.org', password: PASSWORD },
    });
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
    const statuses: number[] = [];
    for (const other of ['a=1', 'a=2', 'a=3'])
      statuses.push((await busy.ask('GET', '/api/v1/me', { as: null, headers: { cookie: `${cookie}; ${other}` } })).status);
    expect(statuses).toEqual([200, 200, 429]);
    await busy.close();
  });
});
