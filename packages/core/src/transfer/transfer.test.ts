import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../error.ts';
import { createExperiment, endExperiment } from '../experiment/lifecycle.ts';
import { parseTestSettings } from '../experiment/settings.ts';
import { newFlag } from '../flag/edit.ts';
import type { Flag } from '../flag/flag.ts';
import type { SluiceRecord } from '../record.ts';
import type { Rollout } from '../rollout/rollout.ts';
import { ask, BY, flagOf, openWorld, START } from '../rollout/world.testing.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { segmentOf } from '../segment/segment.testing.ts';
import { exportDocument } from './document.ts';
import { parseDocument } from './parse-document.ts';
import { planImport } from './plan-import.ts';

const NOW = START + 1_000_000;
const names = fc.array(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 3 }).map((list) => [...new Set(list)]);
const key = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'a/b~c'), fc.string({ minLength: 1, maxLength: 8 }));
const share = fc.integer({ min: 0, max: 100_000 });
const flag: fc.Arbitrary<Flag> = fc
  .record({
    key,
    status: fc.constantFrom('disabled', 'percentage', 'enabled', 'whitelist'),
    share,
    statusBeforeKill: fc.constantFrom(null, 'percentage', 'enabled'),
    description: fc.string(),
    enabledUsers: names,
    enabledGroups: names,
    disabledUsers: names,
    disabledGroups: names,
    tags: names,
    salt: fc.string({ minLength: 1 }),
    owner: fc.option(fc.string({ minLength: 1 })),
    bucketBy: fc.option(fc.string({ minLength: 1 })),
    expiresAt: fc.option(fc.integer({ min: 0, max: 4e12 })),
    archivedAt: fc.option(fc.integer({ min: 0, max: 4e12 })),
    createdAt: fc.integer({ min: 0, max: 4e12 }),
    variants: fc.constant({ off: false, on: { deep: [1, null, 'x'] }, third: 3 }),
    split: fc.constantFrom(
      [],
      [
        { variant: 'on', share: 12_345 },
        { variant: 'third', share: 87_655 },
      ],
    ),
    conditions: fc.constantFrom({}, { plan: ['pro'], not: { age: { lt: 18 } } }),
    rules: share.map((part) => [
      { if: { plan: 'a' }, share: part },
      { if: {}, variant: 'third' },
    ]),
    revision: fc.integer({ min: 1, max: 99 }),
  })
  .map((fields): Flag => ({ ...newFlag(fields.key, DEFAULT_SCOPE, START), ...(fields as Partial<Flag>) }));

const outcome: fc.Arbitrary<Rollout['phase']> = fc.oneof(
  fc.constant({ name: 'completed' } as const),
  fc.record({ name: fc.constantFrom('aborted', 'superseded', 'preflightFailed'), message: fc.string() }),
  fc.record({ name: fc.constant('rolledBack' as const), cause: fc.constantFrom('harm', 'gradual'), message: fc.string() }),
);
const records: fc.Arbitrary<SluiceRecord[]> = fc
  .uniqueArray(flag, { selector: (made) => made.key, maxLength: 5 })
  .chain((flags) => fc.tuple(fc.constant(flags), fc.array(outcome, { maxLength: flags.length })))
  .map(([flags, outcomes]) => [
    ...flags,
    ...outcomes.map((phase, index): Rollout => ({ ...endedRollout(flags[index]?.key ?? ''), phase })),
    ...flags.slice(0, 2).map((made) => stoppedTest(made.key)),
    ...flags.slice(0, 1).map((made) => ({ ...segmentOf(made.key, { plan: 'pro' }, ['ann', '__proto__']), createdAt: START })),
  ]);

function endedRollout(name: string): Rollout {
  const world = ask(
    openWorld({ criteria: [{ metric: 'errorRate', max: 0.05 }] }, flagOf({ key: name, share: 1_234, status: 'whitelist' })),
    'abort',
  );
  const weekly = { days: ['fri'] as const, fromMinute: 0, toMinute: 1440, timeZone: 'UTC' };
  const plan = { ...world.rollout.plan, freezeWindows: [{ weekly, reason: '' }] };
  return { ...world.rollout, plan, key: name, applied: null, progress: null, warnings: ['w'] };
}

