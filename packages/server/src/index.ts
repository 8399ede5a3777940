/** The names of `@sluice/server`. */
export { type App, type AppOptions, buildApp } from './app.ts';
export type { Admitted } from './authentication.ts';
export { configEtag } from './config-etag.ts';
export { equipmentOf } from './equipment.ts';
export type { Lifecycle } from './lifecycle.ts';
export { Notifier, type NotifierParts, type SentMessage } from './notifications/notifier.ts';
export type { DeliveryState, FollowingWebhook, WebhookBook } from './notifications/webhook-book.ts';
export { type WorkspaceNotifier, type WorkspaceNotifierParts, workspaceNotifier } from './notifications/workspace-notifier.ts';
export { checkOutboundUrl, type ResolveName, resolveName } from './outbound/check-outbound-url.ts';
export { type GuardedFetchOptions, guardedFetch, LONGEST_ANSWER } from './outbound/guarded-fetch.ts';
export { Outbound, type OutboundOptions } from './outbound/outbound.ts';
export { ALLOW_OUTBOUND, type OutboundPolicy, parseOutboundPolicy } from './outbound/outbound-policy.ts';
export { engineLog, serverLog } from './request-log.ts';
export { DEFAULT_SETTINGS, readSettings, type Settings } from './settings.ts';
export { newSigningSecret, parseSigningSecret, type SignedHeaders, signedHeaders } from './signing/standard-webhook.ts';
export { METRIC_SOURCES, type NamedMetricSource, parseMetricSourceSettings } from './sources/metric-source-settings.ts';
export { type RunningServer, startServer } from './start.ts';
export { serveMemberSet, serveSnapshot } from './stream/definition-answers.ts';
export { type DefinitionSource, type DefinitionState, workspaceDefinitions } from './stream/definition-source.ts';
export { type EmergencySource, pushEmergencies } from './stream/push-emergencies.ts';
export type { StreamCounts } from './stream/stream-counts.ts';
export { StreamHub, type StreamHubOptions, type StreamSubscription } from './stream/stream-hub.ts';
export { STREAM_LIMITS, type StreamLimits } from './stream/stream-limits.ts';
export {
  ofrepEventStream,
  type StreamGrant,
  StreamTokens,
  type StreamTokensOptions,
} from './stream/stream-tokens.ts';
export { type HttpValidatorOptions, httpValidator, type ValidatorRequest } from './validators/http-validator.ts';
export {
  parseValidatorSettings,
  registerHttpValidators,
  VALIDATORS,
  type ValidatorEndpoint,
} from './validators/validator-settings.ts';
