/** Over the whole route table: what is wrong with a request is told in our words, with its place, what was given and what would be right. */
import { shown } from '@sluice/core';
import { ROUTE_IDS, type Route, type RouteId, routeOf } from '@sluice/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, E, PASSWORD, SCOPE, type World, world } from './world.testing.ts';

let at: World;
let cookie = '';
beforeAll(async () => {
  at = await world({ requestsPerMinute: 1_000_000, failedLoginsPerMinute: 1_000_000 });
  const email = 'admin@example.org';
  const answer = await at.ask('POST', '/api/v1/session', { as: null, body: { email, password: PASSWORD } });
  cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
});
afterAll(() => at.close());

interface Told {
  readonly path: string;
  readonly message: string;
}

const routes = ROUTE_IDS.map((id) => ({ id, route: routeOf(id) }));
const isOfrep = (id: RouteId): boolean => id.startsWith('ofrep.');
const LIBRARY_WORDS = /Invalid|Unrecognized|expected|received|Too (?:small|big)|NaN/;
const WORDS = /^must (?:be|have|not) .+; it is .+$/;

function pathOf(route: Route, query = ''): string {
  const path = route.path.replace(':project', 'shop').replace(':environment', 'production').replace(/:\w+/g, 'f');
  return `${path}${query}`;
}

