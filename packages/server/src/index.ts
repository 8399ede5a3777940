/** The names of `@sluice/server`. */
export { Notifier, type NotifierParts, type SentMessage } from './notifications/notifier.ts';
export type { DeliveryState, FollowingWebhook, WebhookBook } from './notifications/webhook-book.ts';
export { type WorkspaceNotifierParts, workspaceNotifier } from './notifications/workspace-notifier.ts';
export { checkOutboundUrl, type ResolveName, resolveName } from './outbound/check-outbound-url.ts';
export { type GuardedFetchOptions, guardedFetch, LONGEST_ANSWER } from './outbound/guarded-fetch.ts';
export { ALLOW_OUTBOUND, type OutboundPolicy, parseOutboundPolicy } from './outbound/outbound-policy.ts';
export { newSigningSecret, parseSigningSecret, type SignedHeaders, signedHeaders } from './signing/standard-webhook.ts';
export { type HttpValidatorOptions, httpValidator, type ValidatorRequest } from './validators/http-validator.ts';
export {
  parseValidatorSettings,
  registerHttpValidators,
  VALIDATORS,
  type ValidatorEndpoint,
} from './validators/validator-settings.ts';
