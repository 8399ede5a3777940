import { type InputOf, openApiDocument, ROUTE_IDS, type RouteId, routeOf } from '@sluice/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callPeople, callProjects, callSessions, callWebhooks } from './administration.testing.ts';
import { type CheckedCall, checkedCall } from './checked-call.testing.ts';
import { parseOutboundPolicy } from './outbound/outbound-policy.ts';
import { SCOPE, type World, world } from './world.testing.ts';

let at: World;
const called = new Set<RouteId>();
beforeAll(async () => {
  at = await world({ outbound: parseOutboundPolicy('127.0.0.1') });
});
afterAll(() => at.close());

const call: CheckedCall = (id, input, options, as) => {
  called.add(id);
  return checkedCall(at)(id, input, options, as);
};

const flag = (key: string) => ({ ...SCOPE, key });
const metric = { aggregation: 'mean', count: 1, sum: 2, min: 2, max: 2, from: 1_800_000_000_000 } as const;

describe('every route, through the typed client', () => {
  it('flags', async () => {
    await call('flags.set', { ...flag('a'), settings: { enabled: true, rolloutPercentage: 5 }, reason: 'new' });
    await call('flags.set', { ...flag('a'), settings: { tags: ['ui'] } }, { ifRevision: 1, idempotencyKey: 'k1' });
    await expect(call('flags.set', { ...flag('a'), settings: {} }, { ifRevision: 0 })).rejects.toMatchObject({
      code: 'conflict',
    });
    await call('flags.setPercentage', { ...flag('a'), percentage: 10 });
    await call('flags.enable', flag('a'));
    await call('flags.kill', { ...flag('a'), reason: 'it burns' });
    await call('flags.unkill', flag('a'));
    await call('flags.restoreRevision', { ...flag('a'), revision: 1 });
    await call('flags.addUser', { ...flag('a'), user: 'ann/b:c' });
    await call('flags.removeUser', { ...flag('a'), user: 'ann/b:c', reason: 'left' });
    await call('flags.addGroup', { ...flag('a'), group: 'beta' });
    await call('flags.removeGroup', { ...flag('a'), group: 'beta' });
    await call('flags.get', flag('a'));
    await call('definitions.snapshot', SCOPE);
    await call('definitions.ownSnapshot', {}, {}, { token: at.secrets.server });
    await call('flags.list', { ...SCOPE, limit: 10, tag: 'ui' });
    await call('flags.explain', { ...flag('a'), unit: { userId: 'ann', attributes: { plan: 'pro' } } });
    await call('flags.preview', { ...flag('a'), settings: { rolloutPercentage: 20 }, units: [{ userId: 'ann' }] });
    await call('flags.preview', { ...flag('a'), settings: { rolloutPercentage: 200 } });
    await call('flags.settings', { ...flag('a'), revision: 1 });
    await call('flags.stats', flag('a'));
    await call('flags.stale', { ...SCOPE, unusedDays: 1 });
    const edit = await call('flags.schedule', { ...flag('a'), at: '2027-02-01T00:00:00Z', settings: { enabled: false } });
    await call('flags.scheduled', SCOPE);
    await call('flags.cancelScheduled', { ...SCOPE, id: edit.id });
    await call('flags.archive', flag('a'));
  });

  it('segments', async () => {
    await call('segments.set', { ...flag('staff'), settings: { members: ['ann'], condition: { plan: 'pro' } } });
    await call('segments.addMembers', { ...flag('staff'), userIds: ['bob'] });
    await call('segments.removeMembers', { ...flag('staff'), userIds: ['ann'] }, { ifRevision: 2 });
    expect((await call('segments.get', flag('staff'))).members).toEqual(['bob']);
    await call('segments.list', SCOPE);
    await call('segments.delete', flag('staff'));
  });

  it('rollouts', async () => {
    const of = (name: string) => ({ ...SCOPE, flag: name });
    const settings = { strategy: 'percentage', stages: [10, 100], unvalidated: true, bakeMs: 60_000 } as const;
    for (const name of ['r1', 'r2', 'r3'])
      await call('flags.set', { ...flag(name), settings: { enabled: true, rolloutPercentage: 0 } });
    await call('rollouts.advise', { ...of('r1'), settings });
    await call('rollouts.start', { ...of('r1'), settings, onConflict: 'refuse' });
    await call('rollouts.pause', of('r1'));
    await call('rollouts.resume', of('r1'));
    await call('rollouts.promote', { ...of('r1'), full: true, reason: 'sure' });
    await call('rollouts.abort', of('r1'));
    await call('rollouts.start', { ...of('r2'), settings: { ...settings, startApproval: true, autoAdvance: false } });
    await call('rollouts.approveStart', of('r2'));
    await at.clock.advance(120_000);
    await call('rollouts.approve', of('r2'));
    await call('rollouts.start', { ...of('r3'), settings: { ...settings, startApproval: true } });
    await call('rollouts.reject', of('r3'));
    await call('rollouts.status', of('r2'));
    expect((await call('rollouts.list', SCOPE)).rollouts).toHaveLength(3);
    expect((await call('rollouts.sources', SCOPE)).sources).toContainEqual({ name: 'collector', health: 'unasked', asked: [] });
  });

  it('rollbacks', async () => {
    for (const name of ['b1', 'b2', 'b3']) await call('flags.set', { ...flag(name), settings: { enabled: true } });
    const { id } = await call('rollbacks.immediate', { ...SCOPE, flag: 'b1', reason: 'errors' });
    await call('rollbacks.gradual', { ...SCOPE, flag: 'b2', reason: 'slow', stages: [50, 0], intervalMs: 1000 });
    await call('rollbacks.targeted', { ...SCOPE, flag: 'b3', reason: 'one user', userIds: ['ann', 7] });
    expect((await call('rollbacks.history', SCOPE)).rollbacks.length).toBeGreaterThanOrEqual(3);
    const report = await call('rollbacks.report', { ...SCOPE, id: String(id) });
    expect(report.markdown).toContain('errors');
    await call('breakGlass.kill', { ...SCOPE, flag: 'b3', reason: 'worse' });
    await call('breakGlass.pending', {});
  });

  it('tests', async () => {
    const of = { ...SCOPE, test: 't' };
    const settings = { testId: 't', controlComponent: 'a', treatmentComponent: 'b', trackedMetrics: ['latency'] };
    await call('experiments.advise', { ...SCOPE, settings });
    const plan = { metric: { kind: 'mean', mean: 100, standardDeviation: 30 }, lift: -0.05, unitsPerDay: 500 } as const;
    expect((await call('experiments.plan', { ...SCOPE, plan })).totalUnits).toBeGreaterThan(1000);
    await call('experiments.create', { ...SCOPE, settings });
    await call('experiments.update', { ...of, changes: { description: 'which is faster' } });
    await call('experiments.start', of);
    await call('experiments.rebase', { ...of, changes: { trafficSplit: 0.4 }, reason: 'too many' });
    await call('experiments.results', of);
    await call('experiments.stop', of);
    await call('experiments.ship', {
      ...of,
      variant: 'treatment',
      settings: { strategy: 'canary', unvalidated: true },
      reason: 'we like it',
    });
    await call('rollouts.abort', { ...SCOPE, flag: 't' });
    await call('experiments.archive', of);
    await call('experiments.get', of);
    expect((await call('experiments.list', { ...SCOPE, archived: 'true' })).experiments).toHaveLength(1);
  });

  it('components', async () => {
    const of = { ...SCOPE, component: 'ner' };
    for (const version of ['1.0.0', '2.0.0', '3.0.0']) await call('components.register', { ...of, version });
    expect(await call('components.swap', { ...of, version: '2.0.0' })).toMatchObject({
      from: '1.0.0',
      to: '2.0.0',
      changed: true,
    });
    await call('components.retire', { ...of, version: '3.0.0' });
    await call('components.versions', of);
    expect((await call('components.list', SCOPE)).components).toEqual([{ name: 'ner', stableVersion: '2.0.0', versionCount: 2 }]);
  });

  it('metrics', async () => {
    const facts = {
      ...SCOPE,
      instanceId: 'process-1',
      seq: 1,
      tallies: [
        {
          subject: 'flag/b3',
          tally: { counts: { 'on/STATIC': 3 }, distinct: { on: [[1, 2]] }, sketches: {}, firstAt: 1, lastAt: 2 },
        },
      ],
      units: [
        {
          subject: 'nowhere',
          unit: '00000000000000ff',
          arm: 'control',
          firstExposureAt: 1_800_000_000_000,
          metrics: { latency: metric },
        },
      ],
      observations: [{ subject: 'nowhere', arm: 'control', metrics: { size: { n: 1, mean: 0, m2: 0, shift: 3 } } }],
    } as const satisfies InputOf<'metrics.addFacts'>;
    for (let turn = 0; turn < 2; turn++) {
      const told = await call('metrics.addFacts', facts);
      expect([told.taken, told.refused.map(({ path }) => path)], 'there is no such test').toEqual([
        1,
        ['/units/0', '/observations/0'],
      ]);
    }
    expect((await call('flags.stats', flag('b3'))).evaluations).toBe(3);
    const observations = [
      { metric: 'latency', value: 120, flag: 'b3', variant: 'on', unit: 'ann' },
      { kind: 'count', metric: 'errors', value: 1 },
      { metric: 'latency', value: 1, test: 'none', variant: 'control' },
    ] as const;
    const told = await call('metrics.observe', { ...SCOPE, observations });
    expect([told.taken, told.refused.map(({ path }) => path)]).toEqual([1, ['/observations/1', '/observations/2']]);
    const sent = { sentAt: at.clock.now(), sender: { instanceId: 'sdk-1', seq: 1 } };
    const batch = { ...SCOPE, ...sent, observations: [{ ...observations[0], at: at.clock.now() - 5000 }] } as const;
    expect(await call('metrics.observe', batch)).toEqual({ taken: 1, refused: [] });
    const exposures = [{ flag: 'b3', variant: 'on', unit: 'ann' }] as const;
    const whom = await call('metrics.observe', { ...SCOPE, exposures, sender: { instanceId: 'sdk-1', seq: 2 } });
    expect(
      whom.refused.map(({ path }) => path),
      'nothing runs on it',
    ).toEqual(['/exposures/0']);
  });

  it('history, search and transfer', async () => {
    const seen: number[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { readonly members: readonly { readonly seq: number }[]; readonly nextCursor: string | null } = await call(
        'history.list',
        {
          ...SCOPE,
          limit: 7,
          ...(cursor === '' ? {} : { cursor }),
        },
      );
      seen.push(...page.members.map(({ seq }) => seq));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual([...seen].sort((a, b) => b - a));
    const { members } = await call('history.list', {
      ...SCOPE,
      kind: 'flag',
      type: 'flag.killed',
      order: 'oldestFirst',
      limit: 500,
    });
    expect(members.map(({ key }) => key)).toContain('a');
    expect((await call('search.find', { ...SCOPE, q: 'NER' })).members).toMatchObject([{ kind: 'flag', key: 'ner' }]);
    const document = await call('transfer.export', SCOPE);
    const imported = await call('transfer.import', { ...SCOPE, document, reason: 'again', onExisting: 'merge', dryRun: true });
    expect(imported.changed).toBe(false);
  });

  it('OFREP, and what the server says of itself', async () => {
    const sdk = { token: at.secrets.server };
    await call('ofrep.evaluate', { key: 'b3', context: { targetingKey: 'eve' } }, {}, sdk);
    await call('ofrep.report', { context: { targetingKey: 'eve' }, id: 'r1', values: [{ metric: 'm', value: 1 }] }, {}, sdk);
    await call('ofrep.evaluateAll', { context: { targetingKey: 'eve', plan: 'pro' } }, {}, sdk);
    await call('system.health', {});
    await call('system.ready', {});
    const text = await call('system.metrics', {});
    expect(text).toMatch(/^sluice_http_request_duration_seconds_count\{route="flags.set"/m);
    expect(text).toMatch(/^sluice_flags\{project="shop",environment="production",status="enabled"\} \d/m);
    expect(await call('system.openapi', {})).toEqual(openApiDocument('0.1.0'));
  });

  it('projects and their environments', () => callProjects(at, call));

  it('people and tokens', () => callPeople(call));

  it('sessions', () => callSessions(at, call));

  it('webhooks', () => callWebhooks(call));

  it('that is all of them', () => {
    // That one is for a server without an administrator: `start.test.ts` calls it.
    // Streams and bytes are no calls: `live-routes.test.ts` asks for them.
    const isCall = (id: RouteId): boolean => ['json', 'text'].includes(routeOf(id).medium);
    expect(ROUTE_IDS.filter((id) => isCall(id) && !called.has(id))).toEqual(['session.setUp']);
  });
});
