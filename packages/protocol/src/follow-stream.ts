/** What an SDK has after each message of its stream. */
import { applyDelta, SluiceError, type Snapshot, snapshotFingerprint } from '@sluice/core';
import type { StreamMessage } from './stream-message.ts';

/**
 * The definitions after this message; null until there are any. The same object when it changes nothing.
 *
 * @throws SluiceError `conflict` when something is missing before it: connect anew without a place
 */
export function followStream(snapshot: Snapshot | null, message: StreamMessage): Snapshot | null {
  switch (message.type) {
    case 'snapshot':
      return message.snapshot;
    case 'delta': {
      const next = snapshot === null ? null : applyDelta(snapshot, message.delta);
      if (next !== null) return next;
      const { after, seq } = message.delta;
      const has = snapshot === null ? 'nothing' : `the definitions at ${snapshot.seq}`;
      throw new SluiceError(
        'conflict',
        `the change at ${seq} follows on ${after}, and here is ${has}: a part of the stream is missing`,
      );
    }
    case 'emergencies':
      if (snapshot === null) throw new SluiceError('conflict', 'emergencies came before any definitions');
      return { ...snapshot, emergencies: message.emergencies };
    case 'place':
      if (snapshot !== null && knows(snapshot, message)) return snapshot;
      throw new SluiceError(
        'conflict',
        `the stream has told everything up to ${message.seq}, and here is ${snapshot === null ? 'nothing' : `something else, at ${snapshot.seq}`}: a part of it is missing`,
      );
    case 'resync':
    case 'heartbeat':
      return snapshot;
  }
}

/** Another replica may have told of more than this stream; what stands in an emergency was told whole by this one. */
function knows(snapshot: Snapshot, { seq, fingerprint }: { readonly seq: number; readonly fingerprint: string }): boolean {
  return snapshot.seq >= seq && snapshotFingerprint({ ...snapshot, seq }) === fingerprint;
}
