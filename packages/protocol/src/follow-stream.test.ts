import { DEFAULT_SCOPE, type Snapshot, snapshotFingerprint } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { followStream } from './follow-stream.ts';

const snapshot: Snapshot = { seq: 5, scope: DEFAULT_SCOPE, flags: [], segments: [], emergencies: [] };
const delta = (after: number, seq: number) => ({
  type: 'delta' as const,
  delta: { seq, after, scope: DEFAULT_SCOPE, flags: [], segments: [] },
});

describe('followStream', () => {
  it('takes a snapshot whatever its place, and deltas that follow on it', () => {
    expect(followStream(null, { type: 'snapshot', snapshot })).toBe(snapshot);
    expect(followStream({ ...snapshot, seq: 900 }, { type: 'snapshot', snapshot })).toBe(snapshot);
    expect(followStream(snapshot, delta(3, 7))).toMatchObject({ seq: 7 });
    expect(followStream(snapshot, delta(3, 5))).toBe(snapshot);
  });

  it('takes emergencies in place of those before, and changes nothing for a sign of life', () => {
    const emergencies = [{ id: 'e', key: 'a', act: { type: 'kill' } as const }];
    expect(followStream(snapshot, { type: 'emergencies', emergencies })).toEqual({ ...snapshot, emergencies });
    expect(followStream({ ...snapshot, emergencies }, { type: 'emergencies', emergencies: [] })).toEqual(snapshot);
    expect(followStream(snapshot, { type: 'heartbeat' })).toBe(snapshot);
    expect(followStream(snapshot, { type: 'resync', reason: 'overflow' })).toBe(snapshot);
  });

  it('says when something is missing', () => {
    expect(() => followStream(snapshot, delta(6, 8))).toThrow('the change at 8 follows on 6, and here is the definitions at 5');
    expect(() => followStream(null, delta(0, 1))).toThrow('here is nothing');
    expect(() => followStream(null, { type: 'emergencies', emergencies: [] })).toThrow('before any definitions');
  });

  it('sees by the place that a stream names whether all that it told is here', () => {
    const emergencies = [{ id: 'e', key: 'a', act: { type: 'kill' } as const }];
    const placeOf = (told: Snapshot) => ({ type: 'place' as const, seq: told.seq, fingerprint: snapshotFingerprint(told) });
    expect(followStream(snapshot, placeOf(snapshot))).toBe(snapshot);
    // Another replica has told of more.
    const ahead = { ...snapshot, seq: 9, emergencies };
    expect(followStream(ahead, placeOf({ ...snapshot, emergencies }))).toBe(ahead);
    expect(() => followStream(snapshot, placeOf({ ...snapshot, seq: 6 }))).toThrow(
      'the stream has told everything up to 6, and here is something else, at 5',
    );
    expect(() => followStream(snapshot, placeOf({ ...snapshot, emergencies }))).toThrow('a part of it is missing');
    expect(() => followStream({ ...snapshot, emergencies }, placeOf(snapshot))).toThrow('a part of it is missing');
    expect(() => followStream(null, placeOf(snapshot))).toThrow('here is nothing');
  });
});
