/** The names of `@sluice/client`. */
export { type AnswerOf, type CallId, type InputOf, routeOf } from '@sluice/protocol';
export { createClient, type SluiceClient } from './client.ts';
export { connect } from './connection/connect.ts';
export type { ConnectOptions } from './connection/connect-options.ts';
export { Connection } from './connection/connection.ts';
export type { ConnectionClock } from './connection/connection-clock.ts';
export type { ConnectionCounts } from './connection/connection-counts.ts';
export type { ConnectionEvents } from './connection/connection-events.ts';
export { CONNECTION_STATUSES, type ConnectionStatus, type StatusChange } from './connection/connection-status.ts';
export type { ValueLabels } from './connection/measured-values.ts';
export type { CallOptions, ClientOptions } from './request.ts';
