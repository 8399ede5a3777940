/** The names of `@sluice/server`. */
export { type App, type AppOptions, buildApp } from './app.ts';
export type { Admitted } from './authentication.ts';
export { configEtag } from './config-etag.ts';
export type { Lifecycle } from './lifecycle.ts';
export { engineLog, serverLog } from './request-log.ts';
export { DEFAULT_SETTINGS, readSettings, type Settings } from './settings.ts';