interface Asked {
  readonly route: Route;
  readonly query?: string;
  /** The route's own unless given. */
  readonly path?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** As somebody who may ask for the route. */
function ask({ route, query = '', path = pathOf(route, query), body, headers = {} }: Asked): Promise<Answer> {
  const sent = body === undefined ? {} : { body };
  const own = { cookie, 'sec-fetch-site': 'same-origin', ...headers };
  if (route.permission === 'account.manage') return at.ask(route.method, path, { as: null, headers: own, ...sent });
  const as = route.permission === 'public' ? null : route.reach === 'token' ? 'server' : 'admin';
  return at.ask(route.method, path, { as, headers, ...sent });
}

const issuesOf = ({ body }: Answer): readonly Told[] => (body.issues ?? []) as readonly Told[];

/** The first of `candidates` that the member does not take; undefined where it takes all. */
function wrongFor(schema: Route['query'] | Route['query']['shape'][string], candidates: readonly unknown[]): unknown {
  return candidates.find((candidate) => !schema.safeParse(candidate).success);
}

describe('of every route', () => {
  it.each(routes.filter(({ id, route }) => route.body !== null && !isOfrep(id)))(
    '$id tells each member of its body that is wrong, and one that it does not know',
    async ({ route }) => {
      const wrong = Object.entries(route.body?.shape ?? {}).map(
        ([name, schema]) => [name, wrongFor(schema, [7.5, {}, true, 'x'.repeat(200_000)])] as const,
      );
      const sent = Object.fromEntries(wrong.filter(([, value]) => value !== undefined));
      const answer = await ask({ route, body: { ...sent, nonsense: 'odd' } });
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid']);
      const issues = issuesOf(answer);
      expect(issues.map(({ path }) => path).sort()).toEqual([...Object.keys(sent), 'nonsense'].map((name) => `/${name}`).sort());
      for (const { path, message } of issues) {
        expect(message, path).toMatch(WORDS);
        expect(message, path).not.toMatch(LIBRARY_WORDS);
        const given = path === '/nonsense' ? 'odd' : sent[path.slice(1)];
        const isSecret = /password|secret|current/.test(Object.keys(route.body?.shape ?? {}).join());
        if (!isSecret) expect(message, path).toContain(`; it is ${shown(given)}`);
      }
    },
  );

  it.each(routes.filter(({ route }) => !route.ignoresQuery))(
    '$id tells each parameter of its query that is wrong, and one that it does not know',
    async ({ id, route }) => {
      const wrong = Object.entries(route.query.shape).map(
        ([name, schema]) => [name, wrongFor(schema, ['odd', '', 'x'.repeat(5000)])] as const,
      );
      const sent = wrong.filter((one): one is readonly [string, string] => one[1] !== undefined && one[0] !== 'token');
      const missing = Object.entries(route.query.shape).filter(([, schema]) => !schema.safeParse(undefined).success);
      const wrongNames = new Set([...sent, ...missing].map(([name]) => name));
      const query = new URLSearchParams({ ...Object.fromEntries(sent), nonsense: 'odd' });
      const body = route.body === null ? undefined : isOfrep(id) ? { context: {} } : {};
      const answer = await ask({ route, query: `?${query}`, body });
      expect(answer.status).toBe(400);
      const text = answer.text;
      expect(text).not.toMatch(LIBRARY_WORDS);
      if (isOfrep(id)) return expect(text).toContain('query nonsense must be left out');
      const issues = issuesOf(answer);
      expect(issues.map(({ path }) => path).sort()).toEqual([...wrongNames, 'nonsense'].map((name) => `query ${name}`).sort());
      for (const { path, message } of issues) expect(message, path).toMatch(WORDS);
    },
  );

  it.each(routes.filter(({ id, route }) => route.body === null && !isOfrep(id) && route.method !== 'GET'))(
    '$id takes no body, and says so',
    async ({ route }) => {
      const answer = await ask({ route, body: { reason: 'x' } });
      expect([answer.status, issuesOf(answer)]).toMatchObject([
        400,
        [{ path: '', message: expect.stringContaining('takes no body') }],
      ]);
    },
  );

  const own = (route: Route): string[] =>
    Object.keys(route.params.shape).filter((name) => !['project', 'environment'].includes(name));
  it.each(routes.filter(({ id, route }) => own(route).length > 0 && route.medium === 'json' && !isOfrep(id)))(
    '$id tells which part of its path is wrong',
    async ({ route }) => {
      for (const name of own(route)) {
        const path = pathOf({ ...route, path: route.path.replace(`:${name}`, 'x'.repeat(1025)) } as Route);
        const answer = await ask({ route, path, ...(route.body === null ? {} : { body: {} }) });
        expect([answer.status, issuesOf(answer)[0]?.path], name).toEqual([400, `path ${name}`]);
        expect(issuesOf(answer)[0]?.message).toMatch(/^must be a text of 1 to 1024 characters; it is "x+…"$/);
      }
    },
  );

  const isNeverRefused = ({ permission }: Route): boolean => /^(?:rollbacks|breakGlass)\.perform$/.test(permission);
  it.each(routes.filter(({ route }) => route.changes && !route.matchesRevision && !isNeverRefused(route)))(
    '$id is of no revision, and refuses a condition that it would not check',
    async ({ route }) => {
      for (const [header, value] of [
        ['if-match', 'W/"r1"'],
        ['if-match', 'nonsense'],
        ['if-none-match', '*'],
      ] as const) {
        const answer = await ask({ route, headers: { [header]: value }, ...(route.body === null ? {} : { body: {} }) });
        const [issue] = issuesOf(answer);
        expect([answer.status, issue?.path]).toEqual([400, `header ${header}`]);
        expect(issue?.message).toBe(`must be left out: this change is of no single revision; it is ${shown(value)}`);
      }
    },
  );

  it.each(routes.filter(({ route }) => route.matchesRevision))('$id refuses a condition that is none', async ({ route }) => {
    const body = route.body === null ? {} : { body: bodyFor(route) };
    for (const headers of [
      { 'if-match': 'r1' },
      { 'if-match': '*' },
      { 'if-none-match': 'W/"r1"' },
      { 'if-match': 'W/"r1"', 'if-none-match': '*' },
    ]) {
      const answer = await ask({ route, headers: headers as Record<string, string>, ...body });
      const [issue] = issuesOf(answer);
      expect([answer.status, issue?.path]).toEqual([400, expect.stringMatching(/^header if-(?:none-)?match$/)]);
      expect(issue?.message).toMatch(WORDS);
    }
  });

  it.each(routes.filter(({ route }) => route.changes && isNeverRefused(route)))(
    '$id is never refused for a condition',
    async ({ route }) => {
      const answer = await ask({ route, headers: { 'if-match': 'nonsense' }, body: {} });
      expect(answer.text).not.toContain('if-match');
    },
  );
});

/** A body without a fault in its form, so that only the headers are wrong. */
function bodyFor(route: Route): object {
  const given: Readonly<Record<string, unknown>> = { settings: {}, percentage: 1, revision: 1, userIds: ['a'] };
  return Object.fromEntries(Object.keys(route.body?.shape ?? {}).flatMap((name) => (name in given ? [[name, given[name]]] : [])));
}

it('pages and probes let what is appended to their address pass', async () => {
  for (const path of ['/healthz?x=1', '/readyz?x=1']) expect((await at.ask('GET', path, { as: null })).status).toBe(200);
});

it('no rollback fails for the length of its reason', async () => {
  await at.sluice.flags.setFlag('long', { enabled: true });
  const reason = 'because '.repeat(5000);
  for (const [path, body] of [
    [`${E}/rollbacks/immediate`, {}],
    ['/api/v1/break-glass/kill', SCOPE],
  ] as const)
    expect((await at.ask('POST', path, { body: { ...body, flag: 'long', reason } })).status, path).toBe(200);
});

it('places that the library names otherwise are told as they were sent', async () => {
  await at.sluice.flags.setFlag('placed', { enabled: true });
  const told = async (method: string, path: string, body?: object) => {
    const answer = await at.ask(method, `${E}${path}`, body === undefined ? {} : { body });
    return [answer.status, answer.body.detail, issuesOf(answer)[0]?.path];
  };
  const percentage = await told('PUT', '/flags/placed/percentage', { percentage: -1 });
  expect(percentage).toEqual([400, 'percentage must be from 0 to 100; it is -1', '/percentage']);
  const stale = await told('GET', '/stale-flags?unusedDays=-5');
  expect(stale).toEqual([400, 'listStale: query unusedDays must be a number of days above 0; it is -5', 'query unusedDays']);
  const report = await told('GET', '/rollbacks/first/report');
  expect(report).toEqual([
    400,
    'path id must be the number of a rollback, as the list has it under id; it is "first"',
    'path id',
  ]);
  const removed = await told('DELETE', '/flags/placed/users/ann', { reason: 'left' });
  expect(removed[1]).toContain('the reason goes into the query, as ?reason=…');
});
