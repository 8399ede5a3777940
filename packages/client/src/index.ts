/** The names of `@sluice/client`. */
export { type AnswerOf, type CallId, type InputOf, routeOf } from '@sluice/protocol';
export { createClient, type SluiceClient } from './client.ts';
export type { CallOptions, ClientOptions } from './request.ts';
