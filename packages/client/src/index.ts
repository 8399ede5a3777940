/** The names of `@sluice/client`. */
export { type CallOptions, type ClientOptions, createClient, type SluiceClient } from './client.ts';
