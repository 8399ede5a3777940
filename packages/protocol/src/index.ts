/** The names of `@sluice/protocol`. */
export { EventStreamDecoder, type EventStreamDecoderOptions, encodePart, type StreamPart } from './event-stream.ts';
export { followStream } from './follow-stream.ts';
export { type OfrepEventStream, refetchPart } from './refetch-event.ts';
export {
  messageOfPart,
  parseSnapshot,
  partOfMessage,
  RESYNC_REASONS,
  type ResyncReason,
  type StreamMessage,
} from './stream-message.ts';
