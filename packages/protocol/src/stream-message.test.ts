import { DEFAULT_SCOPE } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { EventStreamDecoder, encodePart } from './event-stream.ts';
import { refetchPart } from './refetch-event.ts';
import { messageOfPart, partOfMessage, type StreamMessage } from './stream-message.ts';

const at = { seq: 7, scope: DEFAULT_SCOPE, flags: [], segments: [] };
const MESSAGES: readonly StreamMessage[] = [
  { type: 'snapshot', snapshot: { ...at, emergencies: [{ id: 'e', key: 'a', act: { type: 'exclude', userIds: ['ann\r\n'] } }] } },
  { type: 'delta', delta: { ...at, after: 5 } },
  {
    type: 'emergencies',
    emergencies: [
      { id: 'e', key: 'a', act: { type: 'kill' } },
      { id: 'f', key: 'b', act: { type: 'toVersion', version: '1.2.0' } },
    ],
  },
  { type: 'resync', reason: 'overflow' },
  { type: 'place', seq: 7, fingerprint: 'ab.7' },
  { type: 'heartbeat' },
];
const through = (message: StreamMessage): unknown => {
  const [part] = new EventStreamDecoder().push(encodePart(partOfMessage(message)));
  return part === undefined ? null : messageOfPart(part);
};
const received = (event: string, data: unknown) => () =>
  messageOfPart({ kind: 'event', event, data: JSON.stringify(data), id: null });

describe('a message of the stream', () => {
  it('arrives as it was sent, snapshots and deltas with their place as id', () => {
    for (const message of MESSAGES) expect(through(message)).toEqual(message);
    expect(MESSAGES.slice(0, 3).map(partOfMessage)).toMatchObject([{ id: '7' }, { id: '7' }, { id: null }]);
  });

  it('is none when a later version sends it', () => {
    expect(received('other', {})()).toBeNull();
    expect(messageOfPart({ kind: 'retry', ms: 5 })).toBeNull();
    expect(messageOfPart({ kind: 'id', id: '5' })).toBeNull();
  });

  it('is refused with each place that is wrong', () => {
    expect(received('snapshot', { seq: -1, scope: {}, flags: [{}], segments: null })).toThrow(
      /\/seq must be a place.*\/scope must be.*\/flags\/0 must be a record with kind "flag", a key and a revision; \/segments must be a list; \/emergencies must be a list/,
    );
    expect(received('delta', { ...at, after: '5' })).toThrow('/after must be a place in the log');
    expect(received('delta', { ...at, after: 5, flags: [{ kind: 'segment', key: 'a', revision: 1 }] })).toThrow('/flags/0');
    expect(received('emergencies', [{ id: 'e', key: 'a', act: { type: 'explode' } }])).toThrow(
      '/0 must have an id, the key of a flag and an act',
    );
    expect(received('resync', { reason: 'x' })).toThrow('/reason must be one of overflow, tooOld, otherLog');
    expect(() => messageOfPart({ kind: 'event', event: 'delta', data: '{"seq":1', id: null })).toThrow('is not JSON');
    expect(received('place', { seq: -1 })).toThrow(
      '/seq must be a place in the log, a whole number from 0; /fingerprint must be a text',
    );
    expect(received('snapshot', null)).toThrow('must be an object');
  });
});

describe('refetchPart', () => {
  it('is a message with a quoted ETag', () => {
    expect(encodePart(refetchPart('ab.7'))).toBe(
      'id: ab.7\nevent: message\ndata: {"type":"refetchEvaluation","etag":"\\"ab.7\\""}\n\n',
    );
  });
});
