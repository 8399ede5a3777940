/** The one thing that an OFREP event stream says (protocol 0.3.0, ADR 0008): the values may have changed, evaluate again. */
import type { StreamPart } from './event-stream.ts';

/** An entry of `eventStreams` in the answer to a bulk evaluation. */
export interface OfrepEventStream {
  readonly type: 'sse';
  /** Relative to where the client evaluates, because a server behind proxies does not know its own origin. */
  readonly endpoint: { readonly requestUri: string };
  /** Seconds that a hidden page keeps the stream open. */
  readonly inactivityDelaySec: number;
}

/**
 * `fingerprint` names the configuration; as the event's id it comes back as `Last-Event-ID`, and in the quotes of an ETag as
 * `flagConfigEtag`. The event is always called `message`, because many clients can listen to no other.
 */
export function refetchPart(fingerprint: string): StreamPart {
  const data = JSON.stringify({ type: 'refetchEvaluation', etag: `"${fingerprint}"` });
  return { kind: 'event', event: 'message', data, id: fingerprint };
}
