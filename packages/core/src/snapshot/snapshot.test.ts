import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { experimentOf } from '../experiment/judged-test.testing.ts';
import { newFlag } from '../flag/edit.ts';
import type { Flag } from '../flag/flag.ts';
import type { SluiceRecord } from '../record.ts';
import { DEFAULT_SCOPE, type Scope } from '../scope.ts';
import { segmentOf } from '../segment/segment.testing.ts';
import type { Segment } from '../segment/segment.ts';
import { applyDelta, type Delta, deltaOf } from './delta.ts';
import { type Snapshot, servedFlags, snapshotFingerprint, snapshotOf } from './snapshot.ts';

const OTHER: Scope = { project: 'default', environment: 'staging' };

interface Step {
  readonly scope: Scope;
  readonly kind: 'flag' | 'segment' | 'experiment';
  readonly key: string;
  readonly isGone: boolean;
}
const step: fc.Arbitrary<Step> = fc.record({
  scope: fc.constantFrom(DEFAULT_SCOPE, OTHER),
  kind: fc.constantFrom('flag' as const, 'segment' as const, 'experiment' as const),
  key: fc.constantFrom('a', 'b', 'c', 'ä', '__proto__'),
  isGone: fc.boolean(),
});
/** Commits of several records each, none of them twice, and how many events each takes. */
const history = fc.array(
  fc.record({
    steps: fc.uniqueArray(step, { selector: ({ scope, kind, key }) => `${scope.environment} ${kind} ${key}`, maxLength: 4 }),
    events: fc.integer({ min: 1, max: 3 }),
  }),
  { maxLength: 12 },
);

function recordOf({ scope, kind, key, isGone }: Step, revision: number): SluiceRecord {
  const gone = isGone ? revision : null;
  const flag: Flag = { ...newFlag(key, scope, 0), revision, description: `${revision}`, archivedAt: gone };
  const segment: Segment = { ...segmentOf(key, null, [`${revision}`]), scope, revision, deletedAt: gone };
  const asked = { scope, key, revision, dimensions: revision % 3 === 0 ? [] : ['plan', `${revision}`] };
  const test = experimentOf([], { ...asked, phase: isGone ? 'stopped' : 'running' });
  return { flag, segment, experiment: test }[kind];
}

/** The states of a store after each commit, the empty one first, and what each commit is to the scope. */
function replay(commits: readonly { readonly steps: readonly Step[]; readonly events: number }[]) {
  const kept = new Map<string, SluiceRecord>();
  const states = [{ seq: 0, records: [] as SluiceRecord[] }];
  const deltas: Delta[] = [];
  let seq = 0;
  for (const { steps, events } of commits) {
    const records = steps.map((one) => {
      const id = `${one.scope.environment} ${one.kind} ${one.key}`;
      const record = recordOf(one, (kept.get(id)?.revision ?? 0) + 1);
      kept.set(id, record);
      return record;
    });
    seq += events;
    states.push({ seq, records: [...kept.values()] });
    const delta = deltaOf(DEFAULT_SCOPE, { seq, records }, deltas.at(-1)?.seq ?? 0);
    if (delta !== null) deltas.push(delta);
  }
  return { states, deltas };
}

const apply = (snapshot: Snapshot, deltas: readonly Delta[]): Snapshot =>
  deltas.reduce((now, delta) => applyDelta(now, delta) ?? expect.fail('a gap'), snapshot);
const content = ({ flags, segments, dimensions }: Snapshot): object => ({ flags, segments, dimensions });

describe('snapshots and deltas', () => {
  it('a snapshot with the deltas that follow is the later snapshot, whatever old or repeated ones come between', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.nat(), fc.infiniteStream(fc.nat()), (commits, one, other, picks) => {
        const { states, deltas } = replay(commits);
        const places = [one % states.length, other % states.length];
        const snapshotAt = (place: number): Snapshot => snapshotOf(DEFAULT_SCOPE, states[place] ?? expect.fail());
        const later = snapshotAt(Math.max(...places));
        let now = snapshotAt(Math.min(...places));
        for (const [index, delta] of deltas.entries()) {
          if (delta.seq > later.seq) break;
          now = apply(now, [delta]);
          const old = deltas[(picks.next().value ?? 0) % (index + 1)];
          if (old !== undefined) expect(apply(now, [old])).toBe(now);
        }
        expect(content(now)).toEqual(content(later));
      }),
    );
  });

  it('a delta that was left out is seen, unless the next one does not follow on it', () => {
    fc.assert(
      fc.property(history, fc.nat(), (commits, which) => {
        const { states, deltas } = replay(commits);
        if (deltas.length < 2) return;
        const left = which % (deltas.length - 1);
        const before = apply(snapshotOf(DEFAULT_SCOPE, states[0] ?? expect.fail()), deltas.slice(0, left));
        expect(applyDelta(before, deltas[left + 1] ?? expect.fail())).toBeNull();
      }),
    );
  });

  it('a commit of other kinds, or of another scope, is no delta', () => {
    const records = [recordOf({ scope: OTHER, kind: 'flag', key: 'a', isGone: false }, 1)];
    expect(deltaOf(DEFAULT_SCOPE, { seq: 3, records }, 2)).toBeNull();
    expect(snapshotOf(DEFAULT_SCOPE, { seq: 3, records }).flags).toEqual([]);
  });

  it('refuses a delta of another scope', () => {
    const records = [recordOf({ scope: OTHER, kind: 'flag', key: 'a', isGone: false }, 1)];
    const delta = deltaOf(OTHER, { seq: 1, records }, 0) ?? expect.fail();
    expect(() => applyDelta(snapshotOf(DEFAULT_SCOPE, { seq: 0, records: [] }), delta)).toThrow(
      "/scope must be default/production, as the snapshot's is; it is default/staging",
    );
  });

  it('serves what stands in an emergency over what is kept, and has another fingerprint then', () => {
    const flag = { ...newFlag('a', DEFAULT_SCOPE, 0), revision: 1, status: 'enabled' as const };
    const kept = snapshotOf(DEFAULT_SCOPE, { seq: 4, records: [flag] });
    const killed: Snapshot = { ...kept, emergencies: [{ id: 'e', key: 'a', act: { type: 'kill' } }] };
    expect(servedFlags(kept)).toEqual([flag]);
    expect(servedFlags(killed)).toMatchObject([{ key: 'a', status: 'disabled', revision: 1 }]);
    const fingerprints = [kept, killed, { ...kept, seq: 5 }, { ...kept, scope: OTHER }].map(snapshotFingerprint);
    expect(new Set(fingerprints).size).toBe(4);
    expect(fingerprints.every((fingerprint) => /^[0-9a-f]{16}\.\d+(\.[0-9a-f]{16})?$/.test(fingerprint))).toBe(true);
  });
});