function stoppedTest(testId: string) {
  const settings = {
    testId,
    description: 'd',
    arms: [
      { variant: 'control', component: 'a', weight: 0.33333 },
      { variant: 'b', component: 'b', weight: 0.33333 },
      { variant: 'c', component: 'c', weight: 0.33334 },
    ],
    trafficShare: 0.3,
    eligibility: { in_segment: 'deleted since' },
  };
  const change = createExperiment(parseTestSettings(settings), DEFAULT_SCOPE, BY, START);
  const made = isRefusal(change) ? undefined : change.records[0];
  if (made?.kind !== 'experiment') throw new Error('no test was made');
  return { ...endExperiment(made, BY, NOW - 5), startedAt: START + 1, drawnBy: { salt: 's', bucketBy: null }, shipped: 'c' };
}

function parsed(document: unknown): readonly SluiceRecord[] {
  const result = parseDocument(JSON.parse(JSON.stringify(document)), DEFAULT_SCOPE, NOW);
  if ('issues' in result) throw new Error(JSON.stringify(result.issues));
  return result.records;
}

function issuesOf(document: unknown): string[] {
  const result = parseDocument(document, DEFAULT_SCOPE, NOW);
  return 'issues' in result ? result.issues.map(({ path, message }) => `${path} ${message}`) : [];
}

