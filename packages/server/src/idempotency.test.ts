import { type CallId, type InputOf, ROUTE_IDS, routeOf } from '@sluice/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repeatOf } from './api/repeats.ts';
import { type CheckedCall, checkedCall } from './checked-call.testing.ts';
import { E, SCOPE, type World, world } from './world.testing.ts';

let at: World;
beforeAll(async () => {
  at = await world();
});
afterAll(() => at.close());

const commits = async () => {
  const { events } = await at.workspace.history({ ...SCOPE, limit: 1000 });
  return events.length;
};

const call: CheckedCall = (id, input, options) => checkedCall(at)(id, input, options);

/** The same call twice under one key: it is done once, and both times answered. */
async function twice<Id extends CallId>(id: Id, input: InputOf<Id>) {
  const options = { idempotencyKey: `key-of-${id}` };
  const first = await call(id, input, options);
  const after = await commits();
  const second = await call(id, input, options);
  expect(await commits(), id).toBe(after);
  return { first, second };
}

describe('an idempotency key', () => {
  it('makes a change once, however often it is sent, and answers each time', async () => {
    const flag = { ...SCOPE, key: 'f' };
    const { first, second } = await twice('flags.set', { ...flag, settings: { enabled: true, rolloutPercentage: 10 } });
    expect(second).toEqual(first);
    await twice('flags.kill', { ...flag, reason: 'x' });
    await twice('flags.unkill', flag);
    const scheduled = await twice('flags.schedule', { ...flag, at: '2027-02-01T00:00:00Z', settings: { tags: ['a'] } });
    expect(scheduled.second).toEqual(scheduled.first);
    await twice('segments.set', { ...flag, settings: { members: ['ann'] } });
    await twice('segments.delete', flag);
    const rolledBack = await twice('rollbacks.immediate', { ...SCOPE, flag: 'f', reason: 'errors' });
    expect(rolledBack.second).toEqual({ ...rolledBack.first, durationMs: 0 });
    const settings = { testId: 't', controlComponent: 'a', treatmentComponent: 'b' };
    await twice('experiments.create', { ...SCOPE, settings });
    await twice('experiments.start', { ...SCOPE, test: 't' });
    const component = { ...SCOPE, component: 'ner' };
    await twice('components.register', { ...component, version: '1.0.0' });
    await call('components.register', { ...component, version: '2.0.0' });
    const swapped = await twice('components.swap', { ...component, version: '2.0.0' });
    expect(swapped.second).toMatchObject({ from: '1.0.0', to: '2.0.0', changed: true });
    const start = { ...SCOPE, flag: 'g', settings: { strategy: 'canary', unvalidated: true } } as const;
    await call('flags.set', { ...SCOPE, key: 'g', settings: { enabled: true, rolloutPercentage: 0 } });
    await twice('rollouts.start', start);
    await twice('projects.define', { project: 'shop', key: 'g', definition: { description: 'x' } });
    await twice('people.create', { email: 'ann@example.org' });
    await twice('webhooks.set', { project: 'shop', key: 'hook', settings: { url: 'https://example.org/x' } });
  });

  it('of many at the same time lets one through', async () => {
    const ask = () =>
      at.ask('PATCH', `${E}/flags/once`, {
        body: { settings: { tags: ['a'] } },
        headers: { 'idempotency-key': 'rush', 'if-none-match': '*' },
      });
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(at.sluice.flags.getFlag('once')?.revision).toBe(1);
  });

  it('of another request is a mistake, and of another caller another key', async () => {
    const ask = (as: string, percentage: number) =>
      at.ask('PUT', `${E}/flags/once/percentage`, { as, body: { percentage }, headers: { 'idempotency-key': 'mine' } });
    expect((await ask('admin', 1)).status).toBe(200);
    const other = await ask('admin', 2);
    expect([other.status, other.body.code]).toEqual([422, 'repeated']);
    expect((await ask('editor', 2)).body.rolloutPercentage).toBe(2);
  });

  it('tells no secret twice', async () => {
    const ask = () =>
      at.ask('POST', '/api/v1/projects/shop/tokens', {
        body: { kind: 'server', label: 'a', boundTo: 'production' },
        headers: { 'idempotency-key': 'token' },
      });
    expect((await ask()).body.secret).toEqual(expect.any(String));
    const again = await ask();
    expect([again.status, again.body.code, again.text.includes('secret":')]).toEqual([409, 'repeated', false]);
  });

  it('is answered on every route that changes, but for those whose secrets are told once and for metrics, whose batches count once', () => {
    const changing = ROUTE_IDS.filter((id) => routeOf(id).changes);
    expect(changing.filter((id) => repeatOf(id) === undefined)).toEqual([
      'metrics.addFacts',
      'metrics.observe',
      'tokens.create',
      'account.createToken',
    ]);
  });
});
