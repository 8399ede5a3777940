/** The one thing that an OFREP event stream says (protocol 0.3.0, ADR 0008): the values may have changed, evaluate again. */
import type { StreamPart } from './event-stream.ts';

/**
 * `fingerprint` names the configuration; as the event's id it comes back as `Last-Event-ID`, and in the quotes of an ETag as
 * `flagConfigEtag`. The event is always called `message`, because many clients can listen to no other.
 */
export function refetchPart(fingerprint: string): StreamPart {
  const data = JSON.stringify({ type: 'refetchEvaluation', etag: `"${fingerprint}"` });
  return { kind: 'event', event: 'message', data, id: fingerprint };
}
