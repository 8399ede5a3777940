/** The names of `@sluice/client`. */
export { createClient, type SluiceClient } from './client.ts';
export type { CallOptions, ClientOptions } from './request.ts';
