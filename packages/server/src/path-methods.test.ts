import { ROUTES } from '@sluice/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { methodsAt } from './path-methods.ts';
import { E, type World, world } from './world.testing.ts';

const METHODS = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'] as const;
const isAsked = (method: string): boolean => method !== 'OPTIONS';

let at: World;
beforeAll(async () => {
  at = await world();
});
afterAll(() => at.close());

it('knows of each path the methods that it takes', async () => {
  for (const { path } of Object.values(ROUTES)) {
    const url = path.replaceAll(/:\w+/g, 'x');
    const refused: string[] = [];
    for (const method of METHODS) if ((await at.app.http.inject({ method, url })).statusCode === 405) refused.push(method);
    expect(methodsAt(url).filter(isAsked), path).toEqual(METHODS.filter((method) => !refused.includes(method)));
  }
});

it('says which methods a path takes to whoever sent another, and 404 of what is no path', async () => {
  for (const [method, path, allow] of [
    ['POST', `${E}/flags/f`, 'GET, HEAD, PATCH'],
    ['DELETE', '/healthz', 'GET, HEAD'],
    ['GET', '/ofrep/v1/evaluate/flags?x=1', 'OPTIONS, POST'],
    ['HEAD', `${E}/stream`, 'GET'],
    ['OPTIONS', '/api/v1/me', 'GET, HEAD'],
  ] as const) {
    const answer = await at.ask(method, path);
    expect([answer.status, answer.headers.get('allow')], `${method} ${path}`).toEqual([405, allow]);
    if (method !== 'HEAD') expect(answer.body).toMatchObject({ status: 405, detail: expect.stringContaining(`takes ${allow}`) });
  }
  for (const path of ['/api/v1/flag', `${E}/flags/`, `${E}/flags/f/none`, '/ofrep/v1/evaluate']) {
    const answer = await at.ask('DELETE', path);
    expect([answer.status, answer.headers.get('allow')], path).toEqual([404, null]);
  }
});