describe('a document', () => {
  it('comes out of an empty store as it went in, but for its own time', () => {
    fc.assert(
      fc.property(records, (kept) => {
        const document = exportDocument(kept, DEFAULT_SCOPE, NOW);
        const { change, entries } = planImport(parsed(document), [], 'refuse', BY, NOW);
        expect(entries.every((entry) => entry.outcome === 'create')).toBe(true);
        expect(exportDocument(change?.records ?? [], DEFAULT_SCOPE, NOW)).toEqual(document);
        const again = planImport(parsed(document), change?.records ?? [], 'refuse', BY, NOW);
        expect(again.change?.records).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('from before tests had a method is one of tests that are judged at every look', () => {
    const settings = parseTestSettings({ testId: 't', controlComponent: 'a', treatmentComponent: 'b', method: 'fixedHorizon' });
    const created = createExperiment(settings, DEFAULT_SCOPE, BY, START);
    const document = exportDocument(isRefusal(created) ? [] : created.records, DEFAULT_SCOPE, NOW);
    const [entry = {}] = document.experiments;
    const { method: _method, plannedUnits: _units, ...old } = entry;
    expect(parsed({ ...document, experiments: [old] }).find(({ kind }) => kind === 'experiment')).toMatchObject({
      method: 'sequence',
      plannedUnits: null,
    });
    expect(issuesOf({ ...document, experiments: [{ ...entry, method: 'bayes' }] }).join()).toContain('/experiments/0/method');
  });

  it('is refused with every issue at once and where each stands', () => {
    const [entry] = exportDocument([flagOf()], DEFAULT_SCOPE, NOW).flags;
    const document = {
      ...exportDocument([], DEFAULT_SCOPE, NOW),
      secrets: [],
      flags: [
        { ...entry, rolloutPercentage: 101, status: 'on' },
        { ...entry, name: 'b', conditions: { age: { gtt: 3 } }, rollout: 5 },
        { ...entry, name: 'c', offVariant: 'nope' },
        { ...entry, name: 'c' },
        entry,
        entry,
        7,
      ],
      experiments: [{}],
    };
    const issues = issuesOf(document);
    for (const start of [
      '/secrets is not a field here',
      '/flags/0/status must be one of disabled, percentage, enabled, whitelist; it is "on"',
      '/flags/0/rolloutPercentage must be from 0 to 100; it is 101',
      '/flags/1/rollout is not a field here',
      '/flags/2/offVariant "nope" is not one of its variants',
      '/flags/5/name is "checkout" again; /flags/4 has that name',
      '/flags/6 must be an object; it is 7',
      '/experiments/0/testId must be a text that is not empty; it is missing',
    ])
      expect(
        issues.some((issue) => issue.startsWith(start)),
        start,
      ).toBe(true);
    expect(issuesOf({ ...document, flags: [{ ...entry, conditions: { age: { gtt: 3 } } }] })).toContainEqual(
      expect.stringContaining('/flags/0/conditions/age'),
    );
  });

  it('of another version or format is not read any further', () => {
    expect(issuesOf({ ...exportDocument([], DEFAULT_SCOPE, NOW), version: 2, flags: 7 })).toEqual([
      '/version must be 1, which is what this Sluice reads; it is 2',
    ]);
    expect(issuesOf([])).toEqual([' must be an object; it is a list of 0']);
    expect(issuesOf({ flags: [] })).toContainEqual(expect.stringMatching(/^\/format must be .*; it is missing$/));
  });
});

describe('planImport', () => {
  const live = flagOf({ share: 10_000 });
  const plan = (wanted: SluiceRecord[], kept: SluiceRecord[], how: 'refuse' | 'merge' | 'replace') =>
    planImport(parsed(exportDocument(wanted, DEFAULT_SCOPE, NOW)), kept, how, BY, NOW);

  it('refuses what differs, merges what is named, and archives the rest only when it replaces', () => {
    const other = flagOf({ key: 'other' });
    const wanted = flagOf({ share: 20_000 });
    expect(plan([wanted], [live, other], 'refuse')).toMatchObject({ change: null, entries: [{ outcome: 'refused' }] });
    const merged = plan([wanted], [live, other], 'merge');
    expect(merged.change?.records).toMatchObject([{ key: 'checkout', share: 20_000, revision: 2 }]);
    expect(merged.change?.events).toMatchObject([{ type: 'flag.updated', actor: 'ada', detail: { imported: true } }]);
    const replaced = plan([wanted], [live, other], 'replace');
    expect(replaced.entries.map((entry) => entry.outcome)).toEqual(['update', 'archive']);
    expect(replaced.change?.records[1]).toMatchObject({ key: 'other', archivedAt: NOW });
  });

  it('refuses flags that need what is neither there nor in the document, or that lead in a circle', () => {
    const needing = (key: string, flag: string) => ({ ...flagOf({ key }), prerequisites: [{ flag, variants: ['on'] }] });
    expect(plan([needing('a', 'b')], [], 'refuse').entries).toMatchObject([
      { outcome: 'invalid', message: expect.stringContaining('names the flag "b", which does not exist') },
    ]);
    expect(plan([needing('a', 'checkout')], [live], 'refuse').change?.records).toMatchObject([
      { key: 'a', prerequisites: [{ flag: 'checkout', variants: ['on'] }] },
    ]);
    const circle = [1, 2, 3, 4, 5, 6, 0].map((next, at) => needing(`f${at}`, `f${next}`));
    expect(plan(circle, [], 'refuse').entries.map(({ outcome, message }) => [outcome, message])).toContainEqual([
      'invalid',
      expect.stringContaining('circle: f0 → f1 → f2 → f3 → (3 more) → f0'),
    ]);
  });

  it('never writes over a tombstone, nor over what somebody is moving, and then imports nothing', () => {
    const wanted = flagOf({ share: 20_000 });
    for (const kept of [
      { ...live, archivedAt: 1 },
      { ...live, shareOwner: { kind: 'rollout', key: 'checkout' } as const },
    ])
      for (const how of ['merge', 'replace'] as const)
        expect(plan([wanted, flagOf({ key: 'fresh' })], [kept], how)).toMatchObject({
          change: null,
          entries: [{ outcome: 'refused' }, { outcome: 'create' }],
        });
    const owned = { ...live, shareOwner: { kind: 'rollout', key: 'checkout' } as const };
    const [, replaced] = plan([flagOf({ key: 'fresh' })], [owned], 'replace').entries;
    expect(replaced).toMatchObject({ outcome: 'refused', message: expect.stringContaining('rollout') });
  });

  it('aborts a rollout that was under way, with its flag as before it', () => {
    const world = openWorld({}, flagOf({ share: 500 }));
    const flag: Flag = { ...world.flag, shareOwner: { kind: 'rollout', key: 'checkout' } };
    const { change } = plan([flag, world.rollout], [], 'refuse');
    expect(change?.records).toMatchObject([
      { kind: 'flag', share: 500, shareOwner: null },
      { kind: 'rollout', phase: { name: 'aborted' }, dueAt: null, endedAt: NOW },
    ]);
  });

  it('keeps the later of two rollouts, and refuses one without its flag', () => {
    const older = endedRollout('checkout');
    const newer = { ...older, number: 5 };
    expect(plan([older], [live, newer], 'merge').entries).toMatchObject([{ outcome: 'unchanged' }]);
    expect(plan([newer], [live, older], 'merge').change?.records).toMatchObject([{ number: 5, revision: older.revision + 1 }]);
    expect(plan([older], [], 'merge').entries).toMatchObject([
      { outcome: 'invalid', message: '/rollouts/0/flag is "checkout"; a flag "checkout" is neither there nor in the document' },
    ]);
  });
});
