/** The names of `@sluice/server`. */
export { serveMemberSet, serveSnapshot } from './stream/definition-answers.ts';
export { type EmergencySource, pushEmergencies } from './stream/push-emergencies.ts';
export type { StreamCounts } from './stream/stream-counts.ts';
export { StreamHub, type StreamHubOptions, type StreamSubscription } from './stream/stream-hub.ts';
export { STREAM_LIMITS, type StreamLimits } from './stream/stream-limits.ts';
export {
  ofrepEventStream,
  type StreamGrant,
  StreamTokens,
  type StreamTokensOptions,
  withoutToken,
} from './stream/stream-tokens.ts';
