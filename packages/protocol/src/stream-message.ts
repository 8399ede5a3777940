/** What the stream of definitions says to an SDK, as parts of an event stream. Encoding and decoding of each message stand side by side. */
import {
  type Delta,
  type Issue,
  isJsonObject,
  isScope,
  parseEmergencyAct,
  SluiceError,
  type Snapshot,
  type StandingEmergency,
} from '@sluice/core';
import type { StreamPart } from './event-stream.ts';

/**
 * Why what was sent so far is of no more use:
 * - `overflow`: the client read too slowly
 * - `tooOld`: its place lies before what is kept of the past
 * - `otherLog`: its place is none of this log's
 */
export const RESYNC_REASONS = ['overflow', 'tooOld', 'otherLog'] as const;
export type ResyncReason = (typeof RESYNC_REASONS)[number];

/**
 * - `snapshot` replaces everything, whatever its place; its id is its place in the log
 * - `delta` follows on what was sent before; its id is its place in the log
 * - `emergencies` is the whole list of those that stand, and replaces the one before
 * - `resync` says that a snapshot follows because deltas are missing
 * - `place` is a sign of life that says what this stream has told so far: everything up to `seq`, and the emergencies that are in the fingerprint
 * - `heartbeat` says that the server is there, and nothing else
 */
export type StreamMessage =
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly type: 'delta'; readonly delta: Delta }
  | { readonly type: 'emergencies'; readonly emergencies: readonly StandingEmergency[] }
  | { readonly type: 'resync'; readonly reason: ResyncReason }
  | { readonly type: 'place'; readonly seq: number; readonly fingerprint: string }
  | { readonly type: 'heartbeat' };

export function partOfMessage(message: StreamMessage): StreamPart {
  switch (message.type) {
    case 'snapshot':
      return eventPart('snapshot', message.snapshot, String(message.snapshot.seq));
    case 'delta':
      return eventPart('delta', message.delta, String(message.delta.seq));
    case 'emergencies':
      return eventPart('emergencies', message.emergencies, null);
    case 'resync':
      return eventPart('resync', { reason: message.reason }, null);
    case 'place':
      return eventPart('place', { seq: message.seq, fingerprint: message.fingerprint }, null);
    case 'heartbeat':
      return { kind: 'comment', text: 'heartbeat' };
  }
}

function eventPart(event: string, data: unknown, id: string | null): StreamPart {
  return { kind: 'event', event, data: JSON.stringify(data), id };
}

/**
 * Null for what says nothing to an SDK: a wait before the next connection, and events of a later version of the protocol.
 *
 * @throws SluiceError `invalid` with a JSON pointer to each place that is wrong; what a record may be is not looked into
 */
export function messageOfPart(part: StreamPart): StreamMessage | null {
  if (part.kind === 'comment') return { type: 'heartbeat' };
  if (part.kind !== 'event') return null;
  switch (part.event) {
    case 'snapshot':
      return { type: 'snapshot', snapshot: parseSnapshot(part.data) };
    case 'delta':
      return { type: 'delta', delta: parsed<Delta>('delta', part.data, deltaIssues) };
    case 'emergencies':
      return {
        type: 'emergencies',
        emergencies: parsed('emergencies', part.data, (value) => emergencyIssues('', value)),
      };
    case 'resync':
      return { type: 'resync', reason: parsed<{ reason: ResyncReason }>('resync', part.data, resyncIssues).reason };
    case 'place': {
      const { seq, fingerprint } = parsed<{ seq: number; fingerprint: string }>('place', part.data, placeIssues);
      return { type: 'place', seq, fingerprint };
    }
    default:
      return null;
  }
}

/** The body of the snapshot endpoint, and the data of a `snapshot` event. @throws SluiceError `invalid` */
export function parseSnapshot(text: string): Snapshot {
  return parsed<Snapshot>('snapshot', text, snapshotIssues);
}

function parsed<T>(name: string, text: string, issuesOf: (value: unknown) => readonly Issue[]): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SluiceError('invalid', `the ${name} of the stream is not JSON`, { cause });
  }
  const issues = issuesOf(value);
  if (issues.length === 0) return value as T;
  const words = issues.slice(0, 5).map(({ path, message }) => `${path} ${message}`.trim());
  throw new SluiceError('invalid', `the ${name} of the stream: ${words.join('; ')}`, { issues });
}

const isPlace = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isKey = (value: unknown): boolean => typeof value === 'string' && value !== '';

function recordIssues(path: string, value: unknown, kind: 'flag' | 'segment'): Issue[] {
  const isRecord = (member: unknown): boolean =>
    isJsonObject(member) && member.kind === kind && isKey(member.key) && isPlace(member.revision);
  return listIssues(path, value, isRecord, `must be a record with kind "${kind}", a key and a revision`);
}

function emergencyIssues(path: string, value: unknown): Issue[] {
  return listIssues(path, value, isEmergency, 'must have an id, the key of a flag and an act that can stand');
}

function isEmergency(value: unknown): boolean {
  return isJsonObject(value) && isKey(value.id) && isKey(value.key) && parseEmergencyAct(value.act) !== null;
}

function listIssues(path: string, value: unknown, isFit: (member: unknown) => boolean, message: string): Issue[] {
  if (!Array.isArray(value)) return [{ path, message: 'must be a list' }];
  return value.flatMap((member, index) => (isFit(member) ? [] : [{ path: `${path}/${index}`, message }]));
}

function definitionIssues(value: { readonly [name: string]: unknown }): Issue[] {
  return [
    ...(isPlace(value.seq) ? [] : [{ path: '/seq', message: 'must be a place in the log, a whole number from 0' }]),
    ...(isScope(value.scope) ? [] : [{ path: '/scope', message: 'must be { project, environment }' }]),
    ...recordIssues('/flags', value.flags, 'flag'),
    ...recordIssues('/segments', value.segments, 'segment'),
  ];
}

function snapshotIssues(value: unknown): Issue[] {
  if (!isJsonObject(value)) return [{ path: '', message: 'must be an object' }];
  return [...definitionIssues(value), ...emergencyIssues('/emergencies', value.emergencies)];
}

function deltaIssues(value: unknown): Issue[] {
  if (!isJsonObject(value)) return [{ path: '', message: 'must be an object' }];
  const after = isPlace(value.after) ? [] : [{ path: '/after', message: 'must be a place in the log, a whole number from 0' }];
  return [...definitionIssues(value), ...after];
}

function placeIssues(value: unknown): Issue[] {
  if (!isJsonObject(value)) return [{ path: '', message: 'must be an object' }];
  return [
    ...(isPlace(value.seq) ? [] : [{ path: '/seq', message: 'must be a place in the log, a whole number from 0' }]),
    ...(isKey(value.fingerprint) ? [] : [{ path: '/fingerprint', message: 'must be a text' }]),
  ];
}

function resyncIssues(value: unknown): Issue[] {
  const isFit = isJsonObject(value) && RESYNC_REASONS.some((reason) => reason === value.reason);
  return isFit ? [] : [{ path: '/reason', message: `must be one of ${RESYNC_REASONS.join(', ')}` }];
}
